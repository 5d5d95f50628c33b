"""What every way of reading data ends in, before it is split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kullback.data.mixture import Mixture
from kullback.data.values import Array


@dataclass(frozen=True, eq=False)
class Part:
    """Rows x (N, *shape) as given and their labels y (N,), int64 class numbers, or None."""

    x: Array
    y: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: npt.NDArray[np.int64]) -> Part:
        """The part that holds these rows, in this order."""
        return Part(self.x[rows], None if self.y is None else self.y[rows])


@dataclass(frozen=True, eq=False)
class Source:
    """Data as read: everything, its test part if it came with one, and what was noticed.

    `y` may be any integers if `label_names` is None; otherwise it numbers the names.
    """

    name: str
    x: Array
    y: Array | None = None
    label_names: tuple[str, ...] | None = None
    test: Part | None = None
    truth: Mixture | None = None
    notes: tuple[str, ...] = ()
