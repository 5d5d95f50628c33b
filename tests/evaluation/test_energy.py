"""The energy distance of laws for which it is known."""

from __future__ import annotations

import numpy as np
import pytest

from kullback.evaluation.energy import energy_distance, share_of_mean

RNG = np.random.default_rng(0)


def test_it_is_the_mean_of_distances_of_pairs() -> None:
    x, y = RNG.normal(size=(7, 2, 3)), RNG.normal(size=(5, 2, 3)) + 1
    between = np.mean([np.linalg.norm(a - b) for a in x for b in y])
    own = [
        np.mean([np.linalg.norm(a - b) for i, a in enumerate(s) for j, b in enumerate(s) if i != j])
        for s in (x, y)
    ]
    assert energy_distance(x, y) == pytest.approx(2 * between - sum(own))


def test_of_one_law_it_is_near_nothing_and_of_two_it_is_not() -> None:
    x, y = RNG.normal(size=(500, 3)), RNG.normal(size=(500, 3))
    assert abs(energy_distance(x, y)) < 0.02
    assert energy_distance(x, y + 1) > 0.3


def test_its_yardstick_is_the_mean_of_the_rows() -> None:
    rows = RNG.normal(size=(300, 4))
    alone = np.broadcast_to(rows.mean(0), (50, 4))
    assert share_of_mean(alone, rows) == pytest.approx(1)
    assert abs(share_of_mean(RNG.normal(size=(300, 4)), rows)) < 0.05
    assert share_of_mean(RNG.normal(size=(300, 4)) + 4, rows) > 1
    assert share_of_mean(rows, np.zeros((20, 4))) == 0
