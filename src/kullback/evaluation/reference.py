"""The real rows that samples are judged against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kullback.data import Dataset, Mixture, Part, Space
from kullback.data.sequences import blank, check_mask, parted
from kullback.data.values import Array, check_dtype, check_finite
from kullback.errors import BadInput

FEWEST_SAMPLES = 10
"""Of fewer samples nothing can be said."""


@dataclass(frozen=True, eq=False)
class Reference:
    """Real rows of one ``space``: those learnt from, and those kept from it.

    ``held_out`` is ``None`` where nobody says which rows a model has not seen: then all of
    ``train`` counts as seen, and a distance of a real row to the others leaves out itself.
    ``label_names`` name the classes of the labels, if there are any, and ``truth`` is the density
    that the rows were drawn from, if it is known.
    """

    space: Space
    train: Part
    held_out: Part | None = None
    label_names: tuple[str, ...] | None = None
    truth: Mixture | None = None

    @classmethod
    def of(cls, data: Dataset) -> Reference:
        """The training rows of a data set, and those of its test part."""
        return cls(data.space, data.train, data.test, data.label_names, data.truth)

    @property
    def unseen(self) -> Part:
        """The rows that stand for the data: those held out, or all where none are."""
        return self.train if self.held_out is None else self.held_out


def kept_apart(
    count: int, share: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The numbers of ``count`` rows in a random order: a ``share`` that is kept, and the others."""
    order, kept = rng.permutation(count), int(share * count)
    return order[:kept], order[kept:]


def check_samples(samples: Array, space: Space, what: str = "the samples") -> None:
    """Raise ``BadInput`` unless ``samples`` can be laid beside the rows of ``space``.

    They are (N, *space.shape), N ≥ 10, finite numbers, and for tokens ones that the data knows.
    Values of another type or range pass: that they are wrong is a finding, not an error.
    """
    rows, mask = parted(samples)
    check_dtype(rows, what)
    if rows.ndim == 0 or rows.shape[1:] != space.shape:
        raise BadInput(
            f"{what}: the array has shape {rows.shape}, but rows of the data have the shape "
            f"{space.shape}; give (N, {', '.join(map(str, space.shape))})"
        )
    if len(rows) < FEWEST_SAMPLES:
        raise BadInput(f"{what}: {len(rows)} are too few; give {FEWEST_SAMPLES} or more")
    if mask is not None and not space.sequence:
        raise BadInput(f"{what}: they have a mask, but the data is not sequences")
    rows = rows if mask is None else blank(rows, check_mask(mask, rows, what))
    check_finite(rows, what)
    if space.kind == "token":
        _check_tokens(rows, space, what)


def _check_tokens(rows: Array, space: Space, what: str) -> None:
    whole = rows.dtype.kind in "bui"
    if not whole or rows.min() < 0 or rows.max() >= space.levels:
        raise BadInput(
            f"{what}: tokens are whole numbers from 0 to {space.levels - 1} in this data, not "
            + (f"{rows.min()} to {rows.max()}" if whole else str(rows.dtype))
        )
