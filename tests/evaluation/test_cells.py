from __future__ import annotations

import numpy as np
import pytest

from kullback.data.mixture import grid, ring
from kullback.evaluation.cells import cells, k_means, regions
from kullback.evaluation.shares import by_class, by_mode, by_region


def test_a_cell_is_a_mode_where_modes_are_narrow() -> None:
    x, mode = ring().sample(3000, np.random.default_rng(0))
    centres = regions(x, 50)
    assert len(centres) in (8, 12)
    cell = cells(x, centres)
    for each in np.unique(cell):
        assert len(np.unique(mode[cell == each])) == 1


def test_centres_are_the_means_of_their_cells_and_no_worse_than_any_other_cells() -> None:
    x = np.random.default_rng(0).standard_normal((2000, 3))
    centres = k_means(x, 10)
    cell = cells(x, centres)
    for k in range(10):
        assert np.linalg.norm(centres[k] - x[cell == k].mean(0)) < 0.15
    within = ((x - centres[cell]) ** 2).sum(1).mean()
    by_chance = x[:10]  # cells around rows that nobody chose
    assert within < 0.9 * ((x - by_chance[cells(x, by_chance)]) ** 2).sum(1).mean()


def test_rows_that_are_all_equal_fall_into_one_cell() -> None:
    assert len(np.unique(cells(np.ones((40, 2)), regions(np.ones((40, 2)), 5)))) == 1


def test_a_region_without_samples_is_lost_and_none_is_by_chance() -> None:
    rng = np.random.default_rng(0)
    truth = grid()
    rows, good = (truth.sample(n, rng)[0] for n in (4000, 2000))
    found = by_region(good, rows)
    assert found is not None
    assert found.lost == 0
    bad = by_region(good[good[:, 0] > -3], rows)
    assert bad is not None
    assert 0.15 < bad.lost < 0.25  # one column of five


def test_samples_too_few_for_cells_have_none() -> None:
    x = np.random.default_rng(0).standard_normal((60, 2))
    assert by_region(x, x) is None


def test_modes_are_lost_by_the_weight_they_have() -> None:
    truth = ring()
    x, mode = truth.sample(2000, np.random.default_rng(1))
    found = by_mode(x[mode > 1], truth)
    assert found.missing == found.rare == [0, 1]
    assert found.lost == 0.25
    assert by_mode(x, truth).rare == []


def test_a_judge_that_errs_hides_no_class_that_is_missing() -> None:
    rng = np.random.default_rng(0)
    names = ("a", "b", "c")
    confusion = np.array([[0.8, 0.2, 0.0], [0.2, 0.8, 0.0], [0.0, 0.0, 1.0]])

    def read(labels: np.ndarray) -> np.ndarray:
        return np.array([rng.choice(3, p=confusion[label]) for label in labels])

    held_out = rng.integers(0, 3, 3000)
    made = rng.choice([0, 2], 2000)
    found = by_class(names, held_out, read(made), read(held_out), held_out)
    assert found is not None
    assert found.missing == [1]
    assert np.allclose(found.samples, [0.5, 0, 0.5], atol=0.05)
    whole = by_class(names, held_out, read(rng.integers(0, 3, 2000)), read(held_out), held_out)
    assert whole is not None
    assert whole.rare == []


def test_rows_that_show_how_a_judge_errs_need_not_have_the_classes_shares() -> None:
    rng = np.random.default_rng(0)
    labels, kept = rng.integers(0, 2, 2000), rng.choice(2, 2000, p=[0.9, 0.1])
    made = rng.integers(0, 2, 2000)
    found = by_class(("a", "b"), labels, made, kept, kept)
    assert found is not None
    assert found.rare == []


def test_a_judge_that_mostly_errs_is_not_asked() -> None:
    labels = np.arange(90) % 3
    assert by_class(("a", "b", "c"), labels, labels, (labels + 1) % 3, labels) is None


@pytest.mark.parametrize("n", [40, 100])
def test_many_classes_are_missed_together_before_any_is_missed_alone(n: int) -> None:
    labels = np.arange(1200) % 10
    kept = np.arange(120) % 10
    names = tuple("abcdefghij")
    found = by_class(names, labels, labels[:n] % 3, kept, kept)
    assert found is not None
    assert found.missing == [3, 4, 5, 6, 7, 8, 9]
    assert found.lost == pytest.approx(0.7)
    if n == 40:
        assert found.rare == []


@pytest.mark.parametrize("n", [10, 30, 100, 500])
def test_classes_drawn_like_the_data_are_not_missing(n: int) -> None:
    labels, kept = np.arange(1200) % 10, np.arange(120) % 10
    names = tuple("abcdefghij")
    for seed in range(20):
        read = np.random.default_rng(seed).integers(0, 10, n)
        found = by_class(names, labels, read, kept, kept)
        assert found is not None
        assert found.lost == 0


@pytest.mark.parametrize("n", [30, 60, 100, 200, 400])
def test_classes_of_half_their_share_are_not_missing_because_another_is_made_often(n: int) -> None:
    labels = np.arange(1200) % 10
    names = tuple("abcdefghij")
    weights = np.array([0.55, *9 * [0.05]])
    wrong = 0
    for seed in range(100):
        read = np.random.default_rng(seed).choice(10, n, p=weights)
        found = by_class(names, labels, read, labels, labels)
        assert found is not None
        wrong += found.lost > 0
    assert wrong <= 9  # of a hundred five are allowed


def test_regions_of_half_their_share_are_not_missing() -> None:
    truth = ring()
    rng = np.random.default_rng(3)
    rows = truth.sample(1000, rng)[0]
    wrong = 0
    for _ in range(40):
        x, mode = truth.sample(400, rng)
        kept = x[(mode == 0) | (rng.random(400) < 0.45)][:150]
        found = by_region(kept, rows)
        assert found is not None
        wrong += found.lost > 0
    assert wrong <= 3


def test_a_class_that_is_nearly_gone_lacks_nearly_its_share() -> None:
    labels = np.arange(1200) % 4
    read = np.repeat([0, 1, 2, 3], [600, 380, 20, 0])
    found = by_class(("a", "b", "c", "d"), labels, read, labels, labels)
    assert found is not None
    assert found.missing == [2, 3]
    assert found.lacking == pytest.approx(0.5)
    read = np.repeat([0, 1, 2, 3], [600, 300, 100, 0])
    found = by_class(("a", "b", "c", "d"), labels, read, labels, labels)
    assert found is not None
    assert (found.missing, found.rare) == ([3], [2, 3])
    assert found.lost == pytest.approx(0.25)
    assert found.lacking == pytest.approx(0.4, abs=1e-3)
