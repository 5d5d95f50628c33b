"""A copy of a module that follows it at a distance: a moving average, or a snapshot.

With decay d the average is θ̄ ← θ̄ + (1−d)(θ − θ̄). Early on, when it would still remember the random
start, the decay is (1+t)/(10+t) instead. Averaging the generator's weights removes much of the
game's oscillation: Yazıcı et al. (2019, arXiv 1806.04498).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Protocol

import torch
from torch import Tensor, nn

Owner = dict[str, Any]
"""A module's buffers by name."""


class Following(Protocol):
    """What follows: ``module`` is the copy. It is part of a checkpoint."""

    module: nn.Module

    def follow(self, step: Tensor) -> None:
        """Move after a round; ``step`` is the number of rounds done, a tensor."""


class Follower:
    """The exponential moving average of a module's parameters; its buffers are copied as they are.

    It is what sampling uses. Statistics of batch normalisation are buffers, and those of the
    source's weights are not those of the averaged ones: ``batch_statistics`` estimates these.
    """

    def __init__(self, source: nn.Module, decay: float) -> None:
        self.source = source
        self.decay = decay
        self.module = copy.deepcopy(source).requires_grad_(False)

    def follow(self, step: Tensor) -> None:
        """Move towards the source."""
        with torch.no_grad():
            share = 1 - torch.clamp((1 + step) / (10 + step), max=self.decay)
            means, now = self._parameters
            torch._foreach_lerp_(means, now, [share] * len(means))
            for kept, buffers, name in self._buffers:
                kept[name].copy_(buffers[name])

    @cached_property
    def _parameters(self) -> tuple[list[Tensor], list[Tensor]]:
        """The averages, and what they are averages of."""
        return [*self.module.parameters()], [*self.source.parameters()]

    @cached_property
    def _buffers(self) -> list[tuple[Owner, Owner, str]]:
        """Where buffers are: a module may put another tensor in the place of one."""
        both = zip(owners([self.module]), owners([self.source]), strict=True)
        return [(kept, buffers, name) for (kept, name), (buffers, _) in both]


def owners(modules: Iterable[nn.Module]) -> list[tuple[Owner, str]]:
    """Return where every buffer of some modules is kept: in which dictionary, by what name."""
    parts = [part for module in modules for part in module.modules()]
    return [(p._buffers, name) for p in parts for name, b in p._buffers.items() if b is not None]


class Snapshot:
    """A module as it stood ``every`` rounds ago at most; before the first copy, as it began."""

    def __init__(self, source: nn.Module, every: int) -> None:
        self.source = source
        self.every = every
        self.module = copy.deepcopy(source).requires_grad_(False)

    def follow(self, step: Tensor) -> None:
        """Become the source, if it is time."""
        with torch.no_grad():
            due = step % self.every == 0
            for kept, now in zip(_tensors(self.module), _tensors(self.source), strict=True):
                kept.copy_(torch.where(due, now, kept))


def _tensors(module: nn.Module) -> list[Tensor]:
    return [*module.parameters(), *module.buffers()]
