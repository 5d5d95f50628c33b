"""Nearest neighbours among many rows, with no more memory than two tiles of them take.

Squared Euclidean distances come from one matrix product a tile,

    ‖x − y‖² = ‖x‖² + ‖y‖² − 2 xᵀy,

in float64, after a shift by whole numbers that keeps the norms small and integers exact. What is
subtracted there loses half the digits of a distance near zero, so the neighbours that were found
are measured once more by their difference: a copy is at distance 0, not at 1e-7.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kullback.errors import BadInput
from kullback.evaluation.metric import Array, Floats

ROWS, COLUMNS = 1024, 4096
"""The size of a tile: 32 MiB of distances."""


def nearest(
    x: Array, y: Array, k: int, *, leave_self_out: bool = False
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """The k rows of ``y`` (M, D) nearest to each row of ``x`` (N, D), by Euclidean distance.

    Returns the distances (N, k), ascending, and the rows' indices (N, k). ``leave_self_out`` is for
    the case that y is x: no row is a neighbour of itself, though its copies are. Raises
    ``BadInput`` where there are fewer than k neighbours.
    """
    most = len(y) - leave_self_out
    if not 1 <= k <= most:
        raise BadInput(f"{k} nearest neighbours were asked for among {most}; give 1 to {most}")
    distances, indices = [], []
    for start in range(0, len(x), ROWS):
        a = x[start : start + ROWS]
        chosen = _nearest(a, y, k, start if leave_self_out else None)
        exact = torch.stack([_between(a, y[column.numpy()]) for column in chosen.T], dim=1)
        ascending, order = exact.sort(dim=1, stable=True)
        distances.append(ascending)
        indices.append(chosen.gather(1, order))
    if not distances:
        return np.empty((0, k)), np.empty((0, k), np.int64)
    return torch.cat(distances).numpy(), torch.cat(indices).numpy()


def tiles(x: Array, y: Array) -> Iterator[tuple[slice, slice, Tensor]]:
    """Squared distances of all rows of ``x`` (N, D) to all of ``y`` (M, D), a tile at a time.

    Each tile comes with the rows of x and those of y that it holds.
    """
    centre = np.rint(y.mean(axis=0, dtype=np.float64))
    for start in range(0, len(x), ROWS):
        rows = slice(start, min(start + ROWS, len(x)))
        a = torch.from_numpy(x[rows] - centre)
        a_squared = (a**2).sum(1, keepdim=True)
        for first in range(0, len(y), COLUMNS):
            columns = slice(first, min(first + COLUMNS, len(y)))
            b = torch.from_numpy(y[columns] - centre)
            squared = torch.addmm((b**2).sum(1), a, b.T, alpha=-2).add_(a_squared)
            yield rows, columns, squared.clamp_(min=0)


def _nearest(a: Array, y: Array, k: int, own: int | None) -> Tensor:
    """The indices (N, k) of the nearest rows, in no order; row i of ``a`` is row own + i of y."""
    best = torch.empty(len(a), 0, dtype=torch.float64)
    indices = torch.empty(len(a), 0, dtype=torch.int64)
    for _, columns, squared in tiles(a, y):
        if own is not None:
            squared.diagonal(own - columns.start).fill_(torch.inf)
        found, places = squared.topk(min(k, squared.shape[1]), largest=False)
        best, kept = torch.cat([best, found], 1).topk(
            min(k, best.shape[1] + found.shape[1]), largest=False
        )
        indices = torch.cat([indices, places + columns.start], 1).gather(1, kept)
    return indices


def _between(a: Array, b: Array) -> Tensor:
    difference = torch.from_numpy(np.subtract(a, b, dtype=np.float64))
    return difference.square().sum(1).sqrt()
