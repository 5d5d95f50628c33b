"""Where training stands. Schedules are functions of it: annealing, warm-up, learning rates."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from kullback.errors import BadInput

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


@dataclass(frozen=True)
class Written:
    """A schedule with the formula it prints as, in which t is the progress."""

    value: Schedule
    formula: str

    def __call__(self, clock: Clock) -> Tensor:
        return self.value(clock)


def warm_up(beta: float, share: float) -> Written:
    """From 0 up to ``beta`` over the first ``share`` of progress, linearly; ``beta`` from there on.

    A KL that is weighed in full from the start can be made small by a code that says nothing,
    before the decoder has learnt to listen (Bowman et al., 2016, arXiv 1511.06349; Sønderby et
    al., 2016, arXiv 1602.02282). ``share`` is in (0, 1], else ``BadInput``.
    """
    if not 0 < share <= 1:
        raise BadInput(f"a warm-up lasts a share of training in (0, 1], not {share:g}")

    def value(clock: Clock) -> Tensor:
        return beta * (clock.progress / share).clamp(max=1)

    return Written(value, f"{beta:g}·min(1, t/{share:g})")


def cosine(progress: float) -> float:
    """½(1 + cos π·progress): from 1 down to 0 (Loshchilov & Hutter, 2017, arXiv 1608.03983)."""
    return 0.5 * (1 + math.cos(math.pi * progress))
