from __future__ import annotations

import numpy as np
import pytest
from prdc import compute_prdc

from kullback.errors import BadInput
from kullback.evaluation import neighbours
from kullback.evaluation.manifold import Manifold, manifold, squared_radii
from kullback.evaluation.metric import Floats

RNG = np.random.default_rng(0)


def means(found: Manifold) -> dict[str, float]:
    return {
        "precision": found.precise.mean(),
        "recall": found.recalled.mean(),
        "density": found.dense.mean(),
        "coverage": found.covered.mean(),
    }


def of(samples: Floats, real: Floats, k: int = 5) -> Manifold:
    return manifold(samples, real, squared_radii(real, k), k)


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize(("scale", "shift"), [(1, 0), (0.5, 0.2), (1.5, 1.0)])
def test_it_agrees_with_an_independent_implementation(scale: float, shift: float, k: int) -> None:
    real = RNG.normal(size=(150, 4))
    samples = scale * RNG.normal(size=(120, 4)) + shift
    expected = compute_prdc(real, samples, k)
    assert means(of(samples, real, k)) == pytest.approx(expected, abs=1e-6)


def test_points_at_exactly_the_radius_are_outside_as_published() -> None:
    real = RNG.integers(0, 2, (80, 9)).astype(np.float64)
    samples = RNG.integers(0, 2, (70, 9)).astype(np.float64)
    expected = compute_prdc(real, samples, 5)
    assert means(of(samples, real)) == pytest.approx(expected, abs=1e-6)


def test_data_covers_itself_and_samples_of_one_mode_do_not() -> None:
    real = np.concatenate([RNG.normal(size=(100, 3)), RNG.normal(size=(100, 3)) + 20])
    assert means(of(real, real)) == {
        "precision": 1,
        "recall": 1,
        "density": pytest.approx(1, abs=0.25),
        "coverage": 1,
    }
    one = means(of(RNG.normal(size=(200, 3)), real))
    assert one["precision"] > 0.9
    assert one["coverage"] < 0.51
    assert one["recall"] < 0.51


def test_coverage_and_density_of_equal_laws_are_those_of_the_theory() -> None:
    found = means(of(RNG.normal(size=(1500, 2)), RNG.normal(size=(1500, 2))))
    assert found["coverage"] == pytest.approx(1 - 2**-5, abs=0.02)
    assert found["density"] == pytest.approx(1, abs=0.06)


def test_a_real_outlier_spoils_precision_more_than_density() -> None:
    real = np.concatenate([RNG.normal(size=(200, 2)), [[30.0, 0.0]]])
    samples = RNG.normal(size=(200, 2)) + np.array([15, 0])
    found = means(of(samples, real))
    assert found["precision"] > 0.9
    assert found["density"] < 0.3


def test_samples_that_are_all_one_real_row_recall_not_even_it() -> None:
    real = RNG.integers(0, 3, (60, 4)).astype(np.float64)
    assert not of(np.tile(real[:1], (50, 1)), real).recalled.any()


def test_rotations_and_tiles_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    real, samples = RNG.normal(size=(60, 4)), RNG.normal(size=(50, 4)) + 0.5
    whole = means(of(samples, real))
    turn = np.linalg.qr(RNG.normal(size=(4, 4)))[0]
    assert means(of(samples @ turn, real @ turn)) == whole
    assert means(of(samples + 1e7, real + 1e7)) == whole
    monkeypatch.setattr(neighbours, "ROWS", 7)
    monkeypatch.setattr(neighbours, "COLUMNS", 11)
    assert means(of(samples, real)) == whole


def test_k_points_have_no_kth_neighbour() -> None:
    with pytest.raises(BadInput, match="5 nearest neighbours"):
        squared_radii(RNG.normal(size=(5, 2)))


def test_nothing_is_nearer_than_a_copy() -> None:
    """Rows with k copies have balls of radius 0, and what is rounded must not be in them."""
    rows = np.repeat(RNG.normal(size=(20, 4)) + 0.1, 6, axis=0)
    found = of(rows, rows)
    assert not found.precise.any()
    assert not found.recalled.any()
    assert not found.covered.any()
