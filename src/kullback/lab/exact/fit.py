"""One Gaussian fitted to a density, by any divergence between tables of masses.

A density at equally spaced points is a table of masses, and a divergence of two tables is that of
the densities: for smooth densities that end within the points, the sum differs from the integral by
less than rounding does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from kullback.lab.exact.least import least

Divergence = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Fit:
    """N(mean, deviation²), and the divergence that is left, in nats."""

    mean: float
    deviation: float
    left: float


def points(low: float, high: float, count: int) -> Tensor:
    """Equally spaced points, (count,), float64."""
    return torch.linspace(low, high, count, dtype=torch.float64)


def normal(x: Tensor, mean: float | Tensor, deviation: float | Tensor) -> Tensor:
    """The masses of N(mean, deviation²) at points x, none of them so small that it has no log."""
    return torch.softmax(-(((x - mean) / deviation) ** 2) / 2, 0).clamp(min=1e-300)


def two_bumps(x: Tensor, share: float = 0.5, mean: float = 3.0) -> Tensor:
    """``share`` N(−mean, .5²) + (1 − ``share``) N(mean, .5²) as masses at points x."""
    return share * normal(x, -mean, 0.5) + (1 - share) * normal(x, mean, 0.5)


def fitted(x: Tensor, data: Tensor, divergence: Divergence, start: tuple[float, float]) -> Fit:
    """The Gaussian p with the least divergence(data, p) near a start: a mean and a deviation."""
    mean = torch.tensor(start[0], dtype=torch.float64, requires_grad=True)
    log_deviation = torch.tensor(start[1], dtype=torch.float64).log().requires_grad_()

    def loss() -> Tensor:
        return divergence(data, normal(x, mean, log_deviation.exp()))

    left = least(loss, [mean, log_deviation])
    return Fit(float(mean.detach()), float(log_deviation.detach().exp()), left)
