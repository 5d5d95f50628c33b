"""What a model is built for: the shape of data, apart from the data."""

from __future__ import annotations

from dataclasses import dataclass

from kullback.data.space import Space


@dataclass(frozen=True)
class Outline:
    """One observation's `space`, the number of training `rows`, of `classes` (0: no labels).

    `source` is the space of the second data set, if there is one, and `paired` says whether its
    rows correspond to the first's.
    """

    space: Space
    rows: int
    classes: int = 0
    source: Space | None = None
    paired: bool = False
