from __future__ import annotations

import numpy as np
import pytest

from kullback.lab.experiments.depth import swiss_roll
from kullback.lab.experiments.slopes import best_slope, wrong_slope


@pytest.mark.parametrize("weight", [1.0, 10.0])
@pytest.mark.parametrize("distance", [0.5, 3.0])
def test_the_best_penalised_slope_exceeds_1_by_the_distance_over_twice_the_weight(
    distance: float, weight: float
) -> None:
    assert best_slope(distance, weight) == pytest.approx(1 + distance / (2 * weight), abs=1e-7)


def test_the_roll_is_a_spiral() -> None:
    x = swiss_roll(np.random.default_rng(0), 2000)
    radius = np.linalg.norm(x, axis=1) * 7.5
    assert 3.5 < radius.min() < 6
    assert 12.5 < radius.max() < 16
    turn = np.arctan2(x[:, 1], x[:, 0])
    # Along the spiral the angle is the radius, whole turns apart.
    assert np.abs(np.angle(np.exp(1j * (turn - radius)))).mean() < 0.3


def test_a_critic_that_slopes_the_wrong_way_has_a_dip_there_for_points_that_are_near() -> None:
    assert wrong_slope(4.0, 10.0) == pytest.approx(-0.8)
    assert wrong_slope(20.0, 10.0) == 0
