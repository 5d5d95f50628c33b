from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchmetrics.image.fid import FrechetInceptionDistance

from kullback.evaluation import frechet as module
from kullback.evaluation.frechet import frechet
from kullback.evaluation.metric import Floats

RNG = np.random.default_rng(0)
MIX = np.linalg.qr(RNG.normal(size=(6, 6)))[0] * np.linspace(0.2, 2, 6)
X = RNG.normal(size=(400, 6)) @ MIX
Y = RNG.normal(size=(300, 6)) * np.linspace(1, 0.5, 6) + 0.3


class AsTheyAre(nn.Module):
    """Features that are already features."""

    num_features = 6

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)


def independent(x: Floats, y: Floats) -> float:
    network = AsTheyAre()
    fid = FrechetInceptionDistance(network, normalize=True, input_img_size=(1, 1, 6))
    fid.set_dtype(torch.float64)
    fid.update(torch.from_numpy(y)[:, None, None], real=True)
    fid.update(torch.from_numpy(x)[:, None, None], real=False)
    return float(fid.compute())


def test_it_agrees_with_an_independent_implementation() -> None:
    assert frechet(X, Y)[0] == pytest.approx(independent(X, Y), rel=1e-4, abs=1e-6)
    near = X[:200], X[200:]
    assert frechet(*near)[0] == pytest.approx(independent(*near), rel=1e-4, abs=1e-6)


def test_it_is_symmetric_and_zero_for_equal_sets() -> None:
    assert frechet(X, Y) == pytest.approx(frechet(Y, X))
    assert frechet(X, X)[0] == pytest.approx(0, abs=1e-9)


def test_a_shift_counts_its_square() -> None:
    shift = np.arange(6.0)
    assert frechet(X + shift, X)[0] == pytest.approx((shift**2).sum())


def test_commuting_covariances_have_a_closed_form() -> None:
    """Σ (σ₁ − σ₂)² over common axes."""
    scales = np.linspace(0.5, 3, 6)
    white = np.linalg.inv(np.linalg.cholesky(np.cov(X.T)))
    x = (X - X.mean(0)) @ white.T
    turn = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    value, _ = frechet(x @ turn, (x * scales) @ turn)
    assert value == pytest.approx(((scales - 1) ** 2).sum())


def test_a_common_rotation_and_shift_change_nothing() -> None:
    turn = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    assert frechet(X @ turn + 7, Y @ turn + 7) == pytest.approx(frechet(X, Y))


def test_what_only_one_set_varies_in_counts_fully() -> None:
    """Singular covariances: constant features, repeated ones, and a set of one repeated row."""
    value, stderr = frechet(X, Y)
    still = np.zeros((400, 3)), np.zeros((300, 3))
    padded = np.hstack([X, still[0]]), np.hstack([Y, still[1]])
    assert frechet(*padded) == pytest.approx((value, stderr))
    noisy = np.hstack([X, np.tile([[1.0], [-1.0]], (200, 3))]), padded[1]
    variance = 3 * 400 / 399  # of ±1 in three repeated features
    assert frechet(*noisy)[0] == pytest.approx(value + variance)
    assert frechet(*noisy) == pytest.approx(frechet(*noisy[::-1]))
    collapsed = np.full((50, 6), 2.0)
    by_hand = ((X.mean(0) - 2) ** 2).sum() + np.trace(np.cov(X.T))
    assert frechet(X, collapsed)[0] == pytest.approx(by_hand)
    assert frechet(collapsed, collapsed) == (0, 0)


def test_fewer_rows_than_features_are_as_in_the_space_they_span() -> None:
    few = RNG.normal(size=(5, 20)), RNG.normal(size=(5, 20)) + 1
    span = np.linalg.qr(np.vstack(few).T)[0]
    assert frechet(*few)[0] == pytest.approx(frechet(few[0] @ span, few[1] @ span)[0])


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (0.7, 0.2), (1.0, 1.0)])
def test_its_error_is_that_of_fresh_draws(scale: float, shift: float) -> None:
    draws = [
        frechet(scale * RNG.normal(size=(200, 4)) + shift, RNG.normal(size=(300, 4)))
        for _ in range(100)
    ]
    values, errors = np.array(draws).T
    assert 0.85 < errors.mean() / values.std(ddof=1) < 1.9


def test_its_error_is_that_of_leaving_rows_out() -> None:
    """Of skewed sets, where a row's pull on the mean and that on the covariance go together."""
    x, y = RNG.gamma(1, 1, size=(60, 3)), 1.5 * RNG.gamma(2, 1, size=(150, 3))

    def left_out(x: Floats, of: Callable[[Floats], float]) -> float:
        values = np.array([of(np.delete(x, i, 0)) for i in range(len(x))])
        return float((len(x) - 1) * values.var())

    variance = left_out(x, lambda rest: frechet(rest, y)[0])
    variance += left_out(y, lambda rest: frechet(x, rest)[0])
    assert frechet(x, y)[1] == pytest.approx(variance**0.5, rel=0.05)


def test_directions_that_hardly_vary_count_as_little() -> None:
    """Covariances that are singular but for a little noise, and one of lower rank."""
    turn = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    for noise in (0.0, 1e-9, 1e-7, 1e-4):
        flat = (X * [1, 1, 1, noise, noise, noise]) @ turn
        there, back = frechet(flat, Y), frechet(Y, flat)
        assert there == pytest.approx(back, rel=1e-5)
        assert there == pytest.approx(frechet((X * [1, 1, 1, 0, 0, 0]) @ turn, Y), rel=1e-2)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = frechet(X, Y)
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 37)
    assert frechet(X, Y) == pytest.approx(whole)


def test_its_error_is_known_from_some_rows() -> None:
    """Of sets larger than that, sorted so that the first rows are unlike the others."""
    x, y = RNG.gamma(3, 1, size=(8000, 5)), RNG.gamma(2, 1, size=(8000, 5))
    x = x[x[:, 0].argsort()]
    some = frechet(x, y)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ROWS_FOR_ERROR", 8000)
        every = frechet(x, y)
    assert some[0] == every[0]
    assert some[1] != every[1]
    assert some[1] == pytest.approx(every[1], rel=0.1)
