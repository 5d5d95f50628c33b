"""The Wasserstein distance on a line, where the best plan is known: it keeps the order.

    W₁(p, q) = ∫₀¹ |P⁻¹(u) − Q⁻¹(u)| du,

of two samples of one size the mean distance between the i-th smallest of either. Villani (2003,
Topics in Optimal Transportation, theorem 2.18).
"""

from __future__ import annotations

import numpy as np

from kullback.errors import BadInput
from kullback.lab.outcome import Array


def w1(a: Array, b: Array) -> float:
    """W₁ of two samples of numbers, of one size; any other shape is flattened."""
    if a.size != b.size or not a.size:
        raise BadInput(f"W₁ of {a.size} and {b.size} numbers: take as many of each, one or more")
    return float(np.abs(np.sort(a, axis=None) - np.sort(b, axis=None)).mean())
