from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kullback.data import Mixture, grid, random_mixture, ring
from kullback.data.mixture import nearest_distances
from kullback.errors import BadInput


@pytest.mark.parametrize("mixture", [random_mixture(0), random_mixture(5)])
def test_the_density_integrates_to_one(mixture: Mixture) -> None:
    side = np.linspace(-9, 9, 601)
    points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    mass = np.exp(mixture.log_prob(points)).sum() * (side[1] - side[0]) ** 2
    assert mass == pytest.approx(1, abs=1e-3)


def test_one_mode_is_a_gaussian_with_its_entropy() -> None:
    mixture = Mixture(np.zeros((1, 3)), np.ones(1), np.full(1, 0.5))
    x, _ = mixture.sample(20_000, np.random.default_rng(0))
    entropy = 1.5 * np.log(2 * np.pi * np.e * 0.25)
    assert mixture.log_prob(x).mean() == pytest.approx(-entropy, abs=0.03)


@pytest.mark.parametrize(("mixture", "modes", "scale"), [(ring(), 8, 0.01), (grid(), 25, 0.05)])
def test_far_modes_add_the_entropy_of_their_choice(
    mixture: Mixture, modes: int, scale: float
) -> None:
    x, component = mixture.sample(20_000, np.random.default_rng(0))
    entropy = np.log(2 * np.pi * np.e * scale**2) + np.log(modes)
    assert mixture.log_prob(x).mean() == pytest.approx(-entropy, abs=0.03)
    assert np.array_equal(mixture.responsibilities(x).argmax(axis=1), component)
    assert len(np.unique(mixture.centres.round(6), axis=0)) == modes


@given(st.integers(0, 10_000))
def test_a_random_mixture_is_what_the_design_says(seed: int) -> None:
    mixture = random_mixture(seed)
    assert mixture.centres.shape == (12, 2)
    assert mixture.weights.min() >= 0.03
    assert mixture.weights.sum() == pytest.approx(1)
    assert len(np.unique(mixture.weights)) == 12
    ratios = mixture.scales / nearest_distances(mixture.centres)
    assert ((ratios >= 0.1) & (ratios <= 1 / 3)).all()
    assert nearest_distances(mixture.centres).min() >= 1


def test_each_seed_is_another_mixture_and_always_the_same() -> None:
    assert np.array_equal(random_mixture(3).centres, random_mixture(3).centres)
    assert np.abs(random_mixture(3).centres - random_mixture(4).centres).max() > 1


@given(st.integers(0, 100), st.floats(0, 1e3))
def test_responsibilities_sum_to_one_even_far_away(seed: int, spread: float) -> None:
    x = np.random.default_rng(seed).normal(size=(50, 2)) * spread
    shares = ring().responsibilities(x)
    assert shares.shape == (50, 8)
    assert np.isfinite(ring().log_prob(x)).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_modes_are_drawn_by_weight() -> None:
    mixture = random_mixture(1)
    x, component = mixture.sample(100_000, np.random.default_rng(0))
    shares = np.bincount(component, minlength=12) / 100_000
    np.testing.assert_allclose(shares, mixture.weights, atol=0.006)
    np.testing.assert_allclose(mixture.responsibilities(x).mean(axis=0), shares, atol=0.006)


def test_json_holds_all_three() -> None:
    again = Mixture(**json.loads(json.dumps(ring().to_json())))
    assert np.array_equal(again.centres, ring().centres)


@pytest.mark.parametrize(
    ("centres", "weights", "scales", "word"),
    [
        (np.zeros((2, 2)), np.ones(3) / 3, np.ones(2), "centres"),
        (np.zeros((2, 2)), np.ones(2), np.ones(2), "sum to 1"),
        (np.zeros((2, 2)), np.ones(2) / 2, np.zeros(2), "scales"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    centres: np.ndarray, weights: np.ndarray, scales: np.ndarray, word: str
) -> None:
    with pytest.raises(BadInput, match=word):
        Mixture(centres, weights, scales)


def test_points_of_another_dimension_are_refused() -> None:
    with pytest.raises(BadInput, match=r"\(4, 3\)"):
        ring().log_prob(np.zeros((4, 3)))
