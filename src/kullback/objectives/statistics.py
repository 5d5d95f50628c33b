"""Batch normalisation in an averaged network.

In training a layer normalises by the mean and variance of the batch, and in evaluation by running
averages of these, which are buffers (Ioffe & Szegedy, 2015, arXiv 1502.03167). They belong to the
weights of the layers below. Averaged weights θ̄ give other activations than any θ that was
averaged, so with buffers copied or averaged from training the averaged network is another function
than the one that θ̄ would be in training. What fits is the statistics of θ̄'s own activations, from
one large batch of draws (for averaged weights Izmailov et al., 2018, arXiv 1803.05407, do so).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from kullback.distributions import Noise
from kullback.objectives.follower import Follower
from kullback.objectives.joint import Factor, Joint
from kullback.objectives.player import Objective, Player, TrainingRows

_Normalised = nn.modules.batchnorm._BatchNorm
_SEED = 3


def has_batch_statistics(network: nn.Module) -> bool:
    """Say whether a network normalises by its batch."""
    return any(isinstance(part, _Normalised) for part in network.modules())


def batch_statistics(p: Joint, variable: str, follower: Follower) -> Objective:
    """One closing player "statistics of …": the averaged network of ``variable`` gets its own.

    They are those of one batch of draws of ``p`` with that network, as many as the first batch of
    training rows, which gives what p observes. The draws have a seed of their own.
    """
    factor = p[variable]
    assert isinstance(factor, Factor)
    averaged = p.with_networks({p.text(factor): follower.module})

    def solve(rows: TrainingRows) -> None:
        batch = next(iter(rows()))
        some = next(iter(batch.values()))
        noise = Noise.seeded(len(some), _SEED, device=some.device)
        with torch.no_grad(), _estimating(follower.module):
            averaged.trace(batch, noise, variable)

    player = Player({}, lambda *_: {}, solve=solve, closing=True)
    formula = f"batch statistics of the averaged {p.text(factor)} from its own draws"
    return Objective({f"statistics of {p.text(factor)}": player}, formula)


@contextmanager
def _estimating(network: nn.Module) -> Iterator[None]:
    """In here a forward pass sets the running statistics to those of its batch."""
    layers = [part for part in network.modules() if isinstance(part, _Normalised)]
    before = [(layer.training, layer.momentum) for layer in layers]
    for layer in layers:
        layer.training, layer.momentum = True, 1.0
    try:
        yield
    finally:
        for layer, (training, momentum) in zip(layers, before, strict=True):
            layer.training, layer.momentum = training, momentum
