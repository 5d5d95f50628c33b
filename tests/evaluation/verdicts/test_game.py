"""Critics and curves as healthy and sick games have them."""

from __future__ import annotations

import numpy as np
import pytest

from kullback.evaluation.critics import Answers
from kullback.evaluation.metric import Floats
from kullback.evaluation.verdicts.game import (
    exploding_penalty,
    overfitted_critic,
    polarised_weights,
    saturated_critic,
    share_at_bound,
    vanishing_generator,
)

RNG = np.random.default_rng(0)
SETTINGS = {"r1", "critic_lr", "hidden", "moves", "clip"}


def logits(mean: float, n: int = 300) -> Floats:
    return RNG.normal(mean, 1.0, n)


def answers(
    train: float, held_out: float, samples: float, rows: int = 300, slope: float = 1.0
) -> Answers:
    others, made = logits(held_out, rows), logits(samples, rows)
    return Answers(logits(train), others, others, made, np.full(rows, slope), np.full(rows, 0.5))


def test_a_critic_that_is_sure_of_every_pair_is_saturated() -> None:
    verdict = saturated_critic(answers(9, 9, -9), False, SETTINGS)
    assert (verdict.id, verdict.verdict) == ("saturated-critic", "fail")
    assert "--set r1=1" in verdict.remedy
    assert "critic_lr" not in saturated_critic(answers(9, 9, -9), False, {"width"}).remedy


@pytest.mark.parametrize(("held_out", "samples"), [(0.1, -0.1), (1.5, -1.5), (-17, -5)])
def test_a_critic_that_errs_is_not(held_out: float, samples: float) -> None:
    assert saturated_critic(answers(1, held_out, samples), False, SETTINGS).verdict == "ok"


def test_the_logits_of_a_paired_game_have_no_zero_of_their_own() -> None:
    far = answers(109, 109, 91)
    assert saturated_critic(far, True, SETTINGS).verdict == "fail"
    assert saturated_critic(far, False, SETTINGS).verdict == "ok"


def test_a_gradient_of_the_size_of_epsilon_has_vanished() -> None:
    norms = [8e-6] * 100  # of 10⁴ parameters: 8e-8 each
    verdict = vanishing_generator(norms, 10_000, SETTINGS)
    assert (verdict.id, verdict.verdict) == ("vanishing-generator", "fail")
    assert "train gan" in verdict.remedy


def test_a_gradient_that_has_died_since_has_vanished() -> None:
    norms = [1.0, 0.5, *np.geomspace(0.1, 1e-6, 100)]
    assert vanishing_generator(norms, 100, SETTINGS).verdict == "fail"


def test_a_gradient_that_calms_down_has_not() -> None:
    norms = [8.0, 2.0, *np.linspace(0.5, 0.05, 100)]
    assert vanishing_generator(norms, 100_000, SETTINGS).verdict == "ok"
    assert vanishing_generator([0.3], 100_000, SETTINGS).verdict == "ok"


def test_weights_at_the_bound_and_a_flat_critic_are_polarised() -> None:
    flat, steep = answers(0, 0, 0, slope=1e-5), answers(0, 0, 0, slope=5.0)
    verdict = polarised_weights(0.98, flat, 0.001)
    assert (verdict.id, verdict.verdict) == ("polarised-weights", "fail")
    assert "--set bound=0.1" in verdict.remedy
    # Most weights at ±c, and a critic that still says where to go: WGAN as it works.
    assert polarised_weights(0.9, steep, 0.1).verdict == "ok"
    assert polarised_weights(0.05, flat, 0.1).verdict == "warn"


def test_the_share_at_the_bound_is_of_matrices() -> None:
    weights = [np.array([[0.1, -0.1], [0.096, 0.0]]), np.full(50, 0.1)]
    assert share_at_bound(weights, 0.1) == 0.75


def test_a_penalty_that_is_all_there_is_explodes() -> None:
    growing = list(np.geomspace(0.1, 900, 100))
    curves = {"critic/r1_x": [0.1] * 100, "critic/r2_x": growing}
    verdict = exploding_penalty(curves, [1.4] * 100, SETTINGS)
    assert (verdict.id, verdict.verdict, verdict.shown) == (
        "exploding-penalty",
        "fail",
        "curve critic/r2_x",
    )
    assert "critic_lr" in verdict.remedy


def test_a_penalty_that_began_large_does_not() -> None:
    curves = {"critic/gradient_penalty_x": [500.0, 60.0, *[0.2] * 100]}
    assert exploding_penalty(curves, [-2.0] * 102, SETTINGS).verdict == "ok"


def test_a_penalty_that_is_the_price_of_a_steep_slope_does_not() -> None:
    distance, weight = 4.0, 0.01
    slope = 1 + distance / (2 * weight)  # the best, of points so far apart
    curves = {"critic/gradient_penalty_x": [weight * (slope - 1) ** 2] * 100}
    assert curves["critic/gradient_penalty_x"][0] > 100
    assert exploding_penalty(curves, [-distance * slope] * 100, SETTINGS).verdict == "ok"


def test_a_critic_that_knows_its_rows_by_heart_is_overfitted() -> None:
    verdict = overfitted_critic(answers(10, -10, -4, rows=20), 80, SETTINGS)
    assert (verdict.id, verdict.verdict) == ("overfitted-critic", "fail")
    assert "more rows" in verdict.remedy


def test_a_critic_that_takes_new_rows_for_data_is_not() -> None:
    assert overfitted_critic(answers(1, 0.8, -3), 1000, SETTINGS).verdict == "ok"


def test_a_critic_that_knows_rows_and_samples_better_still_is_warned_of() -> None:
    assert overfitted_critic(answers(2.5, 0.5, -30), 1000, SETTINGS).verdict == "warn"


def test_a_handful_of_held_out_rows_makes_no_disease() -> None:
    learned = np.linspace(0, 1, 30)
    others, made = np.array([0.05, 0.1, 0.3, 0.75]), np.full(4, 0.3)
    few = Answers(learned, others, others, made, made, made)
    assert overfitted_critic(few, 30, SETTINGS).verdict != "fail"
