"""How sharp pictures are, against real ones.

The Laplacian of a picture, 4x − up − down − left − right at each pixel that has the four, is large
at edges and small where they are washed out; its variance over a picture is a customary measure of
focus (Pech-Pacheco et al., 2000). The sharpness of samples is the mean of it over samples, divided
by the mean over real rows: 1 is right, less is blur, and more is noise, which it takes for edges.
"""

from __future__ import annotations

import math

import numpy as np

from kullback.data import Space
from kullback.errors import Unsupported
from kullback.evaluation.features import as_shown
from kullback.evaluation.metric import Array, Floats, Metric
from kullback.evaluation.reference import Reference
from kullback.evaluation.sets import equal_sets

_ROWS_AT_ONCE = 256


def sharpness(samples: Array, reference: Reference, seed: int = 0) -> Metric:
    """The mean sharpness of samples as given (N, *shape), as a ratio to that of unseen real rows.

    The standard error is that of a ratio of two means. The floor is the same ratio of other real
    rows. Raises ``Unsupported`` for data other than images.
    """
    if not reference.space.is_image:
        raise Unsupported("sharpness is of images, which this data is not")
    sets = equal_sets(samples, reference, seed)
    found, real, others = (
        edges(rows, reference.space) for rows in (sets.samples, sets.real, sets.others)
    )
    details = {
        "n_samples": len(sets),
        "n_real": len(sets),
        "real_mean": float(real.mean()),
        "floor_stderr": _ratio(others, real)[1],
    }
    value, stderr = _ratio(found, real)
    floor, _ = _ratio(others, real)
    return Metric(value, stderr, len(sets), "ratio to real images", floor, details)


def edges(images: Array, space: Space) -> Floats:
    """The variance of each picture's Laplacian, the mean over its channels: (N,), black to white 1.

    Rows as given (N, *shape); what is transparent is seen on white.
    """
    parts = []
    for start in range(0, len(images), _ROWS_AT_ONCE):
        x = as_shown(images[start : start + _ROWS_AT_ONCE], space).double()
        inner = x[..., 1:-1, 1:-1]
        beside = x[..., 1:-1, :-2] + x[..., 1:-1, 2:]
        above = x[..., :-2, 1:-1] + x[..., 2:, 1:-1]
        parts.append((4 * inner - beside - above).var((2, 3), correction=0).mean(1).numpy())
    return np.concatenate(parts)


def _ratio(above: Floats, below: Floats) -> tuple[float, float]:
    """The ratio of two means, and its standard error to the first order."""
    numerator, denominator = float(above.mean()), float(below.mean())
    if denominator == 0:
        return math.nan, math.nan
    ratio = numerator / denominator
    spread = above.var(ddof=1) / len(above) + ratio**2 * below.var(ddof=1) / len(below)
    return ratio, math.sqrt(spread) / denominator
