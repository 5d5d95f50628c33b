"""The law of how many steps a sequence has, as a law of its mask.

A mask (1, …, 1, 0, …, 0) of T places is its length L, from 1 to T:

    P(mask) = P(L) = softmax(logits)_L,   L = Σ_t mask_t.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution

from kullback.distributions.inverse import inverse_cdf
from kullback.distributions.noise import Noise


class Length(Distribution):
    """Mass over the T masks that have their steps first; ``logits`` (…, T) of lengths 1, …, T.

    A mask scored may have more places than T, if what is beyond is padding. A mask of more than T
    steps, or of none, has no mass to speak of and is not asked for.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(self, logits: Tensor) -> None:
        self.log_mass = torch.log_softmax(logits, -1)
        super().__init__(logits.shape[:-1], logits.shape[-1:], validate_args=False)

    @property
    def mean(self) -> Tensor:
        """The probability that each step exists, P(L ≥ t)."""
        return self.log_mass.exp().flip(-1).cumsum(-1).flip(-1)

    @property
    def mode(self) -> Tensor:
        """The mask of the most probable length."""
        return self._mask(self.log_mass.argmax(-1))

    def log_prob(self, value: Tensor) -> Tensor:
        last = value.sum(-1, keepdim=True).long() - 1
        log_mass = self.log_mass.expand(*last.shape[:-1], -1)
        return log_mass.gather(-1, last).squeeze(-1)

    def draw(self, noise: Noise, sample_shape: tuple[int, ...]) -> Tensor:
        """Draw by the inverse of the distribution function of the length."""
        u = noise.uniform(*sample_shape, *self.batch_shape, 1)
        return self._mask(inverse_cdf(self.log_mass.exp(), u))

    def _mask(self, last: Tensor) -> Tensor:
        """The masks (…, T) whose last step is number ``last`` (…), from 0."""
        places = torch.arange(self.event_shape[0], device=last.device)
        return (places <= last.unsqueeze(-1)).to(self.log_mass.dtype)
