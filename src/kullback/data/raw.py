"""What every way of reading data ends in, before it is split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kullback.data.mixture import Mixture
from kullback.data.sequences import Mask, masked
from kullback.data.values import Array


@dataclass(frozen=True, eq=False)
class Part:
    """Rows x (N, *shape) as given and their labels y (N,), int64 class numbers, or None.

    Rows that are sequences (N, T, …) have a mask (N, T), true where a step exists.
    """

    x: Array
    y: npt.NDArray[np.int64] | None = None
    mask: Mask | None = None

    def __len__(self) -> int:
        return len(self.x)

    @property
    def observations(self) -> Array:
        """The rows as they are shown and given to a model: x, masked where no step exists."""
        return masked(self.x, self.mask)

    def take(self, rows: npt.NDArray[np.int64]) -> Part:
        """The part that holds these rows, in this order."""
        return Part(
            self.x[rows],
            None if self.y is None else self.y[rows],
            None if self.mask is None else self.mask[rows],
        )


@dataclass(frozen=True, eq=False)
class Raw:
    """Data as read: everything, its test part if it came with one, and what was noticed.

    With a `mask` (N, T) of booleans, or 0 and 1, the rows are sequences padded at the end.
    `y` may be any integers if `label_names` is None; otherwise it numbers the names. `base` is the
    named set whose rows these are, in its order: a set and its views share it.
    """

    name: str
    x: Array
    y: Array | None = None
    label_names: tuple[str, ...] | None = None
    test: Part | None = None
    truth: Mixture | None = None
    notes: tuple[str, ...] = ()
    base: str | None = None
    mask: Array | None = None
