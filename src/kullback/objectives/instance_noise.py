"""Noise on what a critic sees, on both sides alike.

Where data and samples lie on thin sets, a critic separates them perfectly and its slope leads
nowhere; x + sε, ε ~ N(0, I), has a density everywhere. Convolution with a Gaussian is injective, so
for any s the two sides are equal with the noise only if they are without it. What s changes is the
road: a large one shows the critic where mass is missing, a small one how sharp the data are.

    annealed      s falls to 0 in the course of training
    every size    s is drawn anew for each pair of points, and the critic is told it: one critic
                  that holds the game at every scale at once

Sønderby et al. (2017, arXiv 1610.04490); Arjovsky & Bottou (2017, arXiv 1701.04862); with several
sizes told to the critic Wang et al. (2023, arXiv 2206.02262).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from kullback.distributions import Noise
from kullback.objectives.clock import Clock


@dataclass(frozen=True)
class InstanceNoise:
    """``size(noise, clock)`` gives s of each pair of points, (B,); ``told``: the critic sees it."""

    size: Callable[[Noise, Clock], Tensor]
    told: bool
    formula: str


def annealed(first: float, spread: float | None = None) -> InstanceNoise:
    """s = ``first`` · (1 − progress), the same for all points.

    In model units, or in units of the data's ``spread`` σ = √Var(x), if that is given.
    """

    scale, unit, about = _units(spread)

    def size(noise: Noise, clock: Clock) -> Tensor:
        return (first * scale * (1 - clock.progress)).expand(noise.rows)

    return InstanceNoise(size, told=False, formula=f"x + sε, s = {first:g}{unit}·(1−t){about}")


def every_size(smallest: float, largest: float, spread: float | None = None) -> InstanceNoise:
    """log s uniform between the two, one s for each pair of points; units as for ``annealed``."""
    scale, unit, about = _units(spread)
    low, high = (math.log(end * scale) for end in (smallest, largest))

    def size(noise: Noise, clock: Clock) -> Tensor:
        return torch.exp(low + (high - low) * noise.uniform(noise.rows))

    ends = f"log {smallest:g}{unit}, log {largest:g}{unit}"
    return InstanceNoise(size, told=True, formula=f"x + sε and s, log s ~ U[{ends}]{about}")


def _units(spread: float | None) -> tuple[float, str, str]:
    """Return the unit of a size, how it is printed, and what that stands for."""
    return (1.0, "", "") if spread is None else (spread, "σ", ", σ² = Var(x)")
