"""A logistic density cut into 256 bins: the mass of each level of an 8-bit pixel.

For a level k/255 with bin width w = 1/255,

    P(k) = σ((k/255 + w/2 − loc)/s) − σ((k/255 − w/2 − loc)/s),

where the lowest bin reaches to −∞ and the highest to +∞, so that the masses sum to one.
Salimans, Karpathy, Chen & Kingma (2017, arXiv 1701.05517), with one component.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution
from torch.nn import functional

from kullback.distributions.noise import Noise

_WIDTH = 1 / 255


class DiscretisedLogistic(Distribution):
    """Mass over the levels {0, 1/255, …, 1} of every pixel; ``loc`` and ``log_scale`` in pixels."""

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(self, loc: Tensor, log_scale: Tensor) -> None:
        self.loc = loc
        self.log_scale = log_scale
        super().__init__(loc.shape, validate_args=False)

    @property
    def mean(self) -> Tensor:
        """The location, inside the range of a pixel (the exact mean where no mass is cut off)."""
        return self.loc.clamp(0, 1)

    def log_prob(self, value: Tensor) -> Tensor:
        inverse = torch.exp(-self.log_scale)
        upper = (value + _WIDTH / 2 - self.loc) * inverse
        lower = (value - _WIDTH / 2 - self.loc) * inverse
        # log(σ(u) − σ(l)) = u + log(1 − e^{l−u}) − softplus(u) − softplus(l), no cancellation.
        between = (
            upper
            + torch.log(-torch.expm1(-_WIDTH * inverse).clamp(max=-1e-30))
            - functional.softplus(upper)
            - functional.softplus(lower)
        )
        lowest = functional.logsigmoid(upper)
        highest = functional.logsigmoid(-lower)
        inner = torch.where(value > 1 - _WIDTH / 2, highest, between)
        return torch.where(value < _WIDTH / 2, lowest, inner)

    def draw(self, noise: Noise, sample_shape: tuple[int, ...]) -> Tensor:
        """Draw by the inverse of the distribution function, rounded to the nearest level."""
        u = noise.uniform(*sample_shape, *self.loc.shape).clamp(1e-7, 1 - 1e-7)
        real = self.loc + torch.exp(self.log_scale) * torch.logit(u)
        return (real.clamp(0, 1) * 255).round() / 255
