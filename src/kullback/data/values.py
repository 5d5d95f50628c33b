"""What the readers share: looking at numbers a slice at a time, and refusing the unusable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from kullback.errors import BadInput

Array = npt.NDArray[Any]

CHUNK_VALUES = 1 << 22
"""Values looked at together: a memory-mapped file larger than memory can still be read through."""


def chunks(rows: Array) -> Iterator[Array]:
    """Consecutive slices of `rows`, together all of them, each about `CHUNK_VALUES` values."""
    rows = np.atleast_1d(rows)  # a single number has no rows; whoever wants some says so
    step = max(1, CHUNK_VALUES * len(rows) // max(1, rows.size))
    return (rows[start : start + step] for start in range(0, len(rows), step))


def check_dtype(rows: Array, name: str) -> None:
    """Raise `BadInput` unless `rows` holds booleans, integers or floats of at most 64 bits."""
    if rows.dtype.kind not in "buif" or rows.dtype.itemsize > 8:
        raise BadInput(
            f"{name}: values of type {rows.dtype} cannot be used; give booleans, integers or "
            "floats of at most 64 bits"
        )


def check_finite(rows: Array, name: str) -> None:
    """Raise `BadInput` if any value is NaN or infinite; the message says how many and where."""
    if rows.dtype.kind != "f":
        return
    bad, first, seen = 0, -1, 0
    for part in chunks(rows):
        wrong = ~np.isfinite(part.reshape(len(part), -1))
        if wrong.any():
            bad += int(wrong.sum())
            first = first if first >= 0 else seen + int(wrong.any(axis=1).argmax())
        seen += len(part)
    if bad:
        raise BadInput(
            f"{name}: {bad} of {rows.size} values are NaN or infinite, the first in row {first}; "
            "remove those rows or fill them in"
        )


def one_line(error: Exception) -> str:
    """The message of an error of another library, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
