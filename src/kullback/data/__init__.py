"""Data: what one observation is, where it comes from, how it is split and visited."""

from kullback.data.batches import Batches, order
from kullback.data.dataset import Dataset, load, load_pair, read_rows
from kullback.data.mixture import Mixture, grid, random_mixture, ring
from kullback.data.moon import moon
from kullback.data.named import NAMED_SETS, NAMES, NamedSet
from kullback.data.outline import Outline
from kullback.data.raw import Part
from kullback.data.space import Space
from kullback.data.stream import Stream
from kullback.data.views import VIEWS, View

__all__ = [
    "NAMED_SETS",
    "NAMES",
    "VIEWS",
    "Batches",
    "Dataset",
    "Mixture",
    "NamedSet",
    "Outline",
    "Part",
    "Space",
    "Stream",
    "View",
    "grid",
    "load",
    "load_pair",
    "moon",
    "order",
    "random_mixture",
    "read_rows",
    "ring",
]
