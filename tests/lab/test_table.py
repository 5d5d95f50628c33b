"""Sums over tables against other ways to the same number."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from kullback.divergences import (
    FULL,
    HINGE,
    LEAST_SQUARES,
    MINIMAX,
    NON_SATURATING,
    RELATIVISTIC,
    WASSERSTEIN,
    Dual,
)
from kullback.lab.exact import table
from kullback.lab.exact.grid import js, kl, normal

DUALS = [MINIMAX, NON_SATURATING, FULL, LEAST_SQUARES, HINGE, WASSERSTEIN, RELATIVISTIC]


def random(*shape: int, seed: int = 0) -> Tensor:
    flat = np.random.default_rng(seed).dirichlet(np.ones(math.prod(shape)))
    return torch.from_numpy(flat.reshape(shape))


def test_kl_is_the_sum_and_is_infinite_where_the_second_lacks_mass() -> None:
    q, p = random(3, 4), random(3, 4, seed=1)
    expected = float((q * (q / p).log()).sum())
    assert float(table.kl(q, p)) == pytest.approx(expected, abs=1e-12)
    coin, sure = torch.tensor([0.5, 0.5]).double(), torch.tensor([1.0, 0.0]).double()
    assert float(table.kl(coin, sure)) == math.inf
    assert float(table.kl(sure, coin)) == pytest.approx(math.log(2), abs=1e-12)


def test_tables_of_masses_give_the_divergences_of_densities() -> None:
    x = np.linspace(-10, 12, 441)
    q, p = normal(x, 0, 1), normal(x, 1.5, 2)
    a, b = (torch.from_numpy(each / each.sum()) for each in (q, p))
    assert float(table.kl(a, b)) == pytest.approx(kl(x, q, p), abs=1e-6)
    assert float(table.js(a, b)) == pytest.approx(js(x, q, p), abs=1e-6)


def test_the_ends_of_the_generalised_js_are_the_two_directions_of_kl() -> None:
    q, p = random(9), random(9, seed=1)
    share = 1e-6
    near_zero, near_one = table.js(q, p, share) / share, table.js(q, p, 1 - share) / share
    assert float(near_zero) == pytest.approx(float(table.kl(q, p)), rel=1e-3)
    assert float(near_one) == pytest.approx(float(table.kl(p, q)), rel=1e-3)


def test_information_is_what_two_entropies_have_in_common() -> None:
    q = random(4, 5)
    entropies = [torch.special.entr(each).sum() for each in (q.sum(0), q.sum(1), q)]
    expected = entropies[0] + entropies[1] - entropies[2]
    assert float(table.mutual_information(q)) == pytest.approx(float(expected), abs=1e-12)
    assert float(table.mutual_information(q.sum(1, keepdim=True) * q.sum(0))) < 1e-12


@pytest.mark.parametrize("dual", DUALS, ids=lambda dual: dual.name)
def test_the_expected_loss_of_a_critic_is_its_loss_on_every_pair_as_often_as_it_occurs(
    dual: Dual,
) -> None:
    q, p = torch.tensor([1, 3, 4]), torch.tensor([5, 1, 2])
    logits = torch.tensor([-1.0, 0.3, 2.0]).double()
    of_q, of_p = logits.repeat_interleave(q), logits.repeat_interleave(p)
    batch = dual.critic(of_q.repeat_interleave(8), of_p.repeat(8))
    found = table.critic_loss(dual, logits, q.double() / 8, p.double() / 8)
    torch.testing.assert_close(found, batch)


@pytest.mark.parametrize("dual", [d for d in DUALS if not d.paired], ids=lambda dual: dual.name)
def test_the_losses_of_cells_average_to_the_loss_of_a_batch(dual: Dual) -> None:
    p, logits = torch.tensor([[5, 1], [0, 2]]), torch.randn(2, 2).double()
    batch = dual.mover(logits.flatten().repeat_interleave(p.flatten()), None)
    torch.testing.assert_close((table.mover_losses(dual, logits) * p / 8).sum(), batch)


def test_the_slope_on_the_simplex_is_that_of_a_softmax() -> None:
    p, losses = random(6), torch.randn(6).double()
    theta = p.log().requires_grad_()
    (slope,) = torch.autograd.grad((theta.softmax(0) * losses).sum(), theta)
    torch.testing.assert_close(table.simplex_slope(losses, p), slope)


def test_conditional_kl_leaves_the_marginal_out() -> None:
    q, p = random(4, 5), random(4, 5, seed=1)
    rescaled = p * random(4, 1, seed=2) / p.sum(1, keepdim=True)
    torch.testing.assert_close(table.conditional_kl(q, p), table.conditional_kl(q, rescaled))
    whole = table.kl(q.sum(1), p.sum(1)) + table.conditional_kl(q, p)
    torch.testing.assert_close(whole, table.kl(q, p))
