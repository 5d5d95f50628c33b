"""What a model makes of noise, or of codes: observations in model units, as arrays."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from kullback.data import Space
from kullback.data.sequences import masked, parted
from kullback.data.values import Array
from kullback.distributions import Noise
from kullback.objectives import Batch, Data, Joint

How = Literal["mean", "draw"]


@torch.no_grad()
def make(p: Joint, batch: Batch, noise: Noise, how: How) -> Array:
    """Return draws of p(x|·), or its means, in model units, (N, *model_shape).

    Sequences are masked where they have no step. They are as long as p(mask|·) draws them, or, for
    means, as is most probable; a mask in ``batch`` that ``p`` takes as data is theirs.
    """
    if how == "mean" and _draws(p, "mask"):
        trace = p.trace(batch, noise, "mask")
        known = {**trace.values, "mask": trace.distributions["mask"].mode}
        for name in known:
            p = p.given(name)
        batch = {**batch, **known}
    trace = p.trace(batch, noise, "x")
    value = trace.distributions["x"].mean if how == "mean" else trace.values["x"]
    mask = trace.values.get("mask")
    return masked(_array(value), None if mask is None else _array(mask) > 0)


def as_given(space: Space, made: Array) -> Array:
    """Return what ``make`` made as the data was given, masked where it was."""
    rows, mask = parted(made)
    return masked(space.to_data(rows), mask)


def usual(space: Space) -> How:
    """Return how samples are shown unless one says: as means for images, as draws otherwise."""
    return "mean" if space.is_image else "draw"


def _draws(p: Joint, variable: str) -> bool:
    return any(f.variable == variable and not isinstance(f, Data) for f in p.factors)


def _array(value: Tensor) -> Array:
    found: Array = value.cpu().numpy()
    return found
