"""The gradient of a Gaussian expectation, without a draw and without a path through one.

    L(μ, s) = ∫ N(z; μ, σ²) f(z) dz,   σ² = eˢ

by the trapezoidal rule, and its slopes by central differences of the integral.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kullback.lab.exact.grid import Floats, normal

_REACH, _POINTS = 10.0, 20_001  # standard deviations to either side
_STEP = 1e-4


def expectation(cost: Callable[[Floats], Floats], mean: float, log_variance: float) -> float:
    """E f(z), z ~ N(mean, exp(log_variance)); ``cost`` is f at points (N,)."""
    deviation = np.exp(log_variance / 2)
    z = mean + deviation * np.linspace(-_REACH, _REACH, _POINTS)
    return float(np.trapezoid(normal(z, mean, deviation) * cost(z), z))


def gradient(cost: Callable[[Floats], Floats], mean: float, log_variance: float) -> Floats:
    """∂/∂μ and ∂/∂ log σ² of E f(z), (2,)."""
    slopes = [
        expectation(cost, mean + _STEP, log_variance)
        - expectation(cost, mean - _STEP, log_variance),
        expectation(cost, mean, log_variance + _STEP)
        - expectation(cost, mean, log_variance - _STEP),
    ]
    return np.array(slopes) / (2 * _STEP)
