"""Codes as healthy and sick encoders make them, and what is said of each."""

from __future__ import annotations

import numpy as np

from kullback.evaluation.metric import Floats, Metric
from kullback.evaluation.verdicts.codes import no_noise, posterior_collapse

RNG = np.random.default_rng(0)
SETTINGS = {"beta", "scale", "latent_dim"}


def codes(*spreads: float) -> Floats:
    return RNG.normal(size=(300, len(spreads))) * spreads


def test_a_latent_that_says_nothing_is_collapsed() -> None:
    verdict = posterior_collapse(codes(0.01, 0.02), 0.001, 20.0, SETTINGS)
    assert (verdict.id, verdict.verdict) == ("posterior-collapse", "fail")
    assert "--set beta=1" in verdict.remedy
    # On data of which a line tells nothing too: no dimension at all is in use.
    assert posterior_collapse(codes(0.01), 0.001, 0.1, SETTINGS).verdict == "fail"


def test_codes_that_tell_a_sliver_of_what_a_line_would_are_collapsed() -> None:
    assert posterior_collapse(codes(0.2, 0.2), 0.5, 20.0, SETTINGS).verdict == "fail"


def test_unused_dimensions_are_no_disease() -> None:
    verdict = posterior_collapse(codes(1.0, 1.0, *[0.001] * 14), 18.0, 20.0, SETTINGS)
    assert (verdict.verdict, verdict.remedy) == ("ok", "")
    assert verdict.figures["active_units"] == 2


def test_a_heavy_kl_that_leaves_something_said_is_no_collapse() -> None:
    assert posterior_collapse(codes(0.8, 0.3), 3.4, 30.0, SETTINGS).verdict != "fail"


def test_without_a_yardstick_only_dimensions_count() -> None:
    assert posterior_collapse(codes(1.0, 1.0), 0.01, 0.3, SETTINGS).verdict == "ok"
    assert posterior_collapse(codes(1.0, 1.0), None, 20.0, SETTINGS).verdict == "ok"


def test_points_for_codes_where_the_prior_never_draws_are_without_noise() -> None:
    means = codes(3.0, 3.0)
    verdict = no_noise(means, np.full_like(means, 0.003), 4.0, None, SETTINGS)
    assert (verdict.id, verdict.verdict) == ("no-noise", "fail")
    assert "--set beta=1" in verdict.remedy
    assert "train vae" in no_noise(means, np.full_like(means, 0.003), 4.0, None, ()).remedy


def test_sharp_codes_at_the_prior_and_broad_ones_beside_it_are_no_such_disease() -> None:
    means = codes(1.0, 1.0)
    assert no_noise(means, np.full_like(means, 0.003), 0.02, None, SETTINGS).verdict == "ok"
    assert no_noise(means, np.full_like(means, 0.5), 4.0, None, SETTINGS).verdict == "ok"


def test_codes_in_clumps_as_wide_as_the_prior_are_told_from_it_by_a_probe() -> None:
    means = codes(1.0, 1.0)
    quiet = np.full_like(means, 0.003)
    told, hardly = (Metric(value, 0.01, 400, "accuracy", 0.5) for value in (0.95, 0.7))
    assert no_noise(means, quiet, 0.02, told, SETTINGS).verdict == "fail"
    assert no_noise(means, quiet, 0.02, hardly, SETTINGS).verdict == "ok"
    assert no_noise(means, np.full_like(means, 0.5), 0.02, told, SETTINGS).verdict == "ok"
    few = Metric(0.95, 0.05, 30, "accuracy", 0.5)
    assert no_noise(means, quiet, 0.02, few, SETTINGS).verdict == "warn"


def test_the_noise_of_unused_dimensions_does_not_hide_that_of_the_others() -> None:
    means = codes(3.0, 3.0, 1e-4, 1e-4)
    scales = np.tile([0.003, 0.003, 1.0, 1.0], (len(means), 1))
    assert no_noise(means, scales, 8.0, None, SETTINGS).verdict == "fail"


def test_a_collapsed_latent_is_not_called_noiseless() -> None:
    means = codes(1e-3, 1e-3)
    assert no_noise(means, np.ones_like(means), 0.01, None, SETTINGS).verdict == "ok"
