from __future__ import annotations

import numpy as np
import pytest

from kullback.data import Space
from kullback.evaluation.features import values
from kullback.evaluation.principal import MOST, Principal, principal_directions


def test_few_values_are_only_turned() -> None:
    x = np.random.default_rng(0).standard_normal((200, 6)).astype(np.float32)
    found = Principal.of(values(Space.of(x)), x)(x)
    distances = np.linalg.norm(found[:50, None] - found[None, :50], axis=2)
    scale = Space.of(x).scale
    assert np.allclose(distances, np.linalg.norm(x[:50, None] - x[None, :50], axis=2) / scale)


def test_the_sketch_finds_the_directions_of_the_exact_decomposition() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((700, 30)) @ rng.standard_normal((30, 400))
    x += 0.01 * rng.standard_normal((700, 400))
    found = Principal.of(values(Space.of(x)), x)
    assert found.directions.shape == (400, MOST)
    centred = Space.of(x).to_model(x)
    exact = np.linalg.svd(centred - centred.mean(0), full_matrices=False)[2][:30]
    inside = np.linalg.norm(exact @ found.directions, axis=1)
    assert inside == pytest.approx(np.ones(30), abs=1e-6)


def test_noise_in_every_value_counts_little() -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((500, 5)) @ rng.standard_normal((5, 300))
    noisy = x + 0.5 * rng.standard_normal(x.shape)
    components = Principal.of(values(Space.of(x)), x)
    moved = np.linalg.norm(components(noisy) - components(x), axis=1).mean()
    assert moved < 0.5 * np.linalg.norm((noisy - x) / Space.of(x).scale, axis=1).mean()


def test_principal_directions_are_those_of_the_largest_variance() -> None:
    x = np.random.default_rng(3).normal(size=(100, 5)) * [1, 9, 2, 5, 3] + 10
    axes = principal_directions(x, 2)
    np.testing.assert_allclose(axes.T @ axes, np.eye(2), atol=1e-12)
    largest = np.linalg.eigvalsh(np.cov(x.T))[::-1][:2]
    np.testing.assert_allclose((x @ axes).var(0, ddof=1), largest)
