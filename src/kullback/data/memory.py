"""Reading what is already in memory: arrays, (x, y), sequences, torch tensors and torch Datasets.

A torch object can only exist where torch is already imported, so it is recognised through
`sys.modules`: data that is not torch's never pays for the import.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from operator import index
from typing import Any

import numpy as np

from kullback.data.raw import Raw
from kullback.data.values import Array
from kullback.errors import BadInput


def read_memory(data: object) -> Raw:
    """The rows of `data`, with their labels and their mask where it holds them.

    Raises `BadInput` for anything but an array, a pair (x, y), a dictionary {"x", "mask", "y"}, a
    tensor or a map-style Dataset.
    """
    if np.ma.is_masked(data):
        raise BadInput(
            "array: masked values cannot be learnt from; remove those rows or fill them, or give "
            'sequences as a dictionary {"x", "mask"}'
        )
    if isinstance(data, np.ndarray):
        return Raw("array", data)
    if isinstance(data, tuple) and len(data) == 2:
        x, y = data
        if isinstance(x, np.ndarray) or _is_tensor(x):
            return Raw("array", _array(x), None if y is None else _array(y))
    if isinstance(data, Mapping):
        return _read_mapping(data)
    if _is_tensor(data):
        return Raw("tensor", _array(data))
    if _is_torch_dataset(data):
        return _read_torch_dataset(data)
    raise BadInput(
        f"data of type {type(data).__name__} cannot be read; give a name, a path, a numpy "
        "array, a pair (x, y), a dictionary of x and mask, a torch tensor or a torch Dataset"
    )


def _read_mapping(data: Mapping[Any, Any]) -> Raw:
    """Sequences: `x` (N, T, …), `mask` (N, T), perhaps `y` (N,)."""
    given = {str(key): value for key, value in data.items() if value is not None}
    if not {"x"} <= given.keys() <= {"x", "mask", "y"}:
        keys = ", ".join(given) or "none"
        raise BadInput(f"a dictionary of data has the keys x, mask and perhaps y, not {keys}")
    for key, value in given.items():
        if not (isinstance(value, np.ndarray) or _is_tensor(value)):
            raise BadInput(
                f"{key} is of type {type(value).__name__}; give a numpy array or a torch tensor"
            )
    arrays = {key: _array(value) for key, value in given.items()}
    return Raw("array", arrays["x"], arrays.get("y"), mask=arrays.get("mask"))


def _read_torch_dataset(data: Any) -> Raw:
    name = type(data).__name__
    if not (hasattr(data, "__len__") and hasattr(data, "__getitem__")):
        raise BadInput(f"{name}: a Dataset needs a length and items by number, not only an order")
    items = [data[i] for i in range(len(data))]
    if not items:
        raise BadInput(f"{name}: the Dataset is empty")
    pairs = [item if isinstance(item, (tuple, list)) else (item,) for item in items]
    rows = [_array(pair[0]) for pair in pairs]
    shapes = list(dict.fromkeys(row.shape for row in rows))
    if len(shapes) > 1:
        raise BadInput(f"{name}: items differ in shape, {shapes[0]} and {shapes[1]}")
    if any(len(pair) == 1 for pair in pairs):
        return Raw(name, np.stack(rows))
    try:
        labels = np.array([index(pair[1]) for pair in pairs], np.int64)
    except (TypeError, ValueError) as error:
        raise BadInput(
            f"{name}: the second element of an item must be an integer label ({error})"
        ) from error
    return Raw(name, np.stack(rows), labels)


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _is_torch_dataset(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.utils.data.Dataset)


def _array(value: Any) -> Array:
    if isinstance(value, np.memmap):
        return value
    if not _is_tensor(value):
        return np.asarray(value)
    tensor = value.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":  # which numpy lacks, and float32 contains
        tensor = tensor.float()
    return np.asarray(tensor)
