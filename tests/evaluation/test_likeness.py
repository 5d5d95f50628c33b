from __future__ import annotations

import numpy as np
import pytest

from kullback.data.mixture import Mixture, ring
from kullback.evaluation.likeness import likeness
from kullback.evaluation.metric import Floats


def faces(n: int, seed: int) -> Floats:
    """Rows of 100 values that vary in 4 directions only."""
    rng = np.random.default_rng(seed)
    directions = np.random.default_rng(99).standard_normal((4, 100))
    return rng.standard_normal((n, 4)) @ directions + 0.05 * rng.standard_normal((n, 100))


@pytest.mark.parametrize("held_out", [True, False])
def test_real_rows_are_not_far_and_noise_is(held_out: bool) -> None:
    train, unseen, fresh = (faces(1500, seed) for seed in range(3))
    kept = unseen if held_out else None
    good = likeness(fresh, train, kept)
    assert good.far < 0.1
    assert good.noise_share == pytest.approx(0, abs=0.1)
    noise = 2 * np.random.default_rng(5).standard_normal((500, 100))
    assert likeness(noise, train, kept).far == 1
    assert likeness(noise, train, kept).noise_share > 0.9


def test_modes_too_wide_are_far_but_not_as_noise_is() -> None:
    rng = np.random.default_rng(0)
    truth = ring()
    wide = Mixture(truth.centres, truth.weights, 4 * truth.scales)
    found = likeness(wide.sample(1000, rng)[0], truth.sample(5000, rng)[0], None)
    assert found.far > 0.5
    assert found.noise_share < 0.15


def test_whatever_differs_from_rows_that_are_all_equal_is_noise() -> None:
    same = np.ones((100, 4))
    noise = np.random.default_rng(0).standard_normal((50, 4))
    assert likeness(noise, same, None).noise_share == 1
    assert likeness(same[:50], same, None).noise_share == 0
