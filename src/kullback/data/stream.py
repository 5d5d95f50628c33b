"""Training rows that stay on disk: picked by number from an array that is mapped, not read.

The process then holds no rows but those of the batch. The kernel reads what is picked and keeps it
as long as it has room; a thread asks it beforehand for what will be picked next, so that it reads
while the networks compute. When it does so changes nothing but the time that training takes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread

import numpy as np
import numpy.typing as npt

from kullback.data.batches import Batches, Indices
from kullback.data.blocks import BlockOrder, Stretch
from kullback.data.values import Array, let_go, pick

BLOCK_BYTES = 1 << 17
"""The size of a block: so much is read from one place."""


class Stream:
    """The rows of `x` (N, *shape) and their labels `y` (N,) but those that are `left_out`.

    They are numbered 0, 1, … in the order of the array. None is a sequence.
    """

    mask: None = None

    def __init__(self, x: Array, y: npt.NDArray[np.int64] | None, left_out: Indices) -> None:
        self._x = x
        self.y = None if y is None else np.delete(y, left_out)
        # How many rows that are kept come before each that is not.
        self._before = np.sort(left_out) - np.arange(len(left_out))
        self._length = len(x) - len(left_out)
        self._row_bytes = x.nbytes // len(x)

    def __len__(self) -> int:
        return self._length

    def take(self, rows: Indices) -> Array:
        """A copy of the rows of these numbers, in their order."""
        return pick(self._x, self._places(rows))

    def batches(self, batch_size: int, seed: int) -> Batches:
        """Batches of numbers by blocks of rows that lie together; raises as `Batches` does."""
        return Batches(len(self), batch_size, seed, self._order)

    def _order(self, rows: int, seed: int, epoch: int) -> BlockOrder:
        size = max(1, BLOCK_BYTES // self._row_bytes)
        return BlockOrder(rows, seed, epoch, size, self._fetch)

    def _fetch(self, stretches: Sequence[Stretch]) -> None:
        """Let go of what was read, and have these rows read without waiting for it."""
        let_go(self._x)
        if stretches and isinstance(self._x, np.memmap) and self._x.filename is not None:
            starts, stops = np.array(stretches).T
            ends = np.stack([self._places(starts), self._places(stops - 1) + 1], axis=1)
            places = (self._x.offset + ends * self._row_bytes).tolist()
            file = Path(self._x.filename)
            with suppress(RuntimeError):  # there may be no room for a thread
                Thread(target=_read_ahead, args=(file, places), daemon=True).start()

    def _places(self, rows: Indices) -> Indices:
        """Where in the array the rows of these numbers are."""
        return rows + np.searchsorted(self._before, rows, side="right")


def _read_ahead(file: Path, stretches: Sequence[Stretch]) -> None:
    """Ask the kernel for these stretches of bytes. It is only a hint: that it fails is no error."""
    if not hasattr(os, "posix_fadvise"):  # as on macOS
        return
    with suppress(OSError), file.open("rb") as opened:
        for start, stop in stretches:
            os.posix_fadvise(opened.fileno(), start, stop - start, os.POSIX_FADV_WILLNEED)
