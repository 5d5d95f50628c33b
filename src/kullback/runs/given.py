"""What has to be given for a conditional model to be drawn from: labels, rows of a second set."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from kullback.data import Space
from kullback.data.values import Array
from kullback.errors import BadInput, Unsupported
from kullback.objectives import Batch
from kullback.runs.columns import in_model_units, labels
from kullback.runs.recipe import Recipe

_LABELS = 1  # a stream of the seed of sampling


def draw_labels(recipe: Recipe, n: int, seed: int) -> Array:
    """Draw labels as often as the training rows have them, (n,)."""
    counts = np.asarray(recipe.data.label_counts, np.float64)
    return np.random.default_rng([seed, _LABELS]).choice(len(counts), n, p=counts / counts.sum())


def check_labels(recipe: Recipe, label: Any, n: int) -> Array:
    """Return the class number of each of n rows, given one for all or one for each."""
    names = recipe.data.label_names
    found = np.asarray(label)
    if names is None:
        raise Unsupported(f"{recipe.data.name} has no labels; leave label out")
    if found.dtype.kind not in "iu" or found.shape not in ((), (n,)):
        raise BadInput(
            f"label={label!r} cannot be used; give one whole number, or one for each row"
        )
    if found.min() < 0 or found.max() >= len(names):
        wrong = found.max() if found.max() >= len(names) else found.min()
        raise BadInput(
            f"there is no class {wrong}; they are 0 to {len(names) - 1}: {', '.join(names)}"
        )
    return np.broadcast_to(found, (n,))


def given(recipe: Recipe, label: Array | None, source: Array | None) -> Batch:
    """Return labels (n,) and rows of the second data set (n, …) as networks are given them."""
    batch = {}
    if label is not None:
        batch["y"] = labels(len(recipe.data.label_names or ()))(torch.from_numpy(label.copy()))
    if source is not None:
        assert recipe.source is not None
        space = Space.from_json(recipe.source.space)
        space.check(source)
        batch["source"] = in_model_units(space)(torch.from_numpy(np.ascontiguousarray(source)))
    return batch


def repeated(rows: Array, n: int) -> Array:
    """Return n rows, from the first on and over again."""
    rows = np.asarray(rows)
    if rows.ndim == 0 or len(rows) == 0:
        raise BadInput("the source has no rows; give one or more")
    return rows[np.arange(n) % len(rows)]
