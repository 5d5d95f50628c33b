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


def usual(space: Space, p: Joint) -> How:
    """Return how samples are shown unless one says: as means for images, as draws otherwise.

    Where x depends on nothing but which of a few components it is, its means are those few, and
    draws are shown of images too.
    """
    return "mean" if space.is_image and not _of_components(p) else "draw"


def _of_components(p: Joint) -> bool:
    """Whether the latents that x is given can all be counted."""
    latents = {factor.variable: factor for factor in p.latents}
    conditions = latents["x"].conditions
    given = [name for name in conditions if name in latents]
    alone = given and not any(latents[name].conditions for name in given)
    if not alone or len(given) < len(conditions):
        return False
    trace = p.trace({}, Noise.seeded(1, 0), *given)
    return all(trace.distributions[name].has_enumerate_support for name in given)


def _draws(p: Joint, variable: str) -> bool:
    return any(f.variable == variable and not isinstance(f, Data) for f in p.factors)


def _array(value: Tensor) -> Array:
    found: Array = value.cpu().numpy()
    return found
