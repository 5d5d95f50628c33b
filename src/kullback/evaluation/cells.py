"""The data cut into regions: where are there real rows and no samples?

k-means (Lloyd, 1982, begun as Arthur and Vassilvitskii, 2007) cuts the space into cells around
real rows, and each cell has a share of the real rows and one of the samples, which a test holds
against each other (Richardson and Weiss, 2018, arXiv 1805.12462; here the exact one of `shares`).
Their number of statistically different cells grows with n for every model that is not perfect, so
what is reported besides is how much of the data is *lost*: the real share of the cells that have,
beyond doubt, less than a fifth of the samples they should.

Many cells would cut a narrow mode into pieces, and then a generator that blurs it leaves the inner
ones nearly empty: a loss of sharpness, not of a region. So there are as many as leave less than
1 % of the variance inside cells: eight for eight narrow modes, and the most allowed for pictures.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kullback.evaluation.metric import Array, Floats

EXPLAINED = 0.99

_NUMBERS = (5, 8, 12, 18, 25, 35, 50)
_ROUNDS = 15
_FITTED_ON = 5_000

Indices = npt.NDArray[np.int64]


def regions(x: Array, most: int, seed: int = 0) -> Floats:
    """The centres (k, D) of the fewest cells of rows (N, D) that explain 99 % of their variance.

    Of more than 5,000 rows they are those of 5,000 drawn by ``seed``. k is one of 5, 8, 12, 18, 25,
    35 and 50, or ``most`` where that is less and still not enough.
    """
    some = np.random.default_rng([seed, 2]).permutation(len(x))[:_FITTED_ON]
    x = np.asarray(x[some], np.float64)
    variance = float(np.square(x - x.mean(0)).sum(1).mean())
    for k in sorted({min(number, most) for number in _NUMBERS}):
        centres = k_means(x, k, seed)
        if float(np.square(x - centres[cells(x, centres)]).sum(1).mean()) <= (
            (1 - EXPLAINED) * variance
        ):
            break
    return centres


def k_means(x: Array, k: int, seed: int = 0) -> Floats:
    """The centres (k, D) of k cells of rows (N, D), begun by ``seed``.

    A cell that loses all its rows keeps its centre.
    """
    centres = _begin(x, k, np.random.default_rng([seed, 8]))
    for _ in range(_ROUNDS):
        cell = cells(x, centres)
        counts = np.bincount(cell, minlength=k)
        sums = np.eye(k)[cell].T @ x
        held = counts > 0
        centres[held] = sums[held] / counts[held, None]
    return centres


def cells(x: Array, centres: Array) -> Indices:
    """The cell of each row (N, D): the nearest of the centres (k, D)."""
    return np.asarray((np.square(centres).sum(1) - 2 * x @ centres.T).argmin(1))


def _begin(x: Floats, k: int, rng: np.random.Generator) -> Floats:
    """Rows far apart: each drawn in proportion to its squared distance from those before."""
    chosen = [int(rng.integers(len(x)))]
    squared = ((x - x[chosen[0]]) ** 2).sum(1)
    for _ in range(1, k):
        total = squared.sum()
        weights = squared / total if total > 0 else None
        chosen.append(int(rng.choice(len(x), p=weights)))
        squared = np.minimum(squared, ((x - x[chosen[-1]]) ** 2).sum(1))
    return x[chosen]
