"""One round: every player's moves, as a function of batches, noise and time.

Nothing here waits for the device, and nothing but the players' own tensors changes. All randomness
comes in as an argument, and gradients are asked for by name (``torch.autograd.grad``), so the same
code runs eagerly and compiles into one graph, a penalty's double backward included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import reduce

import torch
from torch import Tensor

from kullback.distributions import Noise
from kullback.objectives import Batch, Clock, Objective, Player, alone
from kullback.training.optimisers import Moments, Optimiser

Rates = Mapping[str, Tensor]


def play(
    objective: Objective,
    optimisers: Mapping[str, Optimiser],
    moments: Mapping[str, Moments],
    batches: Sequence[Batch],
    noise: Noise,
    clock: Clock,
    rates: Rates,
    precision: torch.dtype,
) -> dict[str, Tensor]:
    """Play one round of gradient steps; return each term and gradient norm, ``player/term``.

    A player with several moves reports their mean. A player that does not observe data gets no
    batch, so that none is drawn for it.
    """
    found: dict[str, Tensor] = {}
    upcoming = iter(batches)
    for name, player in objective.items():
        if name not in moments:
            continue
        with alone(objective.buffers_of_others[name]):
            for _ in range(player.moves):
                batch = next(upcoming) if player.observes else {}
                terms = losses(player, batch, noise, clock, precision)
                total = reduce(torch.add, player.minimised(terms))
                moved = moments[name]
                gradients = torch.autograd.grad(total, moved.parameters, materialize_grads=True)
                norm = moved.step(optimisers[name], gradients, rates[name])
                if player.project:
                    with torch.no_grad():
                        player.project()
                for term, value in (terms | {"gradient_norm": norm}).items():
                    share = value.detach() / player.moves if player.moves > 1 else value.detach()
                    key = f"{name}/{term}"
                    found[key] = found[key] + share if key in found else share
    return found


def losses(
    player: Player, batch: Batch, noise: Noise, clock: Clock, precision: torch.dtype
) -> dict[str, Tensor]:
    """Return a player's terms, computed in the given precision of its networks' bodies."""
    with _autocast(player, precision):
        return player.terms(batch, noise, clock)


def _autocast(player: Player, precision: torch.dtype) -> AbstractContextManager[object]:
    if precision != torch.bfloat16:
        return nullcontext()
    device = next(p.device for m in player.modules.values() for p in m.parameters())
    return torch.autocast(device.type, precision)
