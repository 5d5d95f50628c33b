"""The duals on a table: a few points with probabilities q and p, and free logits."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kullback.divergences import (
    FULL,
    HINGE,
    LEAST_SQUARES,
    MINIMAX,
    NON_SATURATING,
    RELATIVISTIC,
    WASSERSTEIN,
    Dual,
)

DUALS = [MINIMAX, NON_SATURATING, FULL, LEAST_SQUARES, HINGE, WASSERSTEIN, RELATIVISTIC]
LOGISTIC = [MINIMAX, NON_SATURATING, FULL]
POINTS = 4
ROWS = 24

each_dual = pytest.mark.parametrize("dual", DUALS, ids=lambda d: d.name)
patiently = settings(deadline=None, max_examples=30)


@st.composite
def counts(draw: st.DrawFn) -> Tensor:
    """How often each point stands in a batch of ROWS: a mean over it is an exact expectation."""
    cuts = draw(st.lists(st.integers(1, ROWS - 1), min_size=3, max_size=3, unique=True))
    edges = torch.tensor([0, *sorted(cuts), ROWS])
    return edges.diff()


def shares(of: Tensor) -> Tensor:
    return of.double() / ROWS


def critic_loss(dual: Dual, logits: Tensor, q: Tensor, p: Tensor) -> Tensor:
    return dual.critic(logits.repeat_interleave(q), logits.repeat_interleave(p))


def mover_values(dual: Dual, logits: Tensor) -> Tensor:
    """The loss of each point for a mover on the model side."""
    return torch.stack([dual.mover(logit[None], None) for logit in logits])


def kl(a: Tensor, b: Tensor) -> Tensor:
    return (a * (a / b).log()).sum()


def js(q: Tensor, p: Tensor) -> Tensor:
    middle = (q + p) / 2
    return 0.5 * kl(q, middle) + 0.5 * kl(p, middle)


def slope_on_simplex(values: Tensor, p: Tensor) -> Tensor:
    """∂/∂θ of Σ softmax(θ)·values at softmax(θ) = p, the values held fixed."""
    theta = p.log().requires_grad_(True)
    (slope,) = torch.autograd.grad((theta.softmax(0) * values).sum(), theta)
    return slope


def slope_of(divergence: Tensor, theta: Tensor) -> Tensor:
    (slope,) = torch.autograd.grad(divergence, theta)
    return slope


@pytest.mark.parametrize("dual", LOGISTIC, ids=lambda d: d.name)
@patiently
@given(counts(), counts())
def test_at_the_best_logistic_critic_the_loss_is_two_log_two_less_two_js(
    dual: Dual, q: Tensor, p: Tensor
) -> None:
    best = (shares(q) / shares(p)).log()
    loss = critic_loss(dual, best, q, p)
    torch.testing.assert_close(loss, 2 * math.log(2) - 2 * js(shares(q), shares(p)))


@pytest.mark.parametrize(
    ("dual", "best"),
    [
        (MINIMAX, lambda q, p: (q / p).log()),
        (NON_SATURATING, lambda q, p: (q / p).log()),
        (LEAST_SQUARES, lambda q, p: (q - p) / (q + p)),
    ],
    ids=lambda d: getattr(d, "name", "best"),
)
@settings(deadline=None, max_examples=8)
@given(q=counts(), p=counts())
def test_the_critics_numerical_optimum_is_the_known_one(
    dual: Dual, best: object, q: Tensor, p: Tensor
) -> None:
    assert callable(best)
    logits = torch.zeros(POINTS, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS(
        [logits],
        max_iter=500,
        tolerance_grad=1e-10,
        tolerance_change=1e-16,
        line_search_fn="strong_wolfe",
    )

    def loss() -> Tensor:
        search.zero_grad()
        value = critic_loss(dual, logits, q, p)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(loss)  # type: ignore[no-untyped-call]
    torch.testing.assert_close(logits.detach(), best(shares(q), shares(p)), atol=1e-4, rtol=1e-4)


@patiently
@given(counts(), counts())
def test_the_minimax_mover_moves_down_two_js(q: Tensor, p: Tensor) -> None:
    data, model = shares(q), shares(p)
    theta = model.log().requires_grad_(True)
    expected = slope_of(2 * js(data, theta.softmax(0)), theta)
    values = mover_values(MINIMAX, (data / model).log())
    torch.testing.assert_close(slope_on_simplex(values, model), expected, atol=1e-11, rtol=0)


@patiently
@given(counts(), counts())
def test_the_full_mover_moves_down_kl_and_is_the_sum_of_the_other_two(q: Tensor, p: Tensor) -> None:
    data, model = shares(q), shares(p)
    theta = model.log().requires_grad_(True)
    expected = slope_of(kl(theta.softmax(0), data), theta)
    logits = (data / model).log()
    values = mover_values(FULL, logits)
    torch.testing.assert_close(slope_on_simplex(values, model), expected, atol=1e-11, rtol=0)
    both = mover_values(MINIMAX, logits) + mover_values(NON_SATURATING, logits)
    torch.testing.assert_close(values, both)


@patiently
@given(counts(), counts())
def test_the_non_saturating_mover_moves_down_two_kl_of_the_mixture_and_the_data(
    q: Tensor, p: Tensor
) -> None:
    data, model = shares(q), shares(p)
    theta = model.log().requires_grad_(True)
    moved = theta.softmax(0)
    expected = slope_of(2 * kl((data + moved) / 2, data), theta)
    values = mover_values(NON_SATURATING, (data / model).log())
    torch.testing.assert_close(slope_on_simplex(values, model), expected, atol=1e-11, rtol=0)
    moved = model  # and 2 KL(m‖q) = KL(p‖q) − 2 JS
    torch.testing.assert_close(
        2 * kl((data + moved) / 2, data), kl(moved, data) - 2 * js(data, moved)
    )


def test_where_the_critic_is_sure_the_saturating_gradient_vanishes_and_the_other_does_not() -> None:
    chance = torch.tensor([0.5, 0.1, 0.01, 1e-4], dtype=torch.float64)
    logits = torch.logit(chance).requires_grad_(True)
    (saturating,) = torch.autograd.grad(mover_values(MINIMAX, logits).sum(), logits)
    (other,) = torch.autograd.grad(mover_values(NON_SATURATING, logits).sum(), logits)
    torch.testing.assert_close(saturating, -chance)
    torch.testing.assert_close(
        other / saturating, torch.tensor([1.0, 9.0, 99.0, 9999.0], dtype=torch.float64)
    )


@patiently
@given(counts(), counts())
def test_least_squares_at_its_best_critic_is_a_pearson_divergence(q: Tensor, p: Tensor) -> None:
    data, model = shares(q), shares(p)
    # χ²(q+p ‖ 2p) in the sense of Mao et al.: Σ (2p − (q+p))² / (q+p).
    pearson = ((2 * model - (data + model)) ** 2 / (data + model)).sum()
    best = (data - model) / (data + model)
    torch.testing.assert_close(critic_loss(LEAST_SQUARES, best, q, p), 1 - pearson / 2)
    # A sample of the model costs most where the model has too much, and least where too little.
    values = mover_values(LEAST_SQUARES, best)
    torch.testing.assert_close(values, 2 * (model / (data + model)) ** 2)


@patiently
@given(counts(), counts())
def test_the_hinge_at_its_best_critic_is_the_total_variation(q: Tensor, p: Tensor) -> None:
    data, model = shares(q), shares(p)
    best = (data - model).sign()
    variation = 0.5 * (data - model).abs().sum()
    loss = critic_loss(HINGE, best, q, p)
    torch.testing.assert_close(loss, 2 - 2 * variation)
    for change in (-0.3, 0.3):
        for i in range(POINTS):
            other = best.clone()
            other[i] += change
            assert critic_loss(HINGE, other, q, p) >= loss - 1e-12


def test_the_wasserstein_critics_loss_is_less_the_distance_and_ignores_a_shift() -> None:
    data, model = torch.full((3,), 5.0), torch.full((3,), 2.0)
    assert WASSERSTEIN.critic(data, model) == -3  # the critic D(x) = x has slope one
    assert WASSERSTEIN.critic(data + 7, model + 7) == -3
    assert WASSERSTEIN.critic(model, data) == 3


@each_dual
def test_the_critic_is_better_off_when_the_data_score_higher(dual: Dual) -> None:
    high, low = torch.full((4,), 0.5), torch.full((4,), -0.5)
    assert dual.critic(high, low) < dual.critic(low, high)


@pytest.mark.parametrize("dual", [d for d in DUALS if d is not LEAST_SQUARES], ids=lambda d: d.name)
@given(st.floats(-20, 20))
def test_a_movers_loss_falls_as_its_samples_come_nearer_to_the_other_side(
    dual: Dual, logit: float
) -> None:
    towards = torch.full((3,), logit, dtype=torch.float64, requires_grad=True)
    loss = dual.mover(towards, torch.zeros(3).double())
    (slope,) = torch.autograd.grad(loss, towards)
    assert (slope < 0).all()


@given(st.floats(-20, 20))
def test_a_least_squares_mover_goes_to_what_the_critic_fits_to_the_other_side(logit: float) -> None:
    towards = torch.full((3,), logit, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(LEAST_SQUARES.mover(towards, None), towards)
    torch.testing.assert_close(slope, (towards.detach() - 1) / 3)


@each_dual
@patiently
@given(counts())
def test_where_the_two_sides_are_equal_nobody_moves(dual: Dual, p: Tensor) -> None:
    model = shares(p)
    logits = torch.zeros(POINTS, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(critic_loss(dual, logits, p, p), logits)
    torch.testing.assert_close(slope, torch.zeros_like(slope))
    away = torch.zeros(1).double() if dual.paired else None
    values = torch.stack([dual.mover(logit[None], away) for logit in logits.detach()])
    torch.testing.assert_close(slope_on_simplex(values, model), torch.zeros_like(model))


@each_dual
@patiently
@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=6))
def test_swapping_the_sides_and_the_sign_of_the_logits_leaves_the_critics_loss(
    dual: Dual, logits: list[tuple[float, float]]
) -> None:
    q, p = torch.tensor(logits, dtype=torch.float64).unbind(1)
    torch.testing.assert_close(dual.critic(-p, -q), dual.critic(q, p))


@patiently
@given(st.lists(st.tuples(*[st.floats(-9, 9)] * 2), min_size=1, max_size=6), st.floats(-9, 9))
def test_the_relativistic_game_sees_only_differences_of_pairs(
    logits: list[tuple[float, float]], shift: float
) -> None:
    q, p = torch.tensor(logits, dtype=torch.float64).unbind(1)
    torch.testing.assert_close(RELATIVISTIC.critic(q + shift, p + shift), RELATIVISTIC.critic(q, p))
    torch.testing.assert_close(RELATIVISTIC.mover(p, q), (1 + (q - p).exp()).log().mean())


def test_only_the_relativistic_mover_needs_the_other_sides_logits() -> None:
    assert [dual.name for dual in DUALS if dual.paired] == ["relativistic"]
    with pytest.raises(ValueError, match="other side"):
        RELATIVISTIC.mover(torch.zeros(2), None)


@pytest.mark.parametrize("dual", [MINIMAX, NON_SATURATING, RELATIVISTIC], ids=lambda d: d.name)
def test_a_logistic_loss_is_finite_for_logits_of_any_size(dual: Dual) -> None:
    q, p = torch.tensor([-1e4, 1e4]), torch.tensor([1e4, -1e4])
    assert torch.isfinite(dual.critic(q, p))
    assert torch.isfinite(dual.mover(q, p))
