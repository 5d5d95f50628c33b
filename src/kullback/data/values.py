"""What the readers share: looking at numbers a slice at a time, and refusing the unusable.

A page of a mapped file that was touched counts as the process's memory until the kernel wants it
back. What was looked at is let go, so that the memory stays small however large the file; the
kernel still has the page where it has room.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from kullback.errors import BadInput

Array = npt.NDArray[Any]

CHUNK_VALUES = 1 << 22
"""Values looked at together: a memory-mapped file larger than memory can still be read through."""

ROWS_OF_A_BATCH = 1024
"""Rows picked together without letting go: whoever picks batches lets go of them now and then."""

_ROWS_AT_ONCE = 64  # of rows from anywhere, each may bring 2 MB around it


def chunks(rows: Array) -> Iterator[Array]:
    """Consecutive slices of `rows`, together all of them, each about `CHUNK_VALUES` values."""
    rows = np.atleast_1d(rows)  # a single number has no rows; whoever wants some says so
    step = max(1, CHUNK_VALUES * len(rows) // max(1, rows.size))
    for start in range(0, len(rows), step):
        yield rows[start : start + step]
        let_go(rows)


def pick(rows: Array, places: npt.NDArray[np.int64]) -> Array:
    """A copy of the rows at these places, in their order; many are read little by little."""
    whole = np.asarray(rows)
    if len(places) <= ROWS_OF_A_BATCH:
        return whole[places]
    found = np.empty((len(places), *rows.shape[1:]), rows.dtype)
    for start in range(0, len(places), _ROWS_AT_ONCE):
        some = slice(start, start + _ROWS_AT_ONCE)
        found[some] = whole[places[some]]
        let_go(rows)
    return found


def let_go(rows: Array) -> None:
    """Give back the memory of what was looked at, where rows are mapped from a file."""
    if not (isinstance(rows, np.memmap) and rows.mode == "r"):
        return  # what was written to a private copy would be lost
    file: object = rows
    while isinstance(file, np.ndarray):
        file = file.base
    if isinstance(file, mmap.mmap):
        file.madvise(mmap.MADV_DONTNEED)


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
