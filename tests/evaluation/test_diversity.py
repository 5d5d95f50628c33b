from __future__ import annotations

import numpy as np
import pytest

from kullback.evaluation.diversity import Diversity, diversity
from kullback.evaluation.metric import Floats


def rows(n: int, seed: int, width: int = 10) -> Floats:
    return np.random.default_rng(seed).standard_normal((n, width))


@pytest.mark.parametrize("things", [5, 40, 200])
def test_the_number_of_things_is_found_from_their_repetition(things: int) -> None:
    rng = np.random.default_rng(0)
    samples = rows(things, 1)[rng.integers(0, things, 1000)] + 1e-3 * rows(1000, 2)
    found = diversity(samples, rows(1500, 3))
    assert found.support == pytest.approx(things, rel=0.25)


def test_fresh_samples_have_as_many_as_real_rows() -> None:
    found = diversity(rows(1000, 0), rows(1000, 1))
    assert found.real_support is not None
    assert 0.1 < found.support / found.real_support < 10


def test_pale_samples_are_not_repeated_ones() -> None:
    plain = diversity(rows(1000, 0), rows(1000, 1))
    pale = diversity(0.6 * rows(1000, 0), rows(1000, 1))
    assert pale.spread == pytest.approx(0.6, rel=0.05)
    assert pale.support == pytest.approx(plain.support, rel=0.5)


def test_equal_samples_are_one_thing() -> None:
    assert Diversity.of_equal(rows(20, 0)) is None
    found = Diversity.of_equal(np.ones((20, 3)))
    assert found is not None
    assert (found.support, found.real_support, found.pairs) == (1, None, 190)
