"""Drawing from a finite set by the inverse of its distribution function."""

from __future__ import annotations

from torch import Tensor


def inverse_cdf(mass: Tensor, u: Tensor) -> Tensor:
    """Return the least index whose cumulated mass exceeds u: ``mass`` (…, M), ``u`` (…, 1) → (…).

    Rounding can leave the total a hair under one; a u beyond it gets the last index.
    """
    return (mass.cumsum(-1) <= u).sum(-1).clamp(max=mass.shape[-1] - 1)
