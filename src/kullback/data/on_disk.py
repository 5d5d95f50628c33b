"""Rows that do not fit in memory: which those are, and how they are split.

A permutation of all rows would grow with them, and so would a tenth of them. So at most 10,000 rows
are drawn for testing and as many for validation; all others are learnt from, and stay on disk. Of
these as many again are drawn to be looked at where training rows are: in their moments, by the
doctor, in a report. What is drawn is held in memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kullback.data.capacity import fits, sized
from kullback.data.raw import Part, Raw
from kullback.data.stream import Stream
from kullback.data.values import pick
from kullback.errors import BadInput

MOST_KEPT = 10_000
MOST_BYTES_KEPT = 1 << 26
FEWEST_KEPT = 10
"""So many rows of each part are held in memory, of at most so many bytes, but not fewer."""


@dataclass(frozen=True, eq=False)
class OnDisk:
    """The rows to learn from, some of them, rows held out, and a sentence that says so."""

    stream: Stream
    train: Part
    validation: Part
    test: Part
    note: str


def is_too_large(raw: Raw) -> bool:
    """Whether rows are mapped from a file and do not fit in memory."""
    return isinstance(raw.x, np.memmap) and not fits(raw.x.nbytes)


def check_in_place(raw: Raw) -> None:
    """Raise `BadInput` unless rows can be picked from where they lie."""
    if not (raw.x.flags.c_contiguous and raw.x.dtype.isnative):
        raise BadInput(
            f"{raw.name}: {sized(raw.x.nbytes)} do not fit in memory, and only rows that lie one "
            "after the other, in this machine's byte order, can be streamed from a file; save them "
            'so: np.ascontiguousarray(x, x.dtype.newbyteorder("="))'
        )


def rows_kept(*raws: Raw) -> int:
    """How many rows of each part are held in memory, of sets whose rows may correspond."""
    tenth = min(len(raw.x) // 10 for raw in raws)
    each = max(raw.x.nbytes // len(raw.x) for raw in raws)
    return min(tenth, MOST_KEPT, max(FEWEST_KEPT, MOST_BYTES_KEPT // each))


def split_on_disk(raw: Raw, seed: int | tuple[int, ...], kept: int) -> OnDisk:
    """Hold `kept` rows of each part in memory, drawn by the seed; the rest stays where it is."""
    drawn = np.random.default_rng(seed).choice(len(raw.x), 3 * kept, replace=False)
    test, validation, train = (
        Part(pick(raw.x, rows), None if raw.y is None else raw.y[rows])
        for rows in np.split(drawn, 3)
    )
    stream = Stream(raw.x, raw.y, drawn[: 2 * kept])
    note = (
        f"{sized(raw.x.nbytes)} do not fit in memory: the {len(stream):,} training rows are "
        f"streamed from disk, shuffled by blocks; {kept:,} rows each are kept for validation and "
        f"for testing, and what looks at training rows looks at {kept:,} of them"
    )
    return OnDisk(stream, train, validation, test, note)
