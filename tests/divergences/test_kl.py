from __future__ import annotations

import math
from typing import Any

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
    OneHotCategorical,
    StudentT,
    kl_divergence,
)

from kullback.distributions import Delta, Rescaled, UnitNormal
from kullback.divergences import closed_form_kl, coordinate_kl, importance_estimate, log_mean_exp

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
        (MultivariateNormal(torch.ones(3, 2), eye), MultivariateNormal(torch.zeros(2), 2 * eye)),
    ]
    for q, p in pairs:
        torch.testing.assert_close(known(q, p), kl_divergence(q, p))


@pytest.mark.parametrize("kind", [Categorical, OneHotCategorical])
@patiently
@given(tensors((4, 3), -5, 5), tensors((4, 3), -5, 5) | tensors((3,), -5, 5))
def test_the_kl_of_classes_is_torchs_and_the_sum_over_their_values(
    kind: type[Categorical] | type[OneHotCategorical], a: Tensor, b: Tensor
) -> None:
    q: Distribution = kind(logits=a)
    p: Distribution = kind(logits=b)
    torch.testing.assert_close(known(q, p), kl_divergence(q, p.expand(torch.Size([4]))))
    every = q.enumerate_support()
    ratios = q.log_prob(every) - p.log_prob(every)
    torch.testing.assert_close(known(q, p), (q.log_prob(every).exp() * ratios).sum(0))


def test_the_gradient_of_the_kl_of_classes_is_its_derivative() -> None:
    logits, others = torch.tensor([[0.3, -2.0, 1.0], [0.5, 4.0, -1.0]]).double()
    logits.requires_grad_(True)
    others.requires_grad_(True)
    value = known(OneHotCategorical(logits=logits), OneHotCategorical(logits=others))
    slopes = torch.autograd.grad(value, (logits, others))
    with torch.no_grad():
        q, p = logits.softmax(0), others.softmax(0)
        expected = (q * ((q / p).log() - value), p - q)
    torch.testing.assert_close(slopes, expected)


def test_classes_without_mass_add_nothing_where_q_has_none_and_all_where_only_p_has_none() -> None:
    never = torch.tensor([0.0, 0.25, 0.75], requires_grad=True)
    some = torch.tensor([0.5, 0.25, 0.25])
    value = known(OneHotCategorical(never), OneHotCategorical(some))
    torch.testing.assert_close(value, torch.tensor(0.75 * math.log(3)))
    nowhere = known(OneHotCategorical(never), OneHotCategorical(torch.tensor([0.0, 0.5, 0.5])))
    for finite in (value, nowhere):
        (slope,) = torch.autograd.grad(finite, never)
        assert torch.isfinite(slope).all()
    assert known(OneHotCategorical(some), OneHotCategorical(never)) == math.inf
    assert known(OneHotCategorical(never), OneHotCategorical(never)) == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the compiler's own
def test_the_kl_of_classes_traces_as_one_graph() -> None:
    def value(a: Tensor, b: Tensor) -> Tensor:
        q = OneHotCategorical(logits=a, validate_args=False)
        return known(q, OneHotCategorical(logits=b, validate_args=False))

    torch._dynamo.reset()
    compiled = torch.compile(value, fullgraph=True, backend="eager")
    logits = torch.linspace(-1, 2, 12).view(4, 3), torch.linspace(1, 0, 3)
    torch.testing.assert_close(compiled(*logits), value(*logits))


@patiently
@given(diagonal((4,), 3), diagonal((4,), 3) | diagonal((), 3))
def test_the_kls_of_the_coordinates_add_up(q: Distribution, p: Distribution) -> None:
    each = coordinate_kl(q, p)
    assert each is not None
    assert each.shape == (4, 3)
    assert (each >= -1e-9).all()
    torch.testing.assert_close(each.sum(1), kl_divergence(q, p.expand((4,))))


def test_coordinates_that_depend_on_each_other_have_no_kl_of_their_own() -> None:
    code = Independent(Normal(torch.zeros(2, 3), 1.0), 1)
    correlated = MultivariateNormal(torch.zeros(2, 3), torch.eye(3))
    assert coordinate_kl(correlated, correlated) is None
    assert coordinate_kl(code, correlated) is None
    assert coordinate_kl(code, Independent(Normal(torch.zeros(2, 4), 1.0), 1)) is None


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
        (Categorical(torch.ones(3)), Categorical(torch.ones(4))),
        (Categorical(torch.ones(3)), OneHotCategorical(torch.ones(3))),
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


def test_the_standard_normal_known_as_such_is_the_standard_normal() -> None:
    loc = torch.randn(6, 3, dtype=torch.float64)
    q = Normal(loc, torch.rand_like(loc) + 0.1)
    zeros = torch.zeros(3, dtype=torch.float64)
    short = closed_form_kl(q, UnitNormal(zeros))
    assert short is not None
    assert torch.allclose(short, kl_divergence(q, Normal(zeros, torch.ones_like(zeros))))
    wide: Any = UnitNormal(zeros).expand(torch.Size([6, 3]))
    assert wide.__class__ is UnitNormal
    general: Any = Normal(0.0, 1.0)
    assert torch.allclose(wide.log_prob(loc), general.log_prob(loc))  # type: ignore[no-untyped-call]
