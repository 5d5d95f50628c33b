from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from kullback.divergences import WASSERSTEIN, unit_slope
from kullback.lab.games import (
    accuracy,
    critic,
    js_bound,
    logits,
    slopes,
    tell_apart,
)
from kullback.lab.learn import weights
from kullback.networks import clipping
from kullback.training import Adam


class Known(nn.Module):
    """D(x) = a·x₀."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, x: Tensor) -> Tensor:
        return self.slope * x[:, 0]


def test_weights_follow_the_seed_and_leave_torch_as_it_was() -> None:
    before = torch.get_rng_state()
    built = []
    for seed in (0, 0, 1):
        with weights(seed):
            built.append(critic(2, (4,)))
    first, again, other = (torch.cat([w.flatten() for w in net.parameters()]) for net in built)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_a_sure_critic_vouches_for_log_2_and_one_that_knows_nothing_for_nothing() -> None:
    real, made = np.ones((5, 2)), -np.ones((7, 2))
    assert js_bound(Known(50.0), real, made) == pytest.approx(math.log(2))
    assert js_bound(Known(0.0), real, made) == pytest.approx(0, abs=1e-12)
    assert js_bound(Known(-1.0), real, made) < 0


def test_a_critic_vouches_for_no_more_than_the_divergence() -> None:
    rng = np.random.default_rng(0)
    real, made = rng.normal(size=(20_000, 1)), rng.normal(size=(20_000, 1)) + 1
    shifted = [js_bound(Known(slope), real - 0.5, made - 0.5) for slope in (-0.5, -1.0, -2.0)]
    assert max(shifted) == shifted[1] == pytest.approx(0.1114, abs=5e-3)


def test_the_two_sides_count_alike_in_the_accuracy() -> None:
    assert accuracy(Known(1.0), np.ones((1, 2)), np.ones((99, 2))) == 0.5
    assert accuracy(Known(1.0), np.ones((1, 2)), -np.ones((99, 2))) == 1


def test_slopes_are_norms_of_gradients() -> None:
    np.testing.assert_allclose(slopes(Known(-3.0), np.zeros((4, 2))), 3)


@pytest.mark.parametrize("dual", ["logistic", "wasserstein"])
def test_a_critic_learns_to_score_the_real_side_higher(dual: str) -> None:
    rng = np.random.default_rng(0)
    real, made = rng.normal(2, 1, (500, 1)), rng.normal(-2, 1, (500, 1))
    with weights(0):
        judge = critic(1, (8,))
    if dual == "logistic":
        tell_apart(judge, real, made, 60, optimiser=Adam(1e-2))
    else:
        penalties = (unit_slope(),)
        tell_apart(judge, real, made, 60, WASSERSTEIN, penalties=penalties, optimiser=Adam(1e-2))
    assert logits(judge, real).mean() > logits(judge, made).mean() + 1


def test_a_projected_critic_keeps_its_bound() -> None:
    rows = np.random.default_rng(0).normal(size=(200, 2))
    with weights(0):
        judge = critic(2, (8,))
    tell_apart(judge, rows, rows + 1, 3, WASSERSTEIN, project=clipping(judge, 0.01))
    assert max(float(w.detach().abs().max()) for w in judge.parameters()) == pytest.approx(0.01)
