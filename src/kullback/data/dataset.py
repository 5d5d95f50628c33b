"""A data set ready to be learnt from: checked, split in three, and with a fingerprint.

The split is a permutation by `numpy.random.default_rng(split_seed)`: its first tenth is the test
part, the second tenth validation, the rest training, each kept in the permutation's order, so that
the beginning of a part is a fair sample of it. A set that comes with a test part keeps that, and
the first tenth of its permuted training rows becomes validation.

Two data sets make one problem: paired, they are split by the same permutation and their rows
correspond one to one; unpaired, each is split by a permutation of its own. Unpaired views of one
set would still show the same rows, so there the first has one half of every part's rows and the
second the other.

Rows that do not fit in memory are split otherwise (`on_disk`) and streamed from their file.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kullback.data.batches import Batches
from kullback.data.files import read_path
from kullback.data.memory import read_memory
from kullback.data.mixture import Mixture
from kullback.data.named import NAMES, read_named
from kullback.data.on_disk import check_in_place, is_too_large, rows_kept, split_on_disk
from kullback.data.outline import Outline
from kullback.data.raw import Part, Raw
from kullback.data.sequences import Mask, blank, check_mask, count_levels
from kullback.data.space import Space, kind_of
from kullback.data.stream import Stream
from kullback.data.values import Array, check_dtype, check_finite, chunks, one_line
from kullback.errors import BadInput
from kullback.names import nearest

FEWEST_ROWS = 10
"""Fewer rows cannot be split 80/10/10 with a row in every part."""

_SECOND = 1
_HALVES = "unpaired views of one set: each is taken from one half of its rows"

Indices = npt.NDArray[np.int64]
Seed = int | tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Data split in three.

    Rows are as given (see `space`). Labels are class numbers 0, …, K − 1 whose names are the K
    `label_names`, or there are neither. `truth` is the density that a toy was drawn from. `notes`
    are sentences about what was left out or changed. `fingerprint` is the SHA-256, in hex, of the
    data before splitting: the same data has the same whatever the split. `source` is the second
    data set, and `paired` says whether row i of each of its parts corresponds to row i here.
    `stream` holds the training rows where they do not fit in memory; `train` are then some of them.
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
    source: Dataset | None = None
    paired: bool = False
    stream: Stream | None = None

    @property
    def learnt(self) -> Part | Stream:
        """All rows to learn from."""
        return self.train if self.stream is None else self.stream

    def batches(self, batch_size: int, seed: int) -> Batches:
        """Batches of numbers of the rows to learn from; raises as `Batches` does."""
        if self.stream is not None:
            return self.stream.batches(batch_size, seed)
        return Batches(len(self.train), batch_size, seed)

    @property
    def outline(self) -> Outline:
        """What a model for this data must fit."""
        return Outline(
            space=self.space,
            rows=len(self.learnt),
            classes=len(self.label_names or ()),
            source=None if self.source is None else self.source.space,
            paired=self.paired,
        )

    @property
    def label_counts(self) -> tuple[int, ...] | None:
        """How many training rows each class has, or None without labels."""
        if self.label_names is None or self.learnt.y is None:
            return None
        counts = np.bincount(self.learnt.y, minlength=len(self.label_names))
        return tuple(int(count) for count in counts)


def load(
    data: object, *, split_seed: int = 0, strict: bool = False, streamed: bool | None = None
) -> Dataset:
    """Read, check and split data.

    `data` is a name (see `NAMED_SETS`), a path (`.npy`, `.npz`, idx, folder of pictures), a
    numpy array or torch tensor of rows, a pair (x, y), a dictionary {"x", "mask", "y"} of
    sequences, a torch Dataset, or what has been read already, a `Raw`. With `strict`, a picture
    that would be left out or converted is an error. `streamed` says whether rows stay on disk, as
    was decided before; if it does not, those do that do not fit in memory. Raises `BadInput` for
    data that cannot be read or learnt from: fewer than 10 rows, values that are not finite numbers,
    rows without values, labels that are not one integer a row, a mask with gaps; and for rows that
    should be streamed but are laid out otherwise than one after the other.
    """
    _check_seed(split_seed)
    raw = _read(data, strict=strict)
    if is_too_large(raw) if streamed is None else streamed:
        raw = _checked_on_disk(raw)
        return _split_on_disk(raw, split_seed, rows_kept(raw))
    return _split(_checked(raw), split_seed)


def load_pair(
    first: object,
    second: object,
    *,
    paired: bool,
    split_seed: int = 0,
    strict: bool = False,
    streamed: bool | None = None,
) -> Dataset:
    """Read two data sets, each as `load` does: the first, with the second as its `source`.

    Paired, row i of every part of the one corresponds to row i of the same part of the other.
    Unpaired, no rows correspond. Where the rows of one stay on disk, so do the other's. Raises
    `BadInput` as `load` does, and for paired sets of unequal numbers of rows.
    """
    _check_seed(split_seed)
    one, other = (_read(each, strict=strict) for each in (first, second))
    if is_too_large(one) or is_too_large(other) if streamed is None else streamed:
        one, other = _checked_on_disk(one), _checked_on_disk(other)
        return _pair_on_disk(one, other, split_seed, paired=paired)
    one, other = _checked(one), _checked(other)
    if paired:
        _check_pair(one, other)
        return replace(_split(one, split_seed), source=_split(other, split_seed), paired=True)
    if one.base is None or one.base != other.base:
        source = _split(other, (split_seed, _SECOND))
        return replace(_split(one, split_seed), source=source)
    data = _half(_split(one, split_seed), second=False)
    source = _half(_split(other, split_seed), second=True)
    return replace(data, source=source, notes=(*data.notes, _HALVES))


def read_rows(data: object, *, strict: bool = False) -> Part:
    """Read all rows of data in their order, a test part of its own last; nothing is split.

    Takes what `load` takes, and as few as one row. Raises `BadInput` as `load` does.
    """
    raw = _read(data, strict=strict)
    x, mask = _steps(raw)
    if x.ndim == 0:
        raise BadInput(f"{raw.name}: one number is no array of rows; give (N, …)")
    check_finite(x, raw.name)
    y, _ = _class_numbers(raw, len(x))
    if raw.test is None:
        return Part(x, y, mask)
    labels = None if y is None or raw.test.y is None else np.concatenate([y, raw.test.y])
    return Part(np.concatenate([x, raw.test.x]), labels)


def split(rows: int, seed: Seed, has_test: bool) -> tuple[Indices, Indices, Indices]:
    """Which rows are for training, validation and test; none for test if the set has its own."""
    order = np.random.default_rng(seed).permutation(rows)
    tenth = rows // 10
    test, rest = (order[:0], order) if has_test else (order[:tenth], order[tenth:])
    return rest[tenth:], rest[:tenth], test


def fingerprint(*parts: Part | None) -> str:
    """SHA-256, in hex, over the type, shape and bytes of every x, y and mask."""
    digest = hashlib.sha256()
    for part in parts:
        for array in () if part is None else (part.x, part.y, part.mask):
            if array is not None:
                digest.update(f"{array.dtype.str}{array.shape}".encode())
                for piece in chunks(array):
                    digest.update(np.ascontiguousarray(piece).data)
    return digest.hexdigest()


def _read(data: object, *, strict: bool) -> Raw:
    if isinstance(data, Raw):
        return data
    if isinstance(data, str) and (named := read_named(data)) is not None:
        return named
    if not isinstance(data, (str, os.PathLike)):
        return read_memory(data)
    path = Path(data)
    try:
        if path.exists() or path.name != data:
            return read_path(path, strict=strict)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({one_line(error)})") from error
    hint = nearest(data, NAMES)
    raise BadInput(f"{data}: no data set has this name and no such path exists{hint}")


def _checked(raw: Raw) -> Raw:
    """The same data in the machine's byte order, fit to be learnt from, its labels numbered."""
    x, mask = _steps(raw)
    _check_rows(x, raw.name)
    y, label_names = _class_numbers(raw, len(x))
    x = x.astype(x.dtype.newbyteorder("="), copy=False)  # torch knows no other order
    return replace(raw, x=x, y=y, label_names=label_names, mask=mask)


def _steps(raw: Raw) -> tuple[Array, Mask | None]:
    """The rows, 0 where they are padding, and the mask, if they are sequences."""
    check_dtype(raw.x, raw.name)
    if raw.mask is None:
        return raw.x, None
    mask = check_mask(raw.mask, raw.x, raw.name)
    return blank(raw.x, mask), mask


def _split(raw: Raw, seed: Seed) -> Dataset:
    whole = Part(raw.x, raw.y, raw.mask)
    kind = kind_of(raw.x, raw.mask)
    levels = count_levels(raw.x, raw.name) if kind == "token" else 0
    train_rows, validation_rows, test_rows = split(len(raw.x), seed, raw.test is not None)
    train = whole.take(train_rows)
    return Dataset(
        name=raw.name,
        space=Space.of(train.x, kind, train.mask, levels),
        train=train,
        validation=whole.take(validation_rows),
        test=raw.test or whole.take(test_rows),
        label_names=raw.label_names,
        truth=raw.truth,
        notes=raw.notes,
        fingerprint=fingerprint(whole, raw.test),
    )


def _checked_on_disk(raw: Raw) -> Raw:
    own = "a test part" if raw.test is not None else "a mask" if raw.mask is not None else None
    if own is not None:
        raise BadInput(
            f"{raw.name} has {own} of its own, which is lost where rows stay on disk, as those of "
            "the other data set do; give sets that both fit in memory"
        )
    check_in_place(raw)
    return _checked(raw)


def _split_on_disk(raw: Raw, seed: Seed, kept: int) -> Dataset:
    parts = split_on_disk(raw, seed, kept)
    return Dataset(
        name=raw.name,
        space=Space.of(parts.train.x, kind_of(raw.x)),
        train=parts.train,
        validation=parts.validation,
        test=parts.test,
        label_names=raw.label_names,
        truth=raw.truth,
        notes=(*raw.notes, parts.note),
        fingerprint=fingerprint(Part(raw.x, raw.y)),
        stream=parts.stream,
    )


def _pair_on_disk(one: Raw, other: Raw, split_seed: int, *, paired: bool) -> Dataset:
    if paired:
        _check_pair(one, other)
    kept = rows_kept(one, other)
    second = split_seed if paired else (split_seed, _SECOND)
    source = _split_on_disk(other, second, kept)
    return replace(_split_on_disk(one, split_seed, kept), source=source, paired=paired)


def _half(data: Dataset, *, second: bool) -> Dataset:
    """The first or the second half of every part."""

    def half(part: Part) -> Part:
        middle = len(part) // 2
        return part.take(np.arange(middle, len(part)) if second else np.arange(middle))

    train = half(data.train)
    return replace(
        data,
        space=Space.of(train.x, data.space.kind, train.mask, data.space.levels),
        train=train,
        validation=half(data.validation),
        test=half(data.test),
    )


def _check_seed(split_seed: int) -> None:
    if split_seed < 0:
        raise BadInput(f"the split seed is {split_seed}; give a whole number from 0 up")


def _check_pair(one: Raw, other: Raw) -> None:
    def sizes(raw: Raw) -> str:
        own = "" if raw.test is None else f" and {len(raw.test)} test rows"
        return f"{len(raw.x)} rows{own}"

    if sizes(one) != sizes(other):
        raise BadInput(
            f"{one.name} has {sizes(one)}, {other.name} {sizes(other)}: paired data need equally "
            "many; leave out --paired if their rows do not correspond"
        )


def _check_rows(x: Array, name: str) -> None:
    rows = len(x) if x.ndim else 1
    if rows < FEWEST_ROWS:
        raise BadInput(
            f"{name}: {rows} row{'s' * (rows != 1)} cannot be split for training, validation and "
            f"test; at least {FEWEST_ROWS} are needed"
        )
    if x.size == 0:
        raise BadInput(f"{name}: the rows hold no values, their shape is {x.shape[1:]}")
    check_finite(x, name)


def _class_numbers(raw: Raw, rows: int) -> tuple[Indices | None, tuple[str, ...] | None]:
    """Labels as numbers 0, …, K − 1 with K names, in the order of the labels as given."""
    y = raw.y
    if y is None:
        return None, None
    if y.dtype.kind not in "bui":
        raise BadInput(
            f"{raw.name}: labels of type {y.dtype} cannot be used; give one integer a row"
        )
    if y.shape != (rows,):
        raise BadInput(f"{raw.name}: {rows} rows need labels of shape ({rows},), not {y.shape}")
    if raw.label_names is not None:
        return y.astype(np.int64, copy=False), raw.label_names
    values, numbers = np.unique(y.astype(np.int64, copy=False), return_inverse=True)
    return numbers.astype(np.int64, copy=False), tuple(str(value) for value in values)
