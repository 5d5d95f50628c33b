"""The training loop: rounds until the horizon, with reports and saves on the way.

One step is one round, every player's moves, whatever the number of players. The horizon is in steps
or in minutes; it fixes the schedules and never changes. Stopping early (``stop_at``, or
``interrupted``) leaves it where it is, so that going on later ends in the same weights.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kullback.training.state import Training

REPORTS = 200
PAUSES = 20
SECONDS_BETWEEN_SAVES = 20.0
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Horizon:
    """The end of training: a number of ``steps``, or ``minutes`` of training time."""

    steps: int | None = None
    minutes: float | None = None

    def progress(self, step: int, seconds: float) -> float:
        """Return the share of training that is behind, in [0, 1]."""
        if self.steps is not None:
            return min(step / self.steps, 1.0)
        assert self.minutes is not None
        return min(seconds / (60 * self.minutes), 1.0)


@dataclass(frozen=True)
class Report:
    """Means since the last report of every term and gradient norm, by ``player/term``."""

    step: int
    samples: int
    seconds: float
    progress: float
    terms: dict[str, float]


class Listener(Protocol):
    """Who hears of training: the run folder, the progress bar."""

    def reported(self, report: Report, pause: bool) -> None:
        """Hear a report, at most ``REPORTS`` times.

        At ``PAUSES`` of them there is time to look, and to write the state down.
        """

    def saved(self) -> None:
        """Write the state down."""


def train(
    training: Training,
    horizon: Horizon,
    listener: Listener,
    stop_at: int | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> None:
    """Play rounds until the horizon, ``stop_at`` or an interruption; the state is saved at the end.

    Raises ``TrainingFailed``, with nothing saved since the last good state, when a term or a
    gradient is found not to be finite: it is looked at before every report and every save.
    """
    started = time.perf_counter() - training.seconds
    last_save = time.perf_counter()
    progress = horizon.progress(training.step, training.seconds)
    while progress < 1 and (stop_at is None or training.step < stop_at) and not interrupted():
        training.play_round(progress)
        training.seconds = time.perf_counter() - started
        before, progress = progress, horizon.progress(training.step, training.seconds)
        if _passed(before, progress, REPORTS):
            report = _report(training, progress)
            training.ledger.clear()
            pause = _passed(before, progress, PAUSES)
            listener.reported(report, pause)
            if pause:  # everything has just been written down
                last_save = time.perf_counter()
        if time.perf_counter() - last_save > SECONDS_BETWEEN_SAVES:
            training.ledger.read()
            listener.saved()
            last_save = time.perf_counter()
    if training.ledger.count:
        listener.reported(_report(training, progress), pause=False)
    listener.saved()


def _report(training: Training, progress: float) -> Report:
    terms = training.ledger.read()
    return Report(training.step, training.samples, training.seconds, progress, terms)


def _passed(before: float, after: float, parts: int) -> bool:
    # 29/200 · 200 is a little less than 29.
    return int(before * parts + _ROUNDING) < int(after * parts + _ROUNDING)
