"""A copy of a module that follows it at a distance.

With decay d the copy is the moving average θ̄ ← θ̄ + (1−d)(θ − θ̄). Early on, when the average would
still remember the random start, the decay is (1+t)/(10+t) instead. Averaging the generator's
weights removes much of the game's oscillation: Yazıcı et al. (2019, arXiv 1806.04498).
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


class Follower:
    """The exponential moving average of a module's parameters; its buffers are copied as they are.

    ``module`` is the copy. It is part of a checkpoint, and what sampling uses.
    """

    def __init__(self, source: nn.Module, decay: float) -> None:
        self.source = source
        self.decay = decay
        self.module = copy.deepcopy(source).requires_grad_(False)

    def follow(self, step: Tensor) -> None:
        """Move towards the source; ``step`` is the number of rounds done, a tensor."""
        with torch.no_grad():
            decay = torch.clamp((1 + step) / (10 + step), max=self.decay)
            for mean, now in zip(self.module.parameters(), self.source.parameters(), strict=True):
                mean.lerp_(now, 1 - decay)
            for copied, buffer in zip(self.module.buffers(), self.source.buffers(), strict=True):
                copied.copy_(buffer)
