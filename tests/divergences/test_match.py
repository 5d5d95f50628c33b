from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from kullback.divergences import mean_distance, mmd
from kullback.errors import BadInput


def normal(rows: int, *shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(rows, *shape, generator=generator, dtype=torch.float64)


def kernel(a: Tensor, b: Tensor, scale: float) -> float:
    squared = float((a - b).square().sum())
    base = 2 * a.numel() * scale**2
    return sum(base * c / (base * c + squared) for c in (0.1, 0.2, 0.5, 1, 2, 5, 10))


def test_mmd_is_the_sum_of_kernels_without_the_pairs_of_a_point_with_itself() -> None:
    q, p = normal(3, 2), normal(4, 2, seed=1) + 1
    within_q = [kernel(q[i], q[j], 0.5) for i in range(3) for j in range(3) if i != j]
    within_p = [kernel(p[i], p[j], 0.5) for i in range(4) for j in range(4) if i != j]
    across = [kernel(a, b, 0.5) for a in q for b in p]
    expected = sum(within_q) / 6 + sum(within_p) / 12 - 2 * sum(across) / 12
    torch.testing.assert_close(mmd(q, p, scale=0.5), torch.tensor(expected).double())


def test_mmd_of_two_samples_of_one_law_is_zero_on_average() -> None:
    values = torch.stack(
        [mmd(normal(10, 2, seed=2 * i), normal(12, 2, seed=2 * i + 1)) for i in range(400)]
    )
    error = values.std() / len(values) ** 0.5
    assert values.mean().abs() < 4 * error
    assert (values < 0).any()
    assert error < 0.02


def test_mmd_of_the_smallest_batches_is_right_on_average_where_the_laws_differ() -> None:
    # E k over z − w ~ N(m, 2) in one dimension, by quadrature.
    nodes = np.linspace(-10, 10, 20_001)
    weights = np.exp(-0.5 * nodes**2)

    def mean_kernel(shift: float) -> float:
        squared = (shift + 2**0.5 * nodes) ** 2
        kernels = [2 * c / (2 * c + squared) for c in (0.1, 0.2, 0.5, 1, 2, 5, 10)]
        return float((weights * np.sum(kernels, 0)).sum() / weights.sum())

    expected = 2 * mean_kernel(0.0) - 2 * mean_kernel(1.5)
    values = torch.stack(
        [mmd(normal(2, 1, seed=2 * i), normal(2, 1, seed=2 * i + 1) + 1.5) for i in range(800)]
    )
    error = float(values.std()) / len(values) ** 0.5
    assert float(values.mean()) == pytest.approx(expected, abs=4 * error)
    assert error < 0.1 * expected


def test_one_observation_has_no_pairs() -> None:
    with pytest.raises(BadInput, match=r"MMD of 1 and 4 rows: each side needs a batch of 2"):
        mmd(normal(1, 2), normal(4, 2))


def test_mmd_grows_with_the_distance() -> None:
    q, p = normal(200, 2), normal(200, 2, seed=1)
    found = torch.stack([mmd(q, p + shift) for shift in (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)])
    assert (found.diff() > 0).all()


def test_mmd_ignores_the_order_of_rows_and_of_sides() -> None:
    q, p = normal(7, 2), normal(7, 2, seed=1) + 1
    torch.testing.assert_close(mmd(q.flip(0), p.roll(3, 0)), mmd(q, p))
    torch.testing.assert_close(mmd(p, q), mmd(q, p))


def test_mmd_flattens_observations_and_scales_with_its_unit() -> None:
    q, p = normal(7, 2, 3), normal(7, 2, 3, seed=1) + 1
    torch.testing.assert_close(mmd(q, p), mmd(q.flatten(1), p.flatten(1)))
    torch.testing.assert_close(mmd(10 * q, 10 * p, scale=10.0), mmd(q, p))


def test_the_gradient_of_mmd_pulls_the_samples_together() -> None:
    q = (normal(30, 2) + 3).requires_grad_(True)
    (slope,) = torch.autograd.grad(mmd(q, normal(30, 2, seed=1)), q)
    assert torch.isfinite(slope).all()
    assert (slope.sum(0) > 0).all()


def test_the_distance_of_means_is_unbiased_where_the_squared_difference_is_not() -> None:
    rows, shift = 4, torch.tensor([1.0, -0.5]).double()
    pairs = [
        (normal(rows, 2, seed=2 * i), normal(rows, 2, seed=2 * i + 1) + shift) for i in range(2000)
    ]
    values = torch.stack([mean_distance(q, p) for q, p in pairs])
    error = float(values.std()) / len(values) ** 0.5
    expected = float(shift.square().sum())
    assert float(values.mean()) == pytest.approx(expected, abs=4 * error)
    naive = torch.stack([(q.mean(0) - p.mean(0)).square().sum() for q, p in pairs])
    assert float(naive.mean()) > expected + 0.5


def test_class_by_class_the_distance_is_of_each_class_s_means() -> None:
    # With two rows of a class, the one product of their differences; other classes add nothing.
    q, p = normal(4, 3), normal(4, 3, seed=1)
    difference = q - p
    classes = torch.eye(2).double().repeat_interleave(2, 0)
    inner = difference[0] @ difference[1] + difference[2] @ difference[3]
    torch.testing.assert_close(mean_distance(q, p, classes), 2 * 2 * inner / (4 * 3))


def test_means_that_differ_in_the_classes_alone_are_told_apart_only_class_by_class() -> None:
    classes = torch.eye(2).double()[torch.arange(400) % 2]
    centres = torch.tensor([[2.0], [-2.0]]).double()
    q = classes @ centres + 0.1 * normal(400, 1)
    p = -classes @ centres + 0.1 * normal(400, 1, seed=1)
    assert float(mean_distance(q, p).abs()) < 0.3
    # C Σ P(c)² 4² with two classes of a half each.
    assert float(mean_distance(q, p, classes)) == pytest.approx(16.0, rel=0.05)


def test_one_row_has_no_distance_of_means() -> None:
    with pytest.raises(BadInput, match="1 row"):
        mean_distance(normal(1, 2), normal(1, 2))
