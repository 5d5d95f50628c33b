"""A data set's rows by the names of variables, on the device, in model units on demand.

x        observations
y        labels, one-hot
mask     which steps of a sequence exist, 1 or 0
index    the number of the row
source   observations of the second data set: the row that corresponds, or any

Observations that do not fit in memory stay on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from kullback.data import Batches, Dataset, Part, Space, Stream
from kullback.data.values import Array
from kullback.training import Column, Streamed


def columns(dataset: Dataset, part: str, names: Iterable[str]) -> dict[str, Column]:
    """Return the named variables of the "train", "validation" or "test" part."""
    second = None if dataset.source is None else getattr(dataset.source, part)
    return {name: _column(dataset, getattr(dataset, part), second, name) for name in names}


def training_columns(
    dataset: Dataset, names: Iterable[str], unpaired: Batches | None = None
) -> dict[str, Column]:
    """Return the named variables of all rows to learn from.

    ``unpaired`` is the order in which rows of a second data set are visited that do not correspond.
    """
    second = None if dataset.source is None else dataset.source.learnt
    return {name: _column(dataset, dataset.learnt, second, name, unpaired) for name in names}


def _column(
    dataset: Dataset,
    rows: Part | Stream,
    second: Part | Stream | None,
    name: str,
    unpaired: Batches | None = None,
) -> Column:
    match name:
        case "x":
            mask = None if rows.mask is None else _tensor(rows.mask)
            return Column(_observations(rows), in_model_units(dataset.space), mask=mask)
        case "y":
            return Column(_tensor(rows.y), labels(len(dataset.label_names or ())))
        case "mask":
            return Column(_tensor(rows.mask), Tensor.float)
        case "index":
            return Column(torch.arange(len(rows)), Tensor.long)
        case "source":
            assert dataset.source is not None
            assert second is not None
            order = None if dataset.paired else unpaired
            return Column(_observations(second), in_model_units(dataset.source.space), order)
    raise ValueError(f"no data hold a variable {name}")


def in_model_units(space: Space) -> Callable[[Tensor], Tensor]:
    """Return what takes rows as given, (N, *shape), to model units."""
    return lambda rows: space.to_model(rows).float()


def labels(classes: int) -> Callable[[Tensor], Tensor]:
    """Return what takes labels (N,) to one-hot vectors (N, classes)."""
    return lambda numbers: one_hot(numbers.long(), classes).float()


def _observations(rows: Part | Stream) -> Tensor | Streamed:
    if isinstance(rows, Stream):
        return Streamed(rows, torch.device("cpu"))
    return _tensor(rows.x)


def _tensor(values: Array | None) -> Tensor:
    assert values is not None
    return torch.from_numpy(np.ascontiguousarray(values))
