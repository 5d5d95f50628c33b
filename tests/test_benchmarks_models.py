"""What the benchmarks of models measure, on rows of which the answer is known."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(autouse=True)
def paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_purity_is_the_share_of_rows_of_their_clusters_commonest_class() -> None:
    purity = import_module("clusters").purity
    classes = np.array([0, 0, 1, 1, 2, 2])
    assert purity(np.array([5, 5, 3, 3, 0, 0]), classes) == 1
    assert purity(np.zeros(6, np.int64), classes) == pytest.approx(1 / 3)
    assert purity(np.array([0, 0, 0, 1, 1, 1]), classes) == pytest.approx(4 / 6)


def test_the_mean_distance_is_over_pairs_of_different_rows() -> None:
    mean_distance = import_module("translation").mean_distance
    rows = np.random.default_rng(0).normal(size=(7, 3))
    by_hand = [np.linalg.norm(rows[i] - rows[j]) for i in range(7) for j in range(i)]
    assert mean_distance(rows) == pytest.approx(np.mean(by_hand))


def test_errors_are_also_told_of_what_the_source_gives_alone() -> None:
    errors = import_module("translation").errors
    real = np.random.default_rng(0).random((9, 1, 4, 4))
    real[:, :, 0, 0] = 0  # never lit: nothing is asked there
    shown = real.copy()
    shown[:, :, 2:] = 0
    made = real.copy()
    made[:, :, :2] += 0.25
    made[:, :, 0, 0] += 5
    made[:, :, 2:] -= 0.5
    found = errors(made, real, shown)
    assert found["error given"] == pytest.approx(0.25)
    assert found["error"] == pytest.approx((7 * 0.25 + 5.25 + 8 * 0.5) / 16)
    assert set(errors(made, real, 1 - real)) == {"error"}
    assert set(errors(made, real, shown[:, 0, 0])) == {"error"}
