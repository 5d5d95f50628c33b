"""Codes of known laws: what is measured of them must be what the laws say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.distributions import MultivariateNormal, kl_divergence

from kullback.errors import BadInput
from kullback.evaluation.latent import (
    active_units,
    label_probe,
    linear_rate,
    moment_gap,
    noise_ratio,
)
from kullback.evaluation.metric import Floats

RNG = np.random.default_rng(0)


def law(rows: Floats) -> MultivariateNormal:
    """The Gaussian with the moments of rows."""
    x = torch.from_numpy(rows)
    return MultivariateNormal(x.mean(0), torch.cov(x.T))


def test_units_that_vary_are_active_and_the_others_are_not() -> None:
    spread = np.array([1.0, 0.2, 0.05, 0.0])  # variances 1, .04, .0025, 0
    units = active_units(RNG.normal(size=(500, 4)) * spread + 3.0)
    assert units.value == 2
    assert units.details["of"] == 4
    assert units.details["variances"] == pytest.approx(spread**2, rel=0.2)


def test_the_noise_of_a_dimension_is_measured_by_its_spread() -> None:
    means = np.array([[0.0, 5.0], [2.0, 5.0]])
    ratio = noise_ratio(means, np.array([[0.3, 1.0], [0.4, 1.0]]))
    assert ratio[0] == pytest.approx(np.sqrt((0.09 + 0.16) / 2))
    assert ratio[1] == np.inf


def test_the_gap_is_the_divergence_of_the_gaussians_with_those_moments() -> None:
    mix = RNG.normal(size=(3, 3))
    codes, prior = RNG.normal(size=(400, 3)) @ mix + 1.0, RNG.normal(size=(300, 3))
    expected = float(kl_divergence(law(codes), law(prior)))
    assert moment_gap(codes, prior) == pytest.approx(expected - 3 * 6 / (2 * 300), rel=1e-6)


def test_the_gap_does_not_depend_on_the_units_of_the_codes() -> None:
    codes, prior = RNG.normal(size=(200, 3)) * 2, RNG.normal(size=(200, 3))
    mix, shift = RNG.normal(size=(3, 3)), RNG.normal(size=3)
    moved = moment_gap(codes @ mix + shift, prior @ mix + shift)
    assert moved == pytest.approx(moment_gap(codes, prior), rel=1e-6)
    assert moment_gap(codes, codes) == pytest.approx(-3 * 6 / (2 * 200))


@pytest.mark.parametrize(("rows", "d"), [(400, 4), (100, 40)])
def test_the_gap_of_draws_of_one_law_is_0_on_the_mean(rows: int, d: int) -> None:
    pairs = (RNG.normal(size=(2, rows, d)) for _ in range(60))
    gaps = np.array([moment_gap(q, p) for q, p in pairs])
    bias = d * (d + 3) / (2 * rows) if d == 4 else 2 * d / rows
    assert abs(gaps.mean()) < 0.25 * bias


def test_a_linear_code_tells_the_information_of_probabilistic_pca() -> None:
    latent, loadings, noise = 2, RNG.normal(size=(2, 6)), 0.5
    x = RNG.normal(size=(20000, latent)) @ loadings + noise * RNG.normal(size=(20000, 6))
    # I(x; z) = ½ log |I + WᵀW/σ²|
    exact = 0.5 * np.linalg.slogdet(np.eye(2) + loadings @ loadings.T / noise**2)[1]
    assert linear_rate(x, latent) == pytest.approx(exact, rel=0.03)
    turn = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    assert linear_rate(7 * x @ turn, latent) == pytest.approx(linear_rate(x, latent), rel=1e-6)


def test_a_linear_code_of_noise_or_of_one_feature_tells_next_to_nothing() -> None:
    assert linear_rate(RNG.normal(size=(5000, 8)), 4) < 0.3
    assert linear_rate(RNG.normal(size=(50, 1)), 4) == 0
    assert linear_rate(np.zeros((50, 4)), 2) == 0


def test_a_probe_reads_labels_that_are_there_and_none_that_are_not() -> None:
    y = RNG.integers(0, 3, 600)
    z = RNG.normal(size=(600, 4))
    told = z + 6 * np.eye(4)[y]
    assert label_probe(told[:400], y[:400], told[400:], y[400:]).value > 0.98
    blind = label_probe(z[:400], y[:400], z[400:], y[400:])
    assert abs(blind.value - 1 / 3) < 0.12
    majority = blind.details["majority"]
    assert majority == pytest.approx((y[400:] == np.bincount(y[:400]).argmax()).mean())


def test_a_probe_does_not_depend_on_the_units_of_the_codes() -> None:
    y = RNG.integers(0, 2, 200)
    z = RNG.normal(size=(200, 3)) + y[:, None]
    first = label_probe(z[:100], y[:100], z[100:], y[100:]).value
    scaled = z * np.array([1e-3, 1.0, 1e3]) + 7
    assert label_probe(scaled[:100], y[:100], scaled[100:], y[100:]).value == first


@pytest.mark.parametrize("codes", [np.zeros(5), np.zeros((1, 3)), np.full((5, 2), np.nan)])
def test_what_are_no_codes_is_refused(codes: Floats) -> None:
    with pytest.raises(BadInput, match="codes"):
        active_units(codes)
    with pytest.raises(BadInput, match="differ in width"):
        moment_gap(np.zeros((5, 2)), np.zeros((5, 3)))
