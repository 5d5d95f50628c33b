"""W₁ on a line, by its closed form and by a linear programme over all plans."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from kullback.errors import BadInput
from kullback.lab.exact.transport import w1


def test_it_is_the_cost_of_the_cheapest_plan() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=40), rng.gamma(2.0, size=40)
    costs = np.abs(a[:, None] - b)
    rows, columns = linear_sum_assignment(costs)
    assert w1(a, b) == pytest.approx(costs[rows, columns].mean())


def test_of_a_shift_it_is_the_shift_and_of_a_scaling_it_is_scaled() -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 500, 1))
    assert w1(a, a + 3) == pytest.approx(3)
    assert w1(2 * a, 2 * b) == pytest.approx(2 * w1(a, b))
    assert w1(a, b) == w1(b, a)


def test_samples_of_two_sizes_are_refused() -> None:
    with pytest.raises(BadInput, match="W₁ of 2 and 3 numbers"):
        w1(np.zeros(2), np.zeros(3))
