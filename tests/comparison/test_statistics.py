from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from kullback.comparison.statistics import Sample, holm, interval, welch


def draw(rng: np.random.Generator, n: int, mean: float = 0.0, scale: float = 1.0) -> Sample:
    return Sample(tuple(rng.normal(mean, scale, n).tolist()))


def test_welchs_test_is_scipys() -> None:
    rng = np.random.default_rng(0)
    for n, m, scale in ((2, 3, 1.0), (3, 3, 20.0), (10, 4, 0.1)):
        a, b = draw(rng, n), draw(rng, m, 1.0, scale)
        expected = stats.ttest_ind(a.values, b.values, equal_var=False).pvalue
        assert welch(a, b) == pytest.approx(expected, rel=1e-9)
        assert welch(b, a) == welch(a, b)


def test_against_an_exact_number_it_is_the_test_of_one_sample() -> None:
    a = draw(np.random.default_rng(1), 4)
    expected = stats.ttest_1samp(a.values, 0.7).pvalue
    assert welch(a, Sample((0.7,), exact=True)) == pytest.approx(expected, rel=1e-9)


def test_where_the_seeds_cannot_say_there_is_no_p_value() -> None:
    one, same, other = Sample((1.0,)), Sample((2.0, 2.0, 2.0)), Sample((3.0, 3.0, 3.0))
    assert welch(one, draw(np.random.default_rng(0), 3)) is None
    assert welch(same, other) is None
    assert welch(same, Sample((3.0,), exact=True)) is None
    assert welch(Sample((1.0,), exact=True), Sample((3.0,), exact=True)) == 0.0


def test_an_interval_holds_the_mean_of_all_seeds_in_95_of_100_comparisons() -> None:
    rng = np.random.default_rng(2)
    found = [interval(draw(rng, 3, 5.0, 2.0)) for _ in range(2000)]
    held = np.mean([low <= 5.0 <= high for low, high in filter(None, found)])
    assert abs(held - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 2000)


def test_one_seed_and_an_exact_number_have_no_interval() -> None:
    assert interval(Sample((1.0,))) is None
    assert interval(Sample((1.0,), exact=True)) is None


def test_holms_rule_by_hand() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_equal_models_are_rarely_told_apart() -> None:
    rng = np.random.default_rng(3)
    pairs = list(combinations(range(4), 2))
    wrong = 0
    for _ in range(600):
        samples = [draw(rng, 4) for _ in range(4)]
        found = [welch(samples[i], samples[j]) for i, j in pairs]
        wrong += min(holm([p for p in found if p is not None])) < 0.05
    assert wrong / 600 < 0.05 + 2 * np.sqrt(0.05 * 0.95 / 600)
