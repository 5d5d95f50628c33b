"""Which rows the k-th batch holds: a pure function of (seed, k), so resuming needs no state.

Each epoch visits the rows in an order of its own. The orders, laid end to end, are cut into equal
batches: every batch has exactly `batch_size` rows, and every row is seen exactly once per epoch. A
batch may span the end of one epoch and the beginning of the next.

An epoch's order is a permutation of all rows, unless they are visited by blocks (`blocks`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kullback.errors import BadInput

Indices = npt.NDArray[np.int64]


class Order(Protocol):
    """The rows of one epoch in the order of visit, of which one can ask for a stretch."""

    def __getitem__(self, stretch: slice, /) -> Indices: ...


def order(rows: int, seed: int, epoch: int) -> Indices:
    """The order in which epoch number `epoch` visits the rows 0, …, rows − 1."""
    return np.random.default_rng([seed, epoch]).permutation(rows)


class Batches:
    """An endless sequence of batches over `rows` rows.

    `order` makes an epoch's order of (rows, seed, epoch). Raises `BadInput` for a batch that is
    empty or larger than the rows, or a negative seed.
    """

    def __init__(
        self,
        rows: int,
        batch_size: int,
        seed: int,
        order: Callable[[int, int, int], Order] = order,
    ) -> None:
        if not 1 <= batch_size <= rows:
            raise BadInput(
                f"a batch of {batch_size} cannot be drawn from {rows} training rows; "
                f"give a batch size from 1 to {rows}"
            )
        if seed < 0:
            raise BadInput(f"the seed is {seed}; give a whole number from 0 up")
        self.rows = rows
        self.batch_size = batch_size
        self.seed = seed
        self._make_order = order
        self._epoch = 0
        self._order = order(rows, seed, 0)

    def indices(self, k: int) -> Indices:
        """The rows of batch k = 0, 1, …: (batch_size,)."""
        epoch, start = divmod(k * self.batch_size, self.rows)
        head = self._order_of(epoch)[start : start + self.batch_size]
        if len(head) == self.batch_size:
            return head.copy()
        return np.concatenate([head, self._order_of(epoch + 1)[: self.batch_size - len(head)]])

    def _order_of(self, epoch: int) -> Order:
        if epoch != self._epoch:
            self._epoch, self._order = epoch, self._make_order(self.rows, self.seed, epoch)
        return self._order
