"""Figures of exact experiments against what a hand finds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kullback.lab.experiments.joint_tables import best_alpha, normal_sides
from kullback.lab.experiments.modes import _quality_at_slope
from kullback.lab.experiments.penalties import _undominated


@pytest.mark.parametrize("noise", [0.5, 0.01])
def test_the_best_encoder_has_the_generators_correlation(noise: float) -> None:
    assert best_alpha(noise) == pytest.approx(math.sqrt(1 - noise**2), abs=1e-6)


def test_equal_normal_sides_share_the_information_of_their_correlation() -> None:
    kl, information, error = normal_sides(0.6)
    assert kl == pytest.approx(0, abs=1e-12)
    assert error == pytest.approx(1 - 0.36)
    assert information == pytest.approx(-0.5 * math.log(1 - 0.36))


def test_the_steeper_the_bridges_the_nearer_to_the_quality_of_the_truth() -> None:
    found = [_quality_at_slope(slope) for slope in (30, 100, 300, 20_000)]
    assert found == sorted(found)
    assert found[-1] == pytest.approx(1 - math.exp(-4.5), abs=1e-3)


def test_no_point_of_the_front_is_below_another_in_both() -> None:
    points = np.array([[0.0, 3.0], [1.0, 1.0], [3.0, 0.0], [2.0, 2.0], [4.0, 0.5]])
    assert _undominated(points).tolist() == [True, True, True, False, False]
