"""ALI on tables, with free conditionals and the best critic: which games bring the sides together?

data(x) and p(z) are fixed tables of six states; q(z|x) and p(x|z) are free. The critic is always
the best, log q(x, z)/p(x, z), so that what is seen is the game's own doing.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.func import vmap

from kullback.divergences import FULL, MINIMAX, NON_SATURATING, TRUNCATED, Dual

STATES = 6


def played(dual: Dual, seed: int, steps: int = 200) -> tuple[Tensor, Tensor]:
    """The joints q(x, z) and p(x, z), (6, 6), after gradient descent on the logits of both."""
    draws = torch.Generator().manual_seed(seed)

    def table(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=draws, dtype=torch.float64)

    data, prior = table(STATES).softmax(0)[:, None], table(STATES).softmax(0)[None, :]
    encoder, decoder = table(STATES, STATES), table(STATES, STATES)
    optimiser = torch.optim.Adam([encoder.requires_grad_(), decoder.requires_grad_()], 0.1)

    def sides() -> tuple[Tensor, Tensor]:
        return data * encoder.softmax(1), prior * decoder.softmax(0)

    def loss(side: Tensor, towards: Tensor) -> Tensor:
        each = vmap(lambda logit: dual.mover(logit[None], None))(towards.flatten())
        return (side.flatten() * each).sum()

    for _ in range(steps):
        q, p = sides()
        logit = (q / p).log().detach()
        total = loss(q, logit if dual.to_q else -logit) + loss(p, logit)
        optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    q, p = sides()
    return q.detach(), p.detach()


def total_variation(a: Tensor, b: Tensor) -> float:
    return float(0.5 * (a - b).abs().sum())


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("dual", [NON_SATURATING, MINIMAX, FULL], ids=lambda dual: dual.name)
def test_when_each_side_moves_towards_the_other_they_meet(dual: Dual, seed: int) -> None:
    q, p = played(dual, seed)
    assert total_variation(q, p) < 1e-2


@pytest.mark.parametrize("seed", range(2))
def test_when_both_move_towards_the_data_side_the_encoder_flees(seed: int) -> None:
    q, p = played(TRUNCATED, seed)
    assert total_variation(q.sum(0), p.sum(0)) > 0.3
    assert total_variation(q, p) > 0.3
