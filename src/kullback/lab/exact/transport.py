"""The Wasserstein distance of two samples of one size: what it costs to move one onto the other.

A plan between n points and n points of equal weight is a matching, at its cheapest (Birkhoff), so

    W₁ = min over matchings σ of (1/n) Σ_i ‖a_i − b_σ(i)‖,

and on a line the matching that keeps the order is the best: W₁ = ∫₀¹ |P⁻¹(u) − Q⁻¹(u)| du, the mean
distance between the i-th smallest of either. Villani (2003, Topics in Optimal Transportation,
introduction and theorem 2.18).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from kullback.errors import BadInput
from kullback.lab.outcome import Array


def w1(a: Array, b: Array) -> float:
    """W₁ of two samples of numbers, of one size; any other shape is flattened."""
    if a.size != b.size or not a.size:
        raise BadInput(f"W₁ of {a.size} and {b.size} numbers: take as many of each, one or more")
    return float(np.abs(np.sort(a, axis=None) - np.sort(b, axis=None)).mean())


def matched(a: Array, b: Array) -> float:
    """W₁ of two samples of points, (n, D) each, by the cheapest of all matchings."""
    cost = cdist(a, b)
    return float(cost[linear_sum_assignment(cost)].mean())
