"""Reading what is already in memory: arrays, (x, y), torch tensors and torch Datasets.

A torch object can only exist where torch is already imported, so it is recognised through
`sys.modules`: data that is not torch's never pays for the import.
"""

from __future__ import annotations

import sys
from operator import index
from typing import Any

import numpy as np

from kullback.data.source import Source
from kullback.data.values import Array
from kullback.errors import BadInput


def read_memory(source: object) -> Source:
    """The rows of `source` and, from a pair or a labelled Dataset, their labels.

    Raises `BadInput` for anything but an array, a pair (x, y), a tensor or a map-style Dataset.
    """
    if np.ma.is_masked(source):
        raise BadInput("array: masked values cannot be learnt from; remove those rows or fill them")
    if isinstance(source, np.ndarray):
        return Source("array", source)
    if isinstance(source, tuple) and len(source) == 2:
        x, y = source
        if isinstance(x, np.ndarray) or _is_tensor(x):
            return Source("array", _array(x), None if y is None else _array(y))
    if _is_tensor(source):
        return Source("tensor", _array(source))
    if _is_torch_dataset(source):
        return _read_torch_dataset(source)
    raise BadInput(
        f"data of type {type(source).__name__} cannot be read; give a name, a path, a numpy "
        "array, a pair (x, y), a torch tensor or a torch Dataset"
    )


def _read_torch_dataset(source: Any) -> Source:
    name = type(source).__name__
    if not (hasattr(source, "__len__") and hasattr(source, "__getitem__")):
        raise BadInput(f"{name}: a Dataset needs a length and items by number, not only an order")
    items = [source[i] for i in range(len(source))]
    if not items:
        raise BadInput(f"{name}: the Dataset is empty")
    pairs = [item if isinstance(item, (tuple, list)) else (item,) for item in items]
    rows = [_array(pair[0]) for pair in pairs]
    shapes = list(dict.fromkeys(row.shape for row in rows))
    if len(shapes) > 1:
        raise BadInput(f"{name}: items differ in shape, {shapes[0]} and {shapes[1]}")
    if any(len(pair) == 1 for pair in pairs):
        return Source(name, np.stack(rows))
    try:
        labels = np.array([index(pair[1]) for pair in pairs], np.int64)
    except (TypeError, ValueError) as error:
        raise BadInput(
            f"{name}: the second element of an item must be an integer label ({error})"
        ) from error
    return Source(name, np.stack(rows), labels)


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _is_torch_dataset(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.utils.data.Dataset)


def _array(value: Any) -> Array:
    if not _is_tensor(value):
        return np.asarray(value)
    tensor = value.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":  # which numpy lacks, and float32 contains
        tensor = tensor.float()
    return np.asarray(tensor)
