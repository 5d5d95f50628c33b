"""Critics that are known functions: what they answer can be worked out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Normal

from kullback.distributions import Delta
from kullback.divergences import NON_SATURATING, RELATIVISTIC, Dual
from kullback.evaluation.critics import Answers, ask, told_apart
from kullback.objectives import Data, Factor, Game, Joint, adversarial

RNG = np.random.default_rng(0)
TRAIN = {"x": torch.randn(300, 2, generator=torch.Generator().manual_seed(0))}
OTHERS = {"x": torch.randn(400, 2, generator=torch.Generator().manual_seed(1))}


class Shift(nn.Module):
    """The point input + b."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self.by = nn.Parameter(torch.tensor(by))

    def forward(self, at: Tensor) -> Distribution:
        return Delta(at + self.by, 1)


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(2), torch.ones(2)), 1)


class Slope(nn.Module):
    """3 x₁ + 4 x₂, as steep as 5 everywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.tensor([3.0, 4.0]))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weights


def gan(dual: Dual = NON_SATURATING) -> Game:
    q = Joint("q", Data("x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", Shift(-1.0), given="z"))
    (game,) = adversarial(dual, q, p, Slope()).games
    return game


def test_logits_are_the_critics_of_rows_and_of_samples() -> None:
    answers = ask(gan(), TRAIN, OTHERS, seed=0)
    weights = np.array([3.0, 4.0])
    assert answers.train == pytest.approx(TRAIN["x"].numpy() @ weights, rel=1e-5)
    assert answers.held_out == pytest.approx(OTHERS["x"].numpy() @ weights, rel=1e-5)
    assert answers.fixed is answers.held_out
    assert answers.moving.mean() == pytest.approx(-7, abs=1)  # z − 1, of 400 draws


def test_a_pull_is_the_slope_of_the_movers_loss_across_the_data() -> None:
    answers = ask(gan(), TRAIN, OTHERS, seed=0)
    spread = float(OTHERS["x"].var(0).sum().sqrt())
    assert answers.slopes == pytest.approx(5 * spread, rel=1e-4)
    # −log D has the slope 1 − D in the logit.
    assert answers.weights == pytest.approx(1 / (1 + np.exp(answers.moving)), rel=1e-4, abs=1e-6)
    assert answers.pulls == pytest.approx(answers.slopes * answers.weights)


def test_where_q_moves_its_logits_are_turned_round() -> None:
    q = Joint("q", Data("x"), Factor("z", Shift(2.0), given="x"))
    p = Joint("p", Factor("z", Prior()))
    (game,) = adversarial(RELATIVISTIC, q, p, Slope(), on="z").games
    answers = ask(game, TRAIN, OTHERS, seed=0)
    codes = -(TRAIN["x"].numpy() + 2) @ np.array([3.0, 4.0])
    assert answers.train == pytest.approx(codes, rel=1e-4, abs=1e-4)
    assert answers.held_out is answers.moving
    assert answers.memory is None


def test_asking_changes_no_weight_and_draws_the_same_again() -> None:
    game = gan()
    before = [p.clone() for m in (game.critic, game.p["x"].network) for p in m.parameters()]  # type: ignore[union-attr]
    state = torch.get_rng_state()
    first, again = (ask(game, TRAIN, OTHERS, seed=3) for _ in range(2))
    assert (first.moving == again.moving).all()
    assert not (first.moving == ask(game, TRAIN, OTHERS, seed=4).moving).all()
    assert torch.equal(state, torch.get_rng_state())
    after = [p for m in (game.critic, game.p["x"].network) for p in m.parameters()]  # type: ignore[union-attr]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_pairs_in_order_are_counted_with_ties_for_half() -> None:
    x, y = RNG.integers(0, 5, 30), RNG.integers(0, 4, 20)
    counted = np.mean([(a > b) + 0.5 * (a == b) for a in x for b in y])
    assert told_apart(x, y).value == pytest.approx(counted)
    assert told_apart(y, x).value == pytest.approx(1 - counted)


def test_its_error_is_the_spread_of_repetitions() -> None:
    found = [told_apart(RNG.normal(0.7, 1, 60), RNG.normal(size=80)) for _ in range(300)]
    spread = np.std([metric.value for metric in found])
    assert np.mean([metric.stderr for metric in found]) == pytest.approx(spread, rel=0.15)


def test_memory_is_the_way_from_training_rows_to_samples() -> None:
    def memory(train: float, held_out: float, samples: float) -> float | None:
        learned, others, made = (np.full(4, v) for v in (train, held_out, samples))
        return Answers(learned, others, others, made, made, made).memory

    assert memory(2.0, 2.0, 0.0) == 0
    assert memory(2.0, 1.0, 0.0) == pytest.approx(0.5)
    assert memory(2.0, 0.0, 0.0) == 1
    assert memory(0.0, 1.0, 1.0) is None
