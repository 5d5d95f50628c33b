from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchmetrics.image.kid import KernelInceptionDistance

from kullback.evaluation import kernel_distance as module
from kullback.evaluation.kernel_distance import kernel_distance

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 6)), RNG.normal(size=(60, 6)) * 1.2 + 0.3


class AsTheyAre(nn.Module):
    """Features that are already features."""

    num_features = 6

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)


@pytest.mark.filterwarnings("ignore:Metric .Kernel Inception Distance. will save")
def test_it_agrees_with_an_independent_implementation() -> None:
    kid = KernelInceptionDistance(
        feature=AsTheyAre(), subsets=1, subset_size=60, normalize=True
    ).set_dtype(torch.float64)
    kid.update(torch.from_numpy(Y)[:, None, None], real=True)
    kid.update(torch.from_numpy(X)[:, None, None], real=False)
    assert kernel_distance(X, Y)[0] == pytest.approx(float(kid.compute()[0]), rel=1e-4, abs=1e-6)


def test_it_is_the_formula_and_its_error_leaves_one_out() -> None:
    x, y = X[:9], Y[:7]

    def by_hand(x: np.ndarray, y: np.ndarray) -> float:
        def kernels(a: np.ndarray, b: np.ndarray) -> np.ndarray:
            return (a @ b.T / 6 + 1) ** 3  # type: ignore[no-any-return]

        def within(a: np.ndarray) -> float:
            k = kernels(a, a)
            return float((k.sum() - np.trace(k)) / (len(a) * (len(a) - 1)))

        return within(x) + within(y) - 2 * float(kernels(x, y).mean())

    value, stderr = kernel_distance(x, y)
    assert value == pytest.approx(by_hand(x, y))
    without = [np.array([by_hand(np.delete(x, i, 0), y) for i in range(9)])]
    without += [np.array([by_hand(x, np.delete(y, i, 0)) for i in range(7)])]
    variance = sum((len(v) - 1) * v.var() for v in without)
    assert stderr == pytest.approx(variance**0.5)


def test_over_equal_laws_it_is_zero_in_the_mean_and_its_error_not_too_small() -> None:
    draws = [
        kernel_distance(RNG.normal(size=(40, 3)), RNG.normal(size=(30, 3))) for _ in range(300)
    ]
    values, errors = np.array(draws).T
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(300)
    assert (values < 0).any()
    assert 1.0 < (errors**2).mean() ** 0.5 / values.std() < 2.2


def test_its_error_is_that_of_fresh_draws_from_unequal_laws() -> None:
    draws = [
        kernel_distance(RNG.normal(size=(80, 2)) + 1, RNG.normal(size=(80, 2))) for _ in range(200)
    ]
    values, errors = np.array(draws).T
    assert values.mean() > 5 * values.std() / np.sqrt(200)
    assert 0.8 < (errors**2).mean() ** 0.5 / values.std() < 1.3


def test_rotations_and_the_order_of_rows_change_nothing() -> None:
    turn = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    order = RNG.permutation(60)
    assert kernel_distance(X[order] @ turn, Y @ turn) == pytest.approx(kernel_distance(X, Y))


def test_tiles_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = kernel_distance(X, Y[:50])
    monkeypatch.setattr(module, "_ROWS", 7)
    monkeypatch.setattr(module, "_COLUMNS", 11)
    assert kernel_distance(X, Y[:50]) == pytest.approx(whole)
