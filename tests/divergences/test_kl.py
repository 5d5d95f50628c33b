from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch import Tensor
from torch.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    Independent,
    MultivariateNormal,
    Normal,
    StudentT,
    kl_divergence,
)

from kullback.distributions import Delta, Rescaled
from kullback.divergences import closed_form_kl, importance_estimate, log_mean_exp

patiently = settings(deadline=None, max_examples=40)


def tensors(shape: tuple[int, ...], low: float, high: float) -> st.SearchStrategy[Tensor]:
    return hnp.arrays(np.float64, shape, elements=st.floats(low, high)).map(torch.from_numpy)


def diagonal(rows: tuple[int, ...], dim: int) -> st.SearchStrategy[Distribution]:
    means, log_scales = tensors((*rows, dim), -5, 5), tensors((*rows, dim), -4, 3)
    return st.builds(lambda m, s: Independent(Normal(m, s.exp()), 1), means, log_scales)


def real(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)


def known(q: Distribution, p: Distribution) -> Tensor:
    value = closed_form_kl(q, p)
    assert value is not None
    return value


def naive(mean: float, s: float) -> float:
    """The two penalties that come first to mind: ½μ² + ¼s², s = log σ²."""
    return 0.5 * mean**2 + 0.25 * s**2


def standard_kl(mean: Tensor, s: Tensor) -> Tensor:
    return known(Normal(mean, (0.5 * s).exp()), Normal(torch.zeros_like(mean), 1.0))


@patiently
@given(diagonal((4,), 3), diagonal((4,), 3) | diagonal((), 3))
def test_the_kl_of_diagonal_gaussians_is_torchs(q: Distribution, p: Distribution) -> None:
    reference = kl_divergence(q, p.expand((4,)))
    torch.testing.assert_close(known(q, p), reference)
    assert (reference >= -1e-9).all()


@patiently
@given(diagonal((2,), 3))
def test_the_kl_of_a_gaussian_with_itself_is_zero(q: Distribution) -> None:
    torch.testing.assert_close(known(q, q), torch.zeros(2).double(), atol=1e-12, rtol=0)


def test_the_kl_is_the_mean_log_ratio_of_draws() -> None:
    torch.manual_seed(0)
    q: Distribution = Independent(Normal(torch.tensor([0.5, -1.0]), torch.tensor([0.7, 1.5])), 1)
    p: Distribution = Independent(Normal(torch.zeros(2), torch.tensor([1.0, 2.0])), 1)
    z = q.sample((40_000,))
    ratios = q.log_prob(z) - p.log_prob(z)
    error = ratios.std() / math.sqrt(len(ratios))
    assert (ratios.mean() - known(q, p)).abs() < 4 * error
    assert error < 0.02


@patiently
@given(*[tensors((3,), -2, 2) for _ in range(4)])
def test_the_gradient_of_the_kl_is_its_derivative(
    m: Tensor, a: Tensor, n: Tensor, b: Tensor
) -> None:
    leaves = [t.clone().requires_grad_(True) for t in (m, a.exp(), n, b.exp())]
    mean, scale, other, spread = leaves
    value = known(Independent(Normal(mean, scale), 1), Independent(Normal(other, spread), 1))
    slopes = torch.autograd.grad(value, leaves)
    with torch.no_grad():
        shift = (mean - other) / spread**2
        expected = (
            shift,
            scale / spread**2 - 1 / scale,
            -shift,
            1 / spread - (scale**2 + (mean - other) ** 2) / spread**3,
        )
    torch.testing.assert_close(slopes, expected)


@patiently
@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
def test_near_the_prior_the_kl_is_half_mu_squared_and_a_quarter_of_s_squared(
    mean: float, s: float
) -> None:
    exact = standard_kl(real(mean), real(s))
    # What is left out is ½(eˢ − 1 − s − ½s²), of third order.
    assert float(exact) == pytest.approx(naive(mean, s), abs=abs(s) ** 3 / 10 + 1e-12)


def test_far_from_the_prior_the_quadratic_penalty_is_wrong() -> None:
    exact = float(standard_kl(real(0), real(-6)))
    assert exact == pytest.approx(2.50, abs=0.005)
    assert naive(0, -6) == 9.0


def test_the_kl_curves_twice_as_much_in_the_mean_as_in_the_log_variance() -> None:
    def at(point: Tensor) -> Tensor:
        return standard_kl(point[0], point[1])

    origin = torch.zeros(2).double()
    hessian = torch.autograd.functional.hessian(at, origin)  # type: ignore[no-untyped-call]
    torch.testing.assert_close(hessian, torch.tensor([[1.0, 0.0], [0.0, 0.5]]).double())


@patiently
@given(st.floats(-2, 2), st.floats(-2, 2))
def test_with_a_log_standard_deviation_twice_the_kl_has_exp_two_sigma(m: float, s: float) -> None:
    code = Normal(real(m), real(s).exp())
    twice = 2 * float(known(code, Normal(real(0), 1.0)))
    assert twice == pytest.approx(math.exp(2 * s) - 2 * s - 1 + m**2, abs=1e-9)


def test_other_pairs_are_left_to_torch() -> None:
    eye = torch.eye(2)
    pairs: list[tuple[Distribution, Distribution]] = [
        (Bernoulli(torch.tensor([0.2, 0.7])), Bernoulli(torch.tensor(0.5))),
        (Categorical(torch.tensor([[0.2, 0.8]])), Categorical(torch.tensor([0.5, 0.5]))),
        (MultivariateNormal(torch.ones(3, 2), eye), MultivariateNormal(torch.zeros(2), 2 * eye)),
    ]
    for q, p in pairs:
        torch.testing.assert_close(known(q, p), kl_divergence(q, p))


def test_where_no_closed_form_is_known_there_is_none() -> None:
    normal = Normal(torch.zeros(3), 1.0)
    code = Independent(normal, 1)
    unknown: list[tuple[Distribution, Distribution]] = [
        (Delta(torch.zeros(3)), code),
        (code, Delta(torch.zeros(3))),
        (StudentT(torch.tensor(3.0)), Normal(0.0, 1.0)),
        (Rescaled(code, 1.0), Rescaled(code, 1.0)),
        (code, MultivariateNormal(torch.zeros(3), torch.eye(3))),
        (Independent(StudentT(torch.full((3,), 3.0)), 1), code),
        (code, Independent(Normal(torch.zeros(4), 1.0), 1)),
    ]
    for q, p in unknown:
        assert closed_form_kl(q, p) is None


@pytest.mark.parametrize("events", [0, 1, 2, 3])
def test_the_kl_has_the_batchs_shape_whatever_is_the_event(events: int) -> None:
    torch.manual_seed(0)
    q = Independent(Normal(torch.randn(4, 3, 2), 1.0), events)
    p = Independent(Normal(torch.zeros(4, 3, 2), 1.0), events)
    assert known(q, p).shape == q.batch_shape
    torch.testing.assert_close(known(q, p), kl_divergence(q, p))


@patiently
@given(tensors((5, 2), -3, 3), st.floats(-500, 500))
def test_log_mean_exp_is_the_log_of_the_mean_and_moves_with_a_shift(w: Tensor, c: float) -> None:
    torch.testing.assert_close(log_mean_exp(w), w.exp().mean(0).log())
    torch.testing.assert_close(log_mean_exp(w + c), log_mean_exp(w) + c)
    torch.testing.assert_close(log_mean_exp(w.T, dim=1), log_mean_exp(w))


@patiently
@given(tensors((6, 3), -700, 700))
def test_log_mean_exp_lies_between_the_mean_and_the_largest(w: Tensor) -> None:
    bound = log_mean_exp(w)
    assert (bound >= w.mean(0) - 1e-9).all()
    assert (bound <= w.amax(0) + 1e-9).all()


def test_the_error_of_an_importance_estimate_is_the_spread_of_repeated_estimates() -> None:
    torch.manual_seed(0)
    # log w ~ N(−½s², s²) has mean weight 1: what is estimated is 0.
    s, draws, repeats = 0.5, 400, 4000
    values, errors = importance_estimate(s * torch.randn(draws, repeats) - 0.5 * s**2)
    assert float(errors.mean()) == pytest.approx(float(values.std()), rel=0.05)
    assert float(values.mean()) == pytest.approx(
        0, abs=4 * float(values.std()) / repeats**0.5 + 1e-3
    )


@patiently
@given(tensors((7, 2), -5, 5), st.floats(-800, 800))
def test_the_error_of_an_importance_estimate_ignores_the_weights_unit(w: Tensor, c: float) -> None:
    torch.testing.assert_close(importance_estimate(w + c)[1], importance_estimate(w)[1])


def test_equal_weights_have_no_error() -> None:
    value, error = importance_estimate(torch.full((8, 3), -1234.5))
    torch.testing.assert_close(value, torch.full((3,), -1234.5))
    assert (error == 0).all()
