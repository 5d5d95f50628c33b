"""Nearest neighbours among many rows, with little more memory than a tile of distances takes.

Squared Euclidean distances come from one matrix product a tile,

    ‖x − y‖² = (−2x, ‖x‖², 1)ᵀ (y, 1, ‖y‖²),

in float64, after a shift by whole numbers that keeps the norms small and integers exact. A tile
is small enough to stay in a large cache, where looking through it costs little beside the product.
What is subtracted there loses half the digits of a distance near zero, so the neighbours that were
found are measured once more by their difference: a copy is at distance 0, not at 1e-7.

To find the k least of a tile's row it is cut into groups. They can be taken from the k groups of
least minima: whatever is in another is no less than those k minima. So all of a row is looked at
for minima only, which goes at the speed of memory, and k groups of it are sorted.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kullback.errors import BadInput
from kullback.evaluation.metric import Array, Floats

ROWS, COLUMNS = 1024, 2048
"""The size of a tile: 16 MiB of distances."""

_GROUPS = 64

Tile = tuple[slice, Tensor]
"""Columns, and the squared distances to the rows of y that they are."""


def nearest(
    x: Array, y: Array, k: int, *, leave_self_out: bool = False
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """The k rows of ``y`` (M, D) nearest to each row of ``x`` (N, D), by Euclidean distance.

    Returns the distances (N, k), ascending, and the rows' indices (N, k). ``leave_self_out`` is for
    the case that y is x: no row is a neighbour of itself, though its copies are. Raises
    ``BadInput`` where there are fewer than k neighbours.
    """
    squares, indices = nearest_squares(x, y, k, leave_self_out=leave_self_out)
    return np.sqrt(squares), indices


def nearest_squares(
    x: Array, y: Array, k: int, *, leave_self_out: bool = False
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """As ``nearest``, with squared distances: exact where the rows are of whole numbers."""
    most = len(y) - leave_self_out
    if not 1 <= k <= most:
        raise BadInput(f"{k} nearest neighbours were asked for among {most}; give 1 to {most}")
    squares, indices = [], []
    for rows, band in bands(x, y):
        chosen = _nearest(rows, band, k, leave_self_out)
        exact = torch.stack([_between(x[rows], y[column.numpy()]) for column in chosen.T], dim=1)
        ascending, order = exact.sort(dim=1, stable=True)
        squares.append(ascending)
        indices.append(chosen.gather(1, order))
    if not squares:
        return np.empty((0, k)), np.empty((0, k), np.int64)
    return torch.cat(squares).numpy(), torch.cat(indices).numpy()


def bands(x: Array, y: Array) -> Iterator[tuple[slice, Iterator[Tile]]]:
    """Squared distances of all rows of ``x`` (N, D) to all of ``y`` (M, D): some rows, their tiles.

    A tile takes the place of the one before it in memory. What is rounded may leave a square of 0 a
    little below it.
    """
    centre = np.rint(y.mean(axis=0, dtype=np.float64))
    place = torch.empty(ROWS * COLUMNS, dtype=torch.float64)
    for start in range(0, len(x), ROWS):
        rows = slice(start, min(start + ROWS, len(x)))
        yield rows, _tiles(torch.from_numpy(x[rows] - centre), y, centre, place)


def _tiles(a: Tensor, y: Array, centre: Floats, place: Tensor) -> Iterator[Tile]:
    left = torch.cat([-2 * a, a.square().sum(1, keepdim=True), torch.ones(len(a), 1)], 1)
    for first in range(0, len(y), COLUMNS):
        columns = slice(first, min(first + COLUMNS, len(y)))
        b = torch.from_numpy(y[columns] - centre)
        right = torch.cat([b.T, torch.ones(1, len(b)), b.square().sum(1)[None]])
        squared = place[: len(a) * len(b)].view(len(a), len(b))
        yield columns, torch.mm(left, right, out=squared)


def _nearest(rows: slice, band: Iterator[Tile], k: int, leave_self_out: bool) -> Tensor:
    """The columns (N, k) of the k least in each row of a band, in no order."""
    squares, indices = [], []
    for columns, squared in band:
        if leave_self_out:
            squared.diagonal(rows.start - columns.start).fill_(torch.inf)
        found, places = _least(squared, k)
        squares.append(found)
        indices.append(places + columns.start)
    best = torch.cat(squares, 1).topk(k, largest=False).indices
    return torch.cat(indices, 1).gather(1, best)


def _least(values: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k least of each row (N, M), or all M if they are fewer, and their columns."""
    rows, columns = values.shape
    members = columns // _GROUPS
    if 4 * k > _GROUPS or members < 2:
        return values.topk(min(k, columns), largest=False)
    whole = members * _GROUPS  # column c of them is in group c mod _GROUPS
    groups = values[:, :whole].view(rows, members, _GROUPS).amin(1).topk(k, largest=False).indices
    near = groups[:, None] + _GROUPS * torch.arange(members)[:, None]
    rest = torch.arange(whole, columns).expand(rows, -1)
    candidates = torch.cat([near.flatten(1), rest], 1)
    least, places = values.gather(1, candidates).topk(k, largest=False)
    return least, candidates.gather(1, places)


def _between(a: Array, b: Array) -> Tensor:
    difference = torch.from_numpy(np.subtract(a, b, dtype=np.float64))
    return difference.square().sum(1)
