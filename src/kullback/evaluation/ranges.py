"""Are samples in the type and range of the data? And if not, what would bring them there?

Programs write pictures as 0 to 255, 0 to 1, −1 to 1, or standardised, and nothing in a file says
which. An array of another range is not bad input: it is the commonest reason why good samples score
as garbage, so it is found out and named. Another type is no other range: whole numbers from 0 to
255 may come as floats, and so may pixels that nobody has rounded yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kullback.data import Space
from kullback.data.sequences import parted
from kullback.evaluation.metric import Array

SLACK = 0.02
"""Values this share of the range beyond it are rounding or overshoot, and are clipped."""

MOST_BEYOND = 0.01
"""The largest share of values further out that is still only an overshoot."""

LEAST_MISSED = 0.3
"""The smallest share of the data's values outside the samples' range that makes it another one."""

REACH = 1e6
"""In model units: fourth powers of larger values swallow those of the data."""

LEAST_FILLED = 0.4
"""The smallest part of a customary range that makes it likely to be meant."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """Samples as they came, and as data is given; or what is wrong with their range, and its cure.

    ``low`` and ``high`` are the smallest and largest value found.
    """

    given: Array
    rows: Array | None
    low: float
    high: float
    problem: str = ""
    remedy: str = ""


def fit(samples: Array, space: Space, train: Array) -> Fitted:
    """Bring checked samples (N, *shape) into the type of the data, if their range is the data's.

    ``train`` (M, *shape) are the training rows.

    Of rows that are no pictures every range within reach is accepted here: how far samples lie from
    the data says more than where a column ends.
    """
    x, _ = parted(samples)
    low, high = float(x.min()), float(x.max())
    if out_of_reach(samples, space):
        start, end = float(train.min()), float(train.max())
        return Fitted(
            samples, None, low, high, _told(low, high, start, end), _cure(low, high, start, end)
        )
    if space.kind == "token" or (space.kind == "real" and not space.is_image):
        return Fitted(samples, samples, low, high)
    start, end = _range(space)
    if low == high and start <= low <= end:
        return Fitted(samples, _as_data(samples, space), low, high)
    problem, remedy = _judged(x, low, high, space, train)
    rows = None if problem else _as_data(samples, space)
    return Fitted(samples, rows, low, high, problem, remedy)


def out_of_reach(samples: Array, space: Space) -> bool:
    """Whether some values lie a million deviations from the data: of these no distance is told."""
    if space.kind != "real":
        return False
    x, mask = parted(samples)
    return bool(np.abs(space.to_model(np.asarray(x, np.float64), mask)).max() > REACH)


def _range(space: Space) -> tuple[float, float]:
    """The values that the data can have; of real pictures, those that the training rows have."""
    if space.kind == "real":
        assert space.limits is not None
        return space.limits
    return (0.0, 255.0) if space.kind == "uint8" else (0.0, 1.0)


def _judged(x: Array, low: float, high: float, space: Space, train: Array) -> tuple[str, str]:
    start, end = _range(space)
    width = end - start
    slack = SLACK * width
    beyond = float(((x < start - slack) | (x > end + slack)).mean())
    narrow = width > 2 and high <= max(1.05, start + width / 10) and train.max() > start + width / 4
    missed = 0.0
    if space.kind == "real":  # whose range is only what was seen: samples may fill a part of it
        missed = float(((train < low - slack) | (train > high + slack)).mean())
    if beyond > MOST_BEYOND or narrow or missed > LEAST_MISSED:
        return _told(low, high, start, end), _cure(low, high, start, end)
    return "", ""


def _told(low: float, high: float, start: float, end: float) -> str:
    return f"values from {low:.4g} to {high:.4g} where the data reach from {start:g} to {end:g}"


# What programs make pictures in, narrowest first.
_CUSTOMS: tuple[tuple[float, float], ...] = (
    (-0.5, 0.5), (0, 1), (-1, 1), (0, 16), (-128, 127), (0, 255), (0, 65535)
)  # fmt: skip


def _cure(low: float, high: float, start: float, end: float) -> str:
    """How to get from the narrowest customary range around what was found to the data's."""
    for a, b in _CUSTOMS:
        slack = 0.05 * (b - a)
        inside = a - slack <= low and high <= b + slack and high - low >= LEAST_FILLED * (b - a)
        if inside and (a, b) != (start, end):
            scale = (end - start) / (b - a)
            shift = "" if a == 0 else f"add {-a:g}, then " if a < 0 else f"subtract {a:g}, then "
            times = f"multiply by {scale:g}" if scale >= 1 else f"divide by {1 / scale:g}"
            then = "" if start == 0 else f", then add {start:g}"
            return f"if {a:g} to {b:g} is meant: {shift}{times}{then}"
    return (
        f"bring them to {start:g} to {end:g}: undo the standardisation (times the deviation of the "
        "data, plus its mean), or clip what overshoots"
    )


def _as_data(samples: Array, space: Space) -> Array:
    start, end = _range(space)
    dtype = np.dtype(space.dtype)
    if space.kind == "binary":  # a probability is no other range, and says more than its cut
        return np.clip(np.asarray(samples, np.float32), 0, 1)
    clipped = np.clip(np.asarray(samples, np.float64), start, end)
    rounded: Callable[[Array], Array] = np.rint if dtype.kind in "ui" else np.asarray
    return rounded(clipped).astype(dtype)
