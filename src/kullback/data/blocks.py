"""An order of visit for rows on disk: near to a permutation of them all, yet read by blocks.

Reading single rows from all over a file is slow, and a permutation of all rows takes memory that
grows with them. So rows are visited by blocks of contiguous ones: the blocks are put in random
order, each `WINDOW` of them that follow one another make a window, and the rows of a window are put
in random order. At most a window is looked at together, however many rows there are. In a file that
is sorted a batch then sees as many kinds of rows as `WINDOW` places of the file show.

The order is a function of (seed, epoch), and of how rows are cut into blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kullback.data.batches import Indices

WINDOW = 128
"""Blocks whose rows are mixed."""

Stretch = tuple[int, int]
"""The number of a block's first row, and the one after its last."""


class BlockOrder:
    """The order in which an epoch visits `rows` rows in blocks of `size`, the last one shorter.

    When the visit of a window begins, `fetch` is told of the blocks of the next; in the beginning,
    of both.
    """

    def __init__(
        self,
        rows: int,
        seed: int,
        epoch: int,
        size: int,
        fetch: Callable[[Sequence[Stretch]], object],
    ) -> None:
        self._rows, self._size, self._seed, self._fetch = rows, size, (seed, epoch), fetch
        self._blocks = np.random.default_rng(self._seed).permutation(-(-rows // size))
        lengths = np.minimum(rows - self._blocks * size, size)
        self._starts = np.concatenate([[0], np.cumsum(lengths)[WINDOW - 1 : -1 : WINDOW]])
        self._window = -1
        self._shuffled = self._blocks[:0]

    def __getitem__(self, stretch: slice, /) -> Indices:
        start, stop, _ = stretch.indices(self._rows)
        found = self._blocks[:0]
        while len(found) < stop - start:
            at = start + len(found)
            window = int(np.searchsorted(self._starts, at, side="right")) - 1
            skipped = at - int(self._starts[window])
            more = self._rows_of(window)[skipped : skipped + stop - at]
            found = np.concatenate([found, more])
        return found

    def _rows_of(self, window: int) -> Indices:
        """The rows of a window in the order of visit."""
        if window != self._window:
            stretches = self._stretches(window)
            together = np.concatenate([np.arange(*stretch) for stretch in stretches])
            # Counted from 1, since a generator seeded by (a, b) is the one seeded by (a, b, 0).
            rng = np.random.default_rng((*self._seed, window + 1))
            announced = window == self._window + 1 > 0
            upcoming = self._stretches(window + 1)
            self._fetch(upcoming if announced else [*stretches, *upcoming])
            self._window, self._shuffled = window, rng.permutation(together)
        return self._shuffled

    def _stretches(self, window: int) -> list[Stretch]:
        """The blocks of a window; past the last one there are none."""
        blocks = self._blocks[window * WINDOW : (window + 1) * WINDOW].tolist()
        return [(b * self._size, min((b + 1) * self._size, self._rows)) for b in blocks]
