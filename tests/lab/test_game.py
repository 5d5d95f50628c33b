"""Closed-form answers to the best critic against searches, and the smallest game's own algebra."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from kullback.divergences import FULL, MINIMAX, NON_SATURATING, WASSERSTEIN, Dual, zero_slope
from kullback.lab.exact import table
from kullback.lab.exact.dirac import orbit
from kullback.lab.exact.game import best_response, faint, near_response, rounds


def tables() -> tuple[Tensor, Tensor]:
    data, old = np.random.default_rng(0).dirichlet(np.ones(7), 2)
    return torch.from_numpy(data), torch.from_numpy(old)


@pytest.mark.parametrize("dual", [MINIMAX, NON_SATURATING, FULL], ids=lambda dual: dual.name)
@pytest.mark.parametrize("step", [0.5, 2.0])
def test_no_other_answer_is_better_than_the_near_response(dual: Dual, step: float) -> None:
    data, old = tables()
    losses = table.mover_losses(dual, table.best_logits(data, old))

    def price(p: Tensor) -> float:
        return float(step * (p * losses).sum() + table.kl(p, old))

    best = near_response(dual, data, old, step)
    for other in torch.randn(30, 7, generator=torch.Generator().manual_seed(0)).double():
        assert price(torch.softmax(best.log() + 0.1 * other, 0)) > price(best)


def test_near_responses_are_the_known_ones() -> None:
    data, old = tables()
    chance = data / (data + old)
    torch.testing.assert_close(near_response(MINIMAX, data, old), (data + old) / 2)
    torch.testing.assert_close(near_response(FULL, data, old), data)
    expected = old * chance**1.7
    found = near_response(NON_SATURATING, data, old, 1.7)
    torch.testing.assert_close(found, expected / expected.sum())


def test_rounds_follow_one_another() -> None:
    data, old = tables()
    path = rounds(NON_SATURATING, data, old, 3)
    torch.testing.assert_close(path[0], old)
    torch.testing.assert_close(path[3], near_response(NON_SATURATING, data, path[2]))


def test_the_best_response_is_an_atom_that_the_next_critic_sends_away() -> None:
    data, _ = tables()
    atom = best_response(torch.arange(7.0).sub(2).abs())
    assert atom.tolist() == [0, 0, 1, 0, 0, 0, 0]
    losses = table.mover_losses(MINIMAX, table.best_logits(data, faint(atom.double())))
    assert int(losses.argmax()) == 2
    assert torch.isfinite(losses).all()


def test_wasserstein_orbits_grow_by_a_known_factor() -> None:
    # ψ ← ψ − hθ and θ ← θ + hψ turn and stretch by √(1 + h²).
    radius = np.linalg.norm(orbit(WASSERSTEIN, steps=40), axis=1)
    np.testing.assert_allclose(radius, math.sqrt(2) * 1.01 ** (np.arange(41) / 2))


def test_the_penalty_pulls_the_critic_alone() -> None:
    free, held = (orbit(MINIMAX, flat, steps=1)[1] for flat in ((), (zero_slope(0.3, "q"),)))
    np.testing.assert_allclose(held - free, [0, -0.1 * 0.3], atol=1e-12)
