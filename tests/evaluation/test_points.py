from __future__ import annotations

import numpy as np
import pytest

from kullback.data import Mixture, grid, random_mixture, ring
from kullback.errors import BadInput
from kullback.evaluation import points

N = 2500


def drawn(truth: Mixture, seed: int = 9) -> np.ndarray:
    return truth.sample(N, np.random.default_rng(seed))[0]


@pytest.mark.parametrize(
    ("truth", "kl_floor", "kl_99"),
    [(ring(), 0.0014, 0.0037), (grid(), 0.0048, 0.0086), (random_mixture(3), 0.0021, 0.006)],
)
def test_true_data_is_at_the_floor(truth: Mixture, kl_floor: float, kl_99: float) -> None:
    x = drawn(truth)
    modes, good, kl = (f(x, truth) for f in (points.modes, points.high_quality, points.reverse_kl))
    assert modes.value == modes.floor == len(truth.weights)
    # Where modes overlap, some samples are outside their own mode and inside another.
    assert good.floor == pytest.approx(1 - np.exp(-4.5), abs=0.003 if modes.value != 12 else 0.006)
    assert good.value == pytest.approx(good.floor, abs=4 * (good.stderr or 0))
    assert kl.floor == pytest.approx(kl_floor, rel=0.2)
    assert 0 <= kl.value < kl_99
    assert kl.details["floor_sd"] < kl.floor


def test_a_circle_has_all_modes_and_the_right_shares_but_no_quality() -> None:
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, N)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    kl = points.reverse_kl(circle, ring())
    assert points.modes(circle, ring()).value == 8
    assert kl.value < (kl.floor or 0) + 3 * kl.details["floor_sd"]
    assert points.high_quality(circle, ring()).value == pytest.approx(0.076, abs=0.015)


def test_a_dropped_mode_is_missed_by_quality_alone() -> None:
    truth = ring()
    x, component = truth.sample(4 * N, np.random.default_rng(0))
    x = x[component != 3]
    modes, kl = points.modes(x, truth), points.reverse_kl(x, truth)
    assert modes.value == 7
    assert modes.details["good"][3] == 0
    assert kl.value == pytest.approx(np.log(8 / 7), abs=0.005)
    assert points.high_quality(x, truth).value > 0.98


def test_one_mode_is_log_m_away_and_swapped_arguments_would_be_infinite() -> None:
    truth = grid()
    x = np.repeat(truth.centres[:1], 10, axis=0)
    assert points.reverse_kl(x, truth).value == pytest.approx(np.log(25))
    assert points.modes(x, truth).value == 1
    assert points.high_quality(x, truth).value == 1


def test_the_divergence_is_from_the_weights_not_from_equal_shares() -> None:
    truth = Mixture(np.array([[-5.0, 0.0], [5.0, 0.0]]), np.array([0.9, 0.1]), np.ones(2) / 2)
    x = np.repeat(truth.centres, 50, axis=0)
    kl = points.reverse_kl(x, truth)
    assert kl.value == pytest.approx(0.5 * np.log(0.5 / 0.9) + 0.5 * np.log(0.5 / 0.1))
    np.testing.assert_allclose(kl.details["shares"], [0.5, 0.5])
    np.testing.assert_allclose(kl.details["weights"], [0.9, 0.1])


def test_quality_is_measured_in_each_modes_own_width() -> None:
    truth = Mixture(np.array([[0.0, 0.0], [10.0, 0.0]]), np.ones(2) / 2, np.array([0.1, 2.0]))
    x = np.array([[0.29, 0.0], [0.31, 0.0], [4.1, 0.0], [3.9, 0.0], [15.9, 0.0]])
    assert points.high_quality(x, truth).value == pytest.approx(3 / 5)
    np.testing.assert_array_equal(points.modes(x, truth).details["good"], [1, 2])


def test_shares_are_unbiased_where_modes_overlap() -> None:
    truth = Mixture(np.array([[0.0, 0.0], [2.0, 0.0]]), np.array([0.8, 0.2]), np.array([1.0, 0.7]))
    x, _ = truth.sample(100_000, np.random.default_rng(0))
    np.testing.assert_allclose(points.shares(x, truth), truth.weights, atol=0.005)


@pytest.mark.parametrize("measure", [points.modes, points.high_quality, points.reverse_kl])
def test_the_order_of_samples_and_of_modes_does_not_matter(measure: object) -> None:
    truth = random_mixture(1)
    x = drawn(truth)
    order = np.random.default_rng(0).permutation(12)
    shuffled = Mixture(truth.centres[order], truth.weights[order], truth.scales[order])
    value = measure(x, truth)  # type: ignore[operator]
    assert measure(x[::-1], truth).value == pytest.approx(value.value)  # type: ignore[operator]
    assert measure(x, shuffled).value == pytest.approx(value.value)  # type: ignore[operator]


@pytest.mark.parametrize("truth", [ring(), random_mixture(3)])
def test_points_of_the_truth_are_nearest_to_the_mode_they_came_from(truth: Mixture) -> None:
    x, mode = truth.sample(N, np.random.default_rng(9))
    metric = points.label_accuracy(x, truth, mode)
    assert metric.value == pytest.approx(metric.floor, abs=4 * metric.details["floor_sd"] + 1e-9)
    overlapping = len(truth.weights) == 12
    assert 0.9 < (metric.floor or 0) < 1 if overlapping else metric.floor == 1
    shuffled = np.random.default_rng(0).permutation(mode)
    chance = float((truth.weights**2).sum())
    assert points.label_accuracy(x, truth, shuffled).value == pytest.approx(chance, abs=0.03)


def test_a_label_is_judged_in_units_of_each_modes_width() -> None:
    truth = Mixture(np.array([[0.0, 0], [10, 0]]), np.array([0.5, 0.5]), np.array([1.0, 5.0]))
    x = np.array(
        [[0.0, 0], [4, 0], [10, 0]]
    )  # the second: 4 scales from the one, 1.2 from the other
    metric = points.label_accuracy(x, truth, np.array([0, 1, 0]))
    assert metric.value == pytest.approx(2 / 3)
    assert metric.details["by_class"] == {"0": 0.5, "1": 1.0}


def test_the_standard_error_of_the_divergence_is_its_spread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(points, "FLOOR_DRAWS", 2)
    truth = Mixture(ring().centres, np.array([0.3, *[0.1] * 7]), ring().scales)
    values = [
        points.reverse_kl(ring().sample(N, np.random.default_rng(s))[0], truth) for s in range(40)
    ]
    spread = np.std([m.value for m in values], ddof=1)
    assert np.mean([m.stderr for m in values]) == pytest.approx(spread, rel=0.35)


def test_the_floor_is_seeded() -> None:
    x = drawn(ring())
    assert points.reverse_kl(x, ring(), 1) == points.reverse_kl(x, ring(), 1)
    assert points.reverse_kl(x, ring(), 1).floor != points.reverse_kl(x, ring(), 2).floor


@pytest.mark.parametrize(
    ("x", "word"),
    [
        (np.zeros((3, 3)), "points"),
        (np.zeros((0, 2)), "n > 0"),
        (np.array([[0.0, np.nan], [0, 0]]), "1 of 2"),
    ],
)
def test_what_cannot_be_a_sample_is_refused(x: np.ndarray, word: str) -> None:
    for measure in (points.modes, points.high_quality, points.reverse_kl, points.shares):
        with pytest.raises(BadInput, match=word):
            measure(x, ring())
