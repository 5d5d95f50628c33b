"""Rows as few numbers, in which distances say what a person would: principal components.

Two pictures that differ by a little noise in each pixel are nearly the same to a person, and far
apart in Euclidean distance, because noise adds up over all D values: σ√(2D). The data, though,
vary in few directions. On the first K principal directions of the *real* rows such noise leaves
only σ√(2K), while most of what tells one real row from another is kept; so neighbours and regions
are looked for there. With D ≤ K nothing is lost: the components are a rotation.

A table's columns have units of their own, so there each is first divided by its deviation: in model
units all have one scale, and the column of the largest numbers would be the distance.

The directions are the right singular vectors of the centred rows A (N, D). Where D is large they
come from a random sketch Ω with power iterations (Halko, Martinsson and Tropp, 2011, arXiv
0909.4061): Q = orth((AAᵀ)²AΩ), then the singular vectors of the small QᵀA.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kullback.data import Space
from kullback.evaluation.features import Features, values
from kullback.evaluation.metric import Array, Floats

MOST = 50
"""So many principal components, or all."""

_FITTED_ON = 5_000
_EXACT = 256
_SPARE = 10
_POWERS = 2
_ROWS_AT_ONCE = 1024


def comparable(space: Space, rows: Array) -> Features:
    """What rows are compared in: model units, of a table each column over its deviation.

    The deviation is that of ``rows`` (N, *shape), real ones as given.
    """
    plain = values(space)
    if space.is_image or space.sequence or space.kind != "real":
        return plain
    deviation = plain(rows).std(0)
    deviation[deviation == 0] = 1.0
    return replace(plain, extract=lambda given: np.asarray(plain.extract(given)) / deviation)


def principal_directions(x: Floats, most: int, seed: int = 0) -> Floats:
    """The first principal directions of vectors (N, D), as orthonormal columns (D, K).

    K is ``most``, or N or D where that is less. ``seed`` draws the sketch, where one is needed.
    """
    a = x - x.mean(0)
    k = min(most, *a.shape)
    if min(a.shape) > max(_EXACT, k + _SPARE):
        sketch = a @ np.random.default_rng([seed, 1]).standard_normal((a.shape[1], k + _SPARE))
        for _ in range(_POWERS):
            sketch = a @ (a.T @ np.linalg.qr(sketch)[0])
        a = np.linalg.qr(sketch)[0].T @ a
    return np.linalg.svd(a, full_matrices=False)[2][:k].T


@dataclass(frozen=True, eq=False)
class Principal:
    """A shift (D,) and orthonormal directions (D, K) in some features."""

    features: Features
    centre: Floats
    directions: Floats

    @classmethod
    def of(cls, features: Features, rows: Array, seed: int = 0) -> Principal:
        """The first K ≤ 50 principal directions of real rows as given, (N, *shape).

        Of more than 5,000 rows they are those of 5,000 drawn by ``seed``.
        """
        chosen = np.random.default_rng([seed, 0]).permutation(len(rows))[:_FITTED_ON]
        x = features(rows[np.sort(chosen)])
        return cls(features, x.mean(0), principal_directions(x, MOST, seed))

    def __call__(self, rows: Array) -> Floats:
        """Components (N, K) of rows as given."""
        starts = range(0, len(rows), _ROWS_AT_ONCE)
        parts = (self.features(rows[start : start + _ROWS_AT_ONCE]) for start in starts)
        return np.concatenate([(part - self.centre) @ self.directions for part in parts])
