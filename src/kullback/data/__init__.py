"""Data: what one observation is, where it comes from, how it is split and visited."""

from kullback.data.batches import Batches, order
from kullback.data.dataset import Dataset, load, read_rows
from kullback.data.mixture import Mixture, grid, random_mixture, ring
from kullback.data.moon import moon
from kullback.data.named import NAMED_SETS, NAMES, NamedSet
from kullback.data.source import Part
from kullback.data.space import Space

__all__ = [
    "NAMED_SETS",
    "NAMES",
    "Batches",
    "Dataset",
    "Mixture",
    "NamedSet",
    "Part",
    "Space",
    "grid",
    "load",
    "moon",
    "order",
    "random_mixture",
    "read_rows",
    "ring",
]
