"""Gaussians fitted to a density."""

from __future__ import annotations

import pytest
import torch

from kullback.lab.exact.fit import fitted, normal, points, two_bumps
from kullback.lab.exact.table import js, kl

X = points(-12, 12, 241)


def test_masses_have_the_moments_of_the_normal() -> None:
    mass = normal(X, 0.7, 1.3)
    mean = (mass * X).sum()
    assert float(mass.sum()) == pytest.approx(1)
    assert float(mean) == pytest.approx(0.7)
    assert float((mass * (X - mean) ** 2).sum()) == pytest.approx(1.69)


def test_forward_kl_matches_the_moments_of_any_data() -> None:
    data = two_bumps(X, 0.7, 2.0)
    mean = (data * X).sum()
    variance = (data * (X - mean) ** 2).sum()
    found = fitted(X, data, kl, (0.0, 1.0))
    assert found.mean == pytest.approx(float(mean), abs=1e-4)
    assert found.deviation**2 == pytest.approx(float(variance), abs=1e-3)


@pytest.mark.parametrize("divergence", [kl, js, lambda q, p: kl(p, q)])
def test_every_divergence_finds_a_gaussian_that_is_there(divergence: object) -> None:
    assert callable(divergence)
    found = fitted(X, normal(X, -1.0, 0.8), divergence, (0.5, 1.5))
    assert (found.mean, found.deviation) == pytest.approx((-1.0, 0.8), abs=1e-3)
    assert found.left == pytest.approx(0, abs=1e-6)


def test_masses_too_small_for_a_float_still_have_a_logarithm() -> None:
    assert torch.isfinite(normal(X, 10.0, 0.1).log()).all()
