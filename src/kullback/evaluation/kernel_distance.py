"""The kernel distance (KID): the squared maximum mean discrepancy of two sets of features.

Bińkowski et al. (2018, arXiv 1801.01401) take k(x, y) = (xᵀy / D + 1)³, which compares the first
three moments, and the estimate without bias of Gretton et al. (2012),

    MMD² = Σ_{i≠j} k(xᵢ, xⱼ) / n(n−1) + Σ_{i≠j} k(yᵢ, yⱼ) / m(m−1) − 2 Σᵢⱼ k(xᵢ, yⱼ) / nm,

whose mean over equal laws is 0, so that it may be negative, and values at different n compare.

**Its error** is the jackknife's: the sums over each row give every leave-one-out value at once. Two
sets' shares add. By the inequality of Efron and Stein (1981) it is in the mean not too small; for
equal laws, where the estimate is degenerate, it is √2 times too large. The spread over random
subsets of 1,000 rows, which is often printed, is the error of one such subset, not of the whole.
"""

from __future__ import annotations

import torch
from torch import Tensor

from kullback.evaluation.metric import Floats

_ROWS, _COLUMNS = 1024, 4096


def kernel_distance(x: Floats, y: Floats) -> tuple[float, float]:
    """KID of features (N, D) and (M, D), N and M at least 3, and its standard error over rows."""
    n, m = len(x), len(y)
    within_x, within_y = _within(x), _within(y)
    from_x, from_y = _across(x, y)
    xx, yy, xy = within_x.sum(), within_y.sum(), from_x.sum()
    mean_xx, mean_yy = xx / (n * (n - 1)), yy / (m * (m - 1))
    value = mean_xx + mean_yy - 2 * xy / (n * m)
    without_x = (xx - 2 * within_x) / ((n - 1) * (n - 2)) - 2 * (xy - from_x) / ((n - 1) * m)
    without_y = (yy - 2 * within_y) / ((m - 1) * (m - 2)) - 2 * (xy - from_y) / (n * (m - 1))
    variance = _jackknife(without_x) + _jackknife(without_y)
    return float(value), variance**0.5


def _jackknife(without: Tensor) -> float:
    """(n − 1)/n Σ (without one − their mean)²."""
    n = len(without)
    return (n - 1) ** 2 / n * float(without.var())


def _within(x: Floats) -> Tensor:
    """The sum of each row's kernels with all others, (N,); each pair is looked at once."""
    rows = torch.from_numpy(x)
    sums = rows.new_zeros(len(x))
    for i in range(0, len(x), _ROWS):
        some = rows[i : i + _ROWS]
        tile = _kernel(some, some)
        sums[i : i + _ROWS] += tile.sum(1) - tile.diagonal()
        for j in range(i + _ROWS, len(x), _COLUMNS):
            tile = _kernel(some, rows[j : j + _COLUMNS])
            sums[i : i + _ROWS] += tile.sum(1)
            sums[j : j + _COLUMNS] += tile.sum(0)
    return sums


def _across(x: Floats, y: Floats) -> tuple[Tensor, Tensor]:
    """The sums of k(xᵢ, yⱼ) over j, (N,), and over i, (M,)."""
    rows, columns = torch.from_numpy(x), torch.from_numpy(y)
    over_columns, over_rows = rows.new_zeros(len(x)), columns.new_zeros(len(y))
    for i in range(0, len(x), _ROWS):
        for j in range(0, len(y), _COLUMNS):
            tile = _kernel(rows[i : i + _ROWS], columns[j : j + _COLUMNS])
            over_columns[i : i + _ROWS] += tile.sum(1)
            over_rows[j : j + _COLUMNS] += tile.sum(0)
    return over_columns, over_rows


def _kernel(x: Tensor, y: Tensor) -> Tensor:
    base = (x @ y.T).div_(x.shape[1]).add_(1)
    return base * base * base
