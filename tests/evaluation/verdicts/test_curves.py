"""Trainings that broke, hardly began, or minimised the wrong law, and some that did not."""

from __future__ import annotations

import numpy as np
import pytest

from kullback.evaluation.verdicts.curves import (
    divergence,
    spacing_of,
    under_training,
    wrong_likelihood,
)

RNG = np.random.default_rng(0)
FALLING = {"model/nll_x": list(900 * np.exp(-np.linspace(0, 5, 200)) - 40)}
SETTINGS = {"likelihood": "gaussian", "scale": 1.0}
LEARNED = {"likelihood": "gaussian", "scale": None}


def test_a_training_that_broke_has_diverged() -> None:
    failed = "player model: nll x is not finite from step 12 on; try a smaller learning rate"
    verdict = divergence({}, failed, True, False)
    assert (verdict.id, verdict.verdict) == ("divergence", "fail")
    assert "step 12" in verdict.text
    assert "try" not in verdict.text
    assert "--set lr" in verdict.remedy


def test_samples_that_are_no_numbers_have_diverged() -> None:
    assert divergence(FALLING, None, False, True).verdict == "fail"


def test_a_single_loss_that_ends_where_it_began_has_diverged() -> None:
    back = FALLING["model/nll_x"] + FALLING["model/nll_x"][::-1] + [850.0] * 50
    assert divergence({"model/nll_x": back}, None, True, True).verdict == "fail"


def test_the_sum_is_judged_and_not_each_term() -> None:
    rising = {"model/kl_z": list(np.linspace(0, 30, 200))}
    assert divergence(FALLING | rising, None, True, True).verdict == "ok"
    assert divergence(FALLING, None, True, True).verdict == "ok"


def test_a_game_whose_loss_runs_away_has_diverged() -> None:
    away = {"critic/critic_x": list(-np.geomspace(1, 1e6, 200)), "model/adversarial_x": [1.0] * 200}
    assert divergence(away, None, True, False).verdict == "fail"
    restless = {"critic/critic_x": list(np.sin(np.arange(200.0)) - 3)}
    assert divergence(restless, None, True, False).verdict == "ok"


def test_a_moment_of_training_is_too_little_whatever_it_made() -> None:
    verdict = under_training(30, 0.0075, 0.0075, 0.01, exact=False)
    assert (verdict.id, verdict.verdict) == ("under-training", "fail")
    assert "--resume" in verdict.remedy
    assert "more --steps" in under_training(40, 0.01, 1.0, 0.5, exact=False).remedy


def test_a_short_run_is_judged_by_its_samples() -> None:
    assert under_training(400, 0.1, 1.0, 0.5, exact=False).verdict == "fail"
    assert under_training(400, 0.1, 1.0, 0.02, exact=False).verdict == "ok"


def test_a_full_run_that_is_far_from_the_data_has_another_disease() -> None:
    assert under_training(4000, 1.0, 1.0, 0.99, exact=False).verdict == "ok"


def test_exact_moves_are_never_too_few() -> None:
    assert under_training(1, 0.01, 1.0, 0.5, exact=True).verdict == "ok"


def test_a_run_stopped_on_the_way_is_warned_of() -> None:
    assert under_training(1500, 0.4, 0.3, 0.02, exact=False).verdict == "warn"


def test_a_density_finer_than_the_values_it_is_of_means_nothing() -> None:
    verdict = wrong_likelihood(0.1, 1.0, 1.0, SETTINGS, "bernoulli")
    assert (verdict.id, verdict.verdict) == ("wrong-likelihood", "fail")
    assert verdict.remedy == "--set likelihood=bernoulli"
    assert "noise" in wrong_likelihood(0.1, 1.0, 1.0, SETTINGS, None).remedy
    # Where the likelihood is the model's own there is nothing to set.
    other = wrong_likelihood(0.1, 1.0, 1.0, {}, "bernoulli")
    assert (other.verdict, other.remedy[:18]) == ("warn", "kullback train vae")


@pytest.mark.parametrize("moment", [0.01, 50.0])
def test_a_scale_that_residuals_contradict_is_wrong(moment: float) -> None:
    verdict = wrong_likelihood(1.0, moment, None, SETTINGS, "discretised-logistic")
    assert verdict.verdict == "fail"
    assert f"--set scale={np.sqrt(moment):.2g}" in verdict.remedy
    assert wrong_likelihood(1.0, moment, None, LEARNED, None).verdict == "warn"
    assert wrong_likelihood(1.0, moment, None, {}, None).verdict == "ok"


def test_a_density_as_broad_as_the_spacing_is_well() -> None:
    assert wrong_likelihood(0.1, 0.9, 1 / 255, SETTINGS, None).verdict == "ok"
    assert wrong_likelihood(0.1, 1.2, None, SETTINGS, None).verdict == "ok"


def test_the_spacing_of_a_lattice_is_found_and_reals_have_none() -> None:
    lattice = RNG.integers(0, 9, (200, 6)) * 16
    assert spacing_of(lattice.astype(np.uint8)) == 16
    assert spacing_of(np.concatenate([lattice, np.zeros((200, 9))], 1)) == 16
    assert spacing_of(RNG.normal(size=(200, 6))) is None
    assert spacing_of(np.zeros((20, 3))) is None
