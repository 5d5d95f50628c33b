"""Where training stands. Schedules are functions of it: annealing, warm-up, learning rates."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

Schedule = Callable[["Clock"], Tensor]


@dataclass(frozen=True)
class Clock:
    """``step``: rounds done; ``samples``: real rows seen; ``progress``: the share behind, [0, 1).

    Progress is of the steps, or of the time where training is limited by time. The numbers are
    scalar tensors, so that a compiled round does not compile again when they change.
    """

    step: Tensor
    samples: Tensor
    progress: Tensor


def at(value: float | Schedule, clock: Clock) -> float | Tensor:
    """Return the value of a number, or of a schedule, at a time."""
    return value(clock) if callable(value) else value


def cosine(progress: float) -> float:
    """½(1 + cos π·progress): from 1 down to 0 (Loshchilov & Hutter, 2017, arXiv 1608.03983)."""
    return 0.5 * (1 + math.cos(math.pi * progress))
