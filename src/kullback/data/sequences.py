"""Sequences of unequal lengths: rows padded at the end, and a mask, true where a step exists.

Padding is never data. It is set to 0 as soon as it is read, so that neither what a file holds there
nor NaN changes a fingerprint, a mean or a model's input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kullback.data.values import Array
from kullback.errors import BadInput

Mask = npt.NDArray[np.bool_]

MOST_LEVELS = 1 << 16
"""More kinds of token than this are refused: in model units each takes a number a step."""


def check_mask(mask: Array, rows: Array, name: str) -> Mask:
    """The mask (N, T) of `rows` (N, T, …) as booleans.

    Raises `BadInput` unless every row of it is a run of one or more trues, then only falses.
    """
    if rows.ndim < 2 or mask.shape != rows.shape[:2]:
        raise BadInput(
            f"{name}: sequences (N, T, …) need a mask (N, T), not x of shape {rows.shape} with a "
            f"mask of shape {mask.shape}"
        )
    if mask.dtype != np.bool_ and not ((mask == 0) | (mask == 1)).all():
        raise BadInput(f"{name}: the mask holds values other than true and false, or 1 and 0")
    exists = mask.astype(np.bool_, copy=False)
    gaps = (exists[:, 1:] & ~exists[:, :-1]).any(axis=1)
    if gaps.any():
        raise BadInput(
            f"{name}: the mask of row {gaps.argmax()} has a gap; its true steps must come first, "
            "then the padding"
        )
    empty = ~exists.any(axis=1)
    if empty.any():
        raise BadInput(
            f"{name}: row {empty.argmax()} is a sequence of length 0; remove such rows, or mark "
            "their steps in the mask"
        )
    return exists


def blank(rows: Array, mask: Mask | None) -> Array:
    """`rows` (N, T, …) with 0 at every step that does not exist."""
    if mask is None:
        return rows
    blanked: Array = np.where(_alongside(mask, rows.ndim), rows, rows.dtype.type(0))
    return blanked


def count_levels(tokens: Array, name: str) -> int:
    """One more than the largest of `tokens` (N, T), integers whose padding is 0.

    Raises `BadInput` for a negative token, and for too many kinds of them.
    """
    negative = (tokens < 0).any(axis=1)
    if negative.any():
        raise BadInput(
            f"{name}: row {negative.argmax()} holds a negative token; tokens are whole numbers "
            "from 0 up, and x of shape (N, T, 1) is for numbers"
        )
    levels = int(tokens.max()) + 1
    if levels > MOST_LEVELS:
        raise BadInput(
            f"{name}: tokens up to {levels - 1} are too many kinds, {MOST_LEVELS} can be used; "
            "number them from 0 up, or give numbers as x of shape (N, T, 1)"
        )
    return levels


def masked(rows: Array, mask: Mask | None) -> Array:
    """Sequences (N, T, …) and their mask (N, T) as one `numpy.ma` array, whose mask is the reverse.

    numpy masks what is not there. Underneath, what is not there is 0. Without a mask the rows are
    returned as they are.
    """
    if mask is None:
        return rows
    missing = np.broadcast_to(_alongside(~mask, rows.ndim), rows.shape)
    found: Array = np.ma.masked_array(blank(rows, mask), missing.copy())
    return found


def parted(rows: Array | Mapping[str, Array]) -> tuple[Array, Array | None]:
    """Rows, and which of their steps exist, (N, T): `masked` undone, or {"x", "mask"} unpacked.

    Rows without a mask have `None`. Raises `BadInput` for a step of which only a part is masked,
    and for other keys.
    """
    if isinstance(rows, Mapping):
        if rows.keys() != {"x", "mask"}:
            raise BadInput(f"sequences given by name have x and mask, not {', '.join(rows)}")
        return np.asarray(rows["x"]), np.asarray(rows["mask"])
    if not np.ma.isMaskedArray(rows) or rows.ndim < 2:
        return np.asarray(rows), None
    missing = np.ma.getmaskarray(rows)
    missing = missing.reshape(*missing.shape[:2], -1)
    if not (missing == missing[..., :1]).all():
        raise BadInput("the data masks a part of a step; mask steps whole, or fill their values")
    return np.ma.getdata(rows), ~missing[..., 0]


def joined(parts: Sequence[Array]) -> Array:
    """Some rows after others, masked ones with their masks, which `numpy.concatenate` loses."""
    if np.ma.isMaskedArray(parts[0]):
        found: Array = np.ma.concatenate(parts)  # type: ignore[no-untyped-call]
        return found
    return np.concatenate(parts)


def fitted(rows: Array, mask: Array, places: int) -> tuple[Array, Array]:
    """The same sequences with other padding, `places` steps in all: (N, places, …).

    Raises `BadInput` for a sequence that has more steps than that.
    """
    longer = mask[:, places:].any(axis=1)
    if longer.any():
        row = int(longer.argmax())
        raise BadInput(
            f"the data has a sequence of {int(mask[row].sum())} steps, row {row}, but the model "
            f"was made for at most {places}"
        )
    added = max(0, places - mask.shape[1])
    rest = [(0, 0)] * (rows.ndim - 2)
    return (
        np.pad(rows[:, :places], [(0, 0), (0, added), *rest]),
        np.pad(mask[:, :places], [(0, 0), (0, added)]),
    )


def _alongside(mask: Mask, dimensions: int) -> Mask:
    return mask.reshape(mask.shape + (1,) * (dimensions - 2))
