"""The standard normal, known as such: a divergence from it need not divide by a scale of 1."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.distributions import Normal


class UnitNormal(Normal):
    """N(0, 1) in each coordinate; ``zeros`` gives shape, type and device."""

    def __init__(self, zeros: Tensor) -> None:
        super().__init__(zeros, torch.ones_like(zeros), validate_args=False)

    def expand(self, batch_shape: Any, _instance: Any = None) -> UnitNormal:
        """Return the same law with the batch's shape expanded."""
        return UnitNormal(self.loc.expand(batch_shape))
