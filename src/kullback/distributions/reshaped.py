"""A distribution over vectors, seen as one over pictures."""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution

from kullback.distributions.draw import draw
from kullback.distributions.noise import Noise


class Reshaped(Distribution):
    """``base``, whose event is a vector of D values, with those D values as an event of ``shape``.

    The map permutes nothing and scales nothing, so densities are the base's own.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(self, base: Distribution, shape: tuple[int, ...]) -> None:
        if base.event_shape != (prod(shape),):
            raise ValueError(f"an event of shape {tuple(base.event_shape)} is not one of {shape}")
        self.base = base
        super().__init__(base.batch_shape, torch.Size(shape), validate_args=False)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return self.base.has_rsample

    @property
    def mean(self) -> Tensor:
        return self._shaped(self.base.mean)

    def log_prob(self, value: Tensor) -> Tensor:
        return self.base.log_prob(value.flatten(-len(self.event_shape)))

    def draw(self, noise: Noise, sample_shape: tuple[int, ...]) -> Tensor:
        """Draw from the base."""
        return self._shaped(draw(self.base, noise, sample_shape))

    def _shaped(self, vectors: Tensor) -> Tensor:
        return vectors.reshape(*vectors.shape[:-1], *self.event_shape)
