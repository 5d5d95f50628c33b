"""Penalties that keep a critic from being too steep.

A dual bounds a divergence only over the critics it allows. ‖∇D‖ ≤ 1 gives the Wasserstein
distance (Kantorovich–Rubinstein); Gulrajani et al. (2017, arXiv 1704.00028) ask for it softly, at
random points between the two sides. Mescheder et al. (2018, arXiv 1801.04406) pull the slope to
zero on the data (R1) or on the samples (R2), which makes the game's fixed point attractive.

The norm is over all of one observation's coordinates (and over all of the critic's inputs), the
mixing weight is one number per observation, and the penalty is a term of the critic's own loss:
each of the three is often done otherwise, and then it is another method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import torch
from torch import Tensor

from kullback.distributions import Noise

Critic = Callable[..., Tensor]
Points = tuple[Tensor, ...]


@dataclass(frozen=True)
class Scored:
    """Points of one side, (B, …) each, and the critic's logits there, (B,), one graph of both.

    ``unit`` is what a slope is measured in: 1, or the size of the noise that each point was given,
    (B,). In x + sε the slope along ε is s times the slope along x, so it has no scale of its own.
    """

    points: Points
    logits: Tensor
    unit: Tensor | float = 1.0

    def squared_slope(self) -> Tensor:
        """‖unit · ∇D‖² at each point, summed over every coordinate of every input; shape (B,)."""
        slopes = torch.autograd.grad(self.logits.sum(), self.points, create_graph=True)
        squares = [slope.flatten(1).square().sum(1) for slope in slopes]
        return self.unit**2 * reduce(torch.add, squares)


@dataclass(frozen=True)
class Penalty:
    """A term of the critic's loss, ``value(critic, q, p, noise)`` of both sides as scored."""

    name: str
    formula: str
    value: Callable[[Critic, Scored, Scored, Noise], Tensor]


def score(critic: Critic, points: Points, unit: Tensor | float = 1.0) -> Scored:
    """Score points so that the critic's slope there can be asked for."""
    at = tuple(point.detach().requires_grad_(True) for point in points)
    return Scored(at, critic(*at), unit)


def between(q: Points, p: Points, noise: Noise) -> Points:
    """ε·q + (1−ε)·p with one ε ~ U[0, 1) per observation, the same for all of its variables."""
    rows = q[0].shape[0]
    epsilon = noise.uniform(rows).to(q[0].dtype)

    def mix(a: Tensor, b: Tensor) -> Tensor:
        weight = epsilon.view(rows, *[1] * (a.dim() - 1))
        return weight * a + (1 - weight) * b

    return tuple(mix(a, b) for a, b in zip(q, p, strict=True))


def unit_slope(weight: float = 10.0) -> Penalty:
    """λ E (‖∇D(x̂)‖ − 1)² at x̂ between the sides: the gradient penalty of WGAN-GP."""

    def value(critic: Critic, q: Scored, p: Scored, noise: Noise) -> Tensor:
        middle = score(critic, between(q.points, p.points, noise), q.unit)
        # The square root has no slope at 0: a flat critic would otherwise get a NaN.
        norm = (middle.squared_slope() + 1e-12).sqrt()
        return weight * ((norm - 1) ** 2).mean()

    return Penalty("gradient_penalty", f"{weight:g}·E(‖∇D(x̂)‖−1)²", value)


def zero_slope(weight: float, on: str, variance: float | None = None) -> Penalty:
    """γ/2 E‖∇D‖² on the data side (``on="q"``: R1) or the model side (``on="p"``: R2).

    With the data's total ``variance`` it is γ/2 Var(x) E‖∇D‖², which no unit of x changes.
    """
    if on not in ("q", "p"):
        raise ValueError(f"a zero-slope penalty stands on side q or p, not {on!r}")
    times = 1.0 if variance is None else variance

    def value(critic: Critic, q: Scored, p: Scored, noise: Noise) -> Tensor:
        return 0.5 * weight * times * (q if on == "q" else p).squared_slope().mean()

    name = "r1" if on == "q" else "r2"
    unit = "" if variance is None else "·Var(x)"
    return Penalty(name, f"{weight / 2:g}{unit}·E_{on}‖∇D‖²", value)
