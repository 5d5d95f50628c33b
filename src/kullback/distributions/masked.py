"""The law of a sequence of which only some steps exist.

Of T places a mask m says which are steps. The law of the others is nobody's business: with one law
p_t for each place,

    log p(x|m) = Σ_t m_t log p_t(x_t),

so that neither what stands in the padding nor how much of it there is can change a likelihood.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.distributions import Distribution

from kullback.distributions.draw import draw
from kullback.distributions.noise import Noise


class Masked(Distribution):
    """``steps``, laws of batch shape (…, T) and any event, where ``mask`` (…, T) is 1, not 0.

    A step of the event shape (F,) makes an event of (T, F). Draws and the mean are 0 where no step
    exists.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(self, steps: Distribution, mask: Tensor) -> None:
        self.steps = steps
        self.mask = mask
        *batch, places = steps.batch_shape
        event = torch.Size([places, *steps.event_shape])
        super().__init__(torch.Size(batch), event, validate_args=False)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return self.steps.has_rsample

    @property
    def mean(self) -> Tensor:
        return self._only(self.steps.mean)

    def log_prob(self, value: Tensor) -> Tensor:
        each = self.steps.log_prob(value)
        return torch.where(self.mask > 0, each, 0.0).sum(-1)

    def draw(self, noise: Noise, sample_shape: tuple[int, ...]) -> Tensor:
        """Draw every place and keep the steps: noise does not depend on the mask."""
        return self._only(draw(self.steps, noise, sample_shape))

    def _only(self, value: Tensor) -> Tensor:
        exists = self.mask.reshape(self.mask.shape + (1,) * len(self.steps.event_shape))
        return torch.where(exists > 0, value, 0.0)
