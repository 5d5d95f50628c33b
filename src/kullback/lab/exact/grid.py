"""Densities on a line, as values at points so close that sums are integrals.

    H(p, q) = −∫ p log q      KL(p ‖ q) = ∫ p log p/q      JS(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m)

with m = ½(p + q), all in nats, by the trapezoidal rule; where p is 0 it adds nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def normal(x: Floats, mean: float, deviation: float) -> Floats:
    """The density of N(mean, deviation²) at points x."""
    standard = (x - mean) / deviation
    found: Floats = np.exp(-(standard**2) / 2) / (deviation * np.sqrt(2 * np.pi))
    return found


def cross_entropy(x: Floats, p: Floats, q: Floats) -> float:
    """H(p, q) of densities at points x."""
    return float(np.trapezoid(np.where(p > 0, -p * np.log(np.where(p > 0, q, 1)), 0), x))


def kl(x: Floats, p: Floats, q: Floats) -> float:
    """KL(p ‖ q) of densities at points x; infinite where q is 0 and p is not."""
    with np.errstate(divide="ignore"):
        ratio = np.log(np.where(p > 0, p, 1)) - np.log(np.where(p > 0, q, 1))
    return float(np.trapezoid(p * ratio, x))


def js(x: Floats, p: Floats, q: Floats) -> float:
    """JS(p, q) of densities at points x: 0 to log 2."""
    m = (p + q) / 2
    return (kl(x, p, m) + kl(x, q, m)) / 2
