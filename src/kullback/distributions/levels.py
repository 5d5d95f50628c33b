"""A free mass function over the 256 levels of an 8-bit pixel."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution

from kullback.distributions.inverse import inverse_cdf
from kullback.distributions.noise import Noise

_TOP = 255


class Levels(Distribution):
    """Categorical over {0, 1/255, …, 1}; ``logits`` has the 256 levels as its last dimension."""

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(self, logits: Tensor) -> None:
        self.log_mass = torch.log_softmax(logits, -1)
        super().__init__(logits.shape[:-1], validate_args=False)

    @property
    def mean(self) -> Tensor:
        levels = torch.linspace(0, 1, _TOP + 1).to(self.log_mass)
        return (self.log_mass.exp() * levels).sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        level = (value * _TOP).round().long()
        level = level + torch.zeros_like(self.log_mass[..., 0], dtype=torch.long)
        log_mass = self.log_mass.expand(*level.shape, _TOP + 1)
        return log_mass.gather(-1, level.unsqueeze(-1)).squeeze(-1)

    def draw(self, noise: Noise, sample_shape: tuple[int, ...]) -> Tensor:
        """Draw by the inverse of the distribution function."""
        u = noise.uniform(*sample_shape, *self.log_mass.shape[:-1], 1)
        return inverse_cdf(self.log_mass.exp(), u).to(u.dtype) / _TOP
