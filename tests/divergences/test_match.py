from __future__ import annotations

import torch
from torch import Tensor

from kullback.divergences import mmd


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
