"""Help with names that are almost right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_FEW = 40


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a message: the nearest known name, else all of them if they are few."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(known)}" if len(known) <= _FEW else ""
