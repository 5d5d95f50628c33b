"""W₁ of samples, on a line and in the plane."""

from __future__ import annotations

import numpy as np
import pytest

from kullback.errors import BadInput
from kullback.lab.exact.transport import matched, w1


def test_on_a_line_the_cheapest_matching_keeps_the_order() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=40), rng.gamma(2.0, size=40)
    assert w1(a, b) == pytest.approx(matched(a[:, None], b[:, None]))


def test_of_a_shift_it_is_the_shift_and_of_a_scaling_it_is_scaled() -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 500, 1))
    assert w1(a, a + 3) == pytest.approx(3)
    assert w1(2 * a, 2 * b) == pytest.approx(2 * w1(a, b))
    assert w1(a, b) == w1(b, a)


def test_in_the_plane_a_shift_costs_its_length_and_no_matching_is_cheaper() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 30, 2))
    assert matched(a, a[rng.permutation(30)] + [3, 4]) == pytest.approx(5)
    others = [np.linalg.norm(a - b[rng.permutation(30)], axis=1).mean() for _ in range(200)]
    assert matched(a, b) < min(others)


def test_samples_of_two_sizes_are_refused() -> None:
    with pytest.raises(BadInput, match="W₁ of 2 and 3 numbers"):
        w1(np.zeros(2), np.zeros(3))
