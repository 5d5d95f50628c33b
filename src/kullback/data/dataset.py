"""A data set ready to be learnt from: checked, split in three, and with a fingerprint.

The split is a permutation by `numpy.random.default_rng(split_seed)`: its first tenth is the test
part, the second tenth validation, the rest training, each kept in the permutation's order, so that
the beginning of a part is a fair sample of it. A set that comes with a test part keeps that, and
the first tenth of its permuted training rows becomes validation.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kullback.data.files import read_path
from kullback.data.memory import read_memory
from kullback.data.mixture import Mixture
from kullback.data.named import NAMES, read_named
from kullback.data.source import Part, Source
from kullback.data.space import Space, kind_of
from kullback.data.values import Array, check_dtype, check_finite, chunks, one_line
from kullback.errors import BadInput
from kullback.names import nearest

FEWEST_ROWS = 10
"""Fewer rows cannot be split 80/10/10 with a row in every part."""

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Data split in three.

    Rows are as given (see `space`). Labels are class numbers 0, …, K − 1 whose names are the K
    `label_names`, or there are neither. `truth` is the density that a toy was drawn from. `notes`
    are sentences about what was left out or changed. `fingerprint` is the SHA-256, in hex, of the
    data before splitting: the same data has the same whatever the split.
    """

    name: str
    space: Space
    train: Part
    validation: Part
    test: Part
    label_names: tuple[str, ...] | None
    truth: Mixture | None
    notes: tuple[str, ...]
    fingerprint: str


def load(source: object, *, split_seed: int = 0, strict: bool = False) -> Dataset:
    """Read, check and split data.

    `source` is a name (see `NAMED_SETS`), a path (`.npy`, `.npz`, idx, folder of pictures), a
    numpy array or torch tensor of rows, a pair (x, y), or a torch Dataset. With `strict`, a
    picture that would be left out or converted is an error. Raises `BadInput` for data that cannot
    be read or learnt from: fewer than 10 rows, values that are not finite numbers, rows without
    values, labels that are not one integer a row.
    """
    if split_seed < 0:
        raise BadInput(f"the split seed is {split_seed}; give a whole number from 0 up")
    read = _read(source, strict=strict)
    _check_rows(read.x, read.name)
    x = read.x.astype(read.x.dtype.newbyteorder("="), copy=False)  # torch knows no other order
    y, label_names = _class_numbers(read, len(x))
    whole = Part(x, y)
    train_rows, validation_rows, test_rows = split(len(x), split_seed, read.test is not None)
    train = whole.take(train_rows)
    return Dataset(
        name=read.name,
        space=Space.of(train.x, kind_of(x)),
        train=train,
        validation=whole.take(validation_rows),
        test=read.test or whole.take(test_rows),
        label_names=label_names,
        truth=read.truth,
        notes=read.notes,
        fingerprint=fingerprint(whole, read.test),
    )


def read_rows(source: object, *, strict: bool = False) -> Part:
    """Read all rows of a source in their order, a test part of its own last; nothing is split.

    Takes what `load` takes, and as few as one row. Raises `BadInput` as `load` does.
    """
    read = _read(source, strict=strict)
    check_dtype(read.x, read.name)
    check_finite(read.x, read.name)
    y, _ = _class_numbers(read, len(read.x))
    if read.test is None:
        return Part(read.x, y)
    labels = None if y is None or read.test.y is None else np.concatenate([y, read.test.y])
    return Part(np.concatenate([read.x, read.test.x]), labels)


def split(rows: int, seed: int, has_test: bool) -> tuple[Indices, Indices, Indices]:
    """Which rows are for training, validation and test; none for test if the set has its own."""
    order = np.random.default_rng(seed).permutation(rows)
    tenth = rows // 10
    test, rest = (order[:0], order) if has_test else (order[:tenth], order[tenth:])
    return rest[tenth:], rest[:tenth], test


def fingerprint(*parts: Part | None) -> str:
    """SHA-256, in hex, over the type, shape and bytes of every x and y."""
    digest = hashlib.sha256()
    for part in parts:
        for array in () if part is None else (part.x, part.y):
            if array is not None:
                digest.update(f"{array.dtype.str}{array.shape}".encode())
                for piece in chunks(array):
                    digest.update(np.ascontiguousarray(piece).data)
    return digest.hexdigest()


def _read(source: object, *, strict: bool) -> Source:
    if isinstance(source, str) and (named := read_named(source)) is not None:
        return named
    if not isinstance(source, (str, os.PathLike)):
        return read_memory(source)
    path = Path(source)
    try:
        if path.exists() or path.name != source:
            return read_path(path, strict=strict)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({one_line(error)})") from error
    hint = nearest(source, NAMES)
    raise BadInput(f"{source}: no data set has this name and no such path exists{hint}")


def _check_rows(x: Array, name: str) -> None:
    check_dtype(x, name)
    rows = len(x) if x.ndim else 1
    if rows < FEWEST_ROWS:
        raise BadInput(
            f"{name}: {rows} row{'s' * (rows != 1)} cannot be split for training, validation and "
            f"test; at least {FEWEST_ROWS} are needed"
        )
    if x.size == 0:
        raise BadInput(f"{name}: the rows hold no values, their shape is {x.shape[1:]}")
    check_finite(x, name)


def _class_numbers(read: Source, rows: int) -> tuple[Indices | None, tuple[str, ...] | None]:
    """Labels as numbers 0, …, K − 1 with K names, in the order of the labels as given."""
    y = read.y
    if y is None:
        return None, None
    if y.dtype.kind not in "bui":
        raise BadInput(
            f"{read.name}: labels of type {y.dtype} cannot be used; give one integer a row"
        )
    if y.shape != (rows,):
        raise BadInput(f"{read.name}: {rows} rows need labels of shape ({rows},), not {y.shape}")
    if read.label_names is not None:
        return y.astype(np.int64, copy=False), read.label_names
    values, numbers = np.unique(y.astype(np.int64, copy=False), return_inverse=True)
    return numbers.astype(np.int64, copy=False), tuple(str(value) for value in values)
