from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from kullback.distributions import Noise
from kullback.divergences import Critic, Penalty, score, unit_slope, zero_slope
from kullback.divergences.penalties import Points, between

ROWS = 6
patiently = settings(deadline=None, max_examples=30)


def noise() -> Noise:
    return Noise.seeded(ROWS, 3, dtype=torch.float64)


def points(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(ROWS, *shape, generator=generator, dtype=torch.float64)


def value(penalty: Penalty, critic: Critic, q: Points, p: Points, numbers: Noise) -> Tensor:
    return penalty.value(critic, score(critic, q), score(critic, p), numbers)


def direction(*shape: int) -> Tensor:
    """A vector of length one."""
    vector = points(*shape, seed=9)[0]
    length: Tensor = torch.linalg.vector_norm(vector)
    return vector / length


def linear(*weights: Tensor) -> Callable[..., Tensor]:
    """D(x, z, …) = w·x + v·z + …, whose gradient is (w, v, …) everywhere."""
    return lambda *at: torch.stack(
        [(x * w).flatten(1).sum(1) for x, w in zip(at, weights, strict=True)]
    ).sum(0)


def bowl(x: Tensor) -> Tensor:
    """D(x) = ½‖x‖², whose gradient is x."""
    return 0.5 * x.flatten(1).square().sum(1)


@pytest.mark.parametrize("shape", [(3,), (2, 4), (3, 4, 5)])
@pytest.mark.parametrize("slope", [0.25, 1.0, 3.0])
def test_a_critic_of_slope_a_pays_lambda_times_a_less_one_squared(
    shape: tuple[int, ...], slope: float
) -> None:
    critic = linear(slope * direction(*shape))
    paid = value(unit_slope(10.0), critic, (points(*shape),), (points(*shape, seed=1),), noise())
    assert float(paid) == pytest.approx(10 * (slope - 1) ** 2, abs=1e-9)


@patiently
@given(st.floats(0, 2 * torch.pi))
def test_the_slope_of_several_inputs_is_that_of_all_of_them_together(angle: float) -> None:
    turn = torch.tensor(angle).double()
    critic = linear(turn.cos() * direction(3), turn.sin() * direction(2, 2))
    q, p = (points(3), points(2, 2)), (points(3, seed=1), points(2, 2, seed=2))
    assert float(value(unit_slope(), critic, q, p, noise())) == pytest.approx(0, abs=1e-9)
    torch.testing.assert_close(score(critic, q).squared_slope(), torch.ones(ROWS).double())


def test_the_penalty_is_the_mean_over_observations_of_each_ones_own_slope() -> None:
    q, p, numbers = points(3), points(3, seed=1), torch.rand(ROWS).double()
    middle = numbers[:, None] * q + (1 - numbers[:, None]) * p
    paid = value(unit_slope(2.0), bowl, (q,), (p,), Noise.replay(ROWS, [numbers]))
    torch.testing.assert_close(paid, 2 * ((middle.norm(dim=1) - 1) ** 2).mean())


def test_one_number_per_observation_mixes_all_of_its_variables() -> None:
    q, p = (
        (torch.ones(ROWS, 2), torch.ones(ROWS, 3, 4)),
        (torch.zeros(ROWS, 2), torch.zeros(ROWS, 3, 4)),
    )
    source = Noise.seeded(ROWS, 0)
    x, z = between(q, p, source)
    assert source.requests == [("uniform", (ROWS,))]
    assert (x == x[:, :1]).all()
    torch.testing.assert_close(z, x[:, :1, None].expand_as(z))
    assert len(set(x[:, 0].tolist())) == ROWS


def test_the_mixing_weight_stands_on_the_data_side() -> None:
    q, p = (torch.full((2, 1), 5.0),), (torch.full((2, 1), 1.0),)
    (mixed,) = between(q, p, Noise.replay(2, [torch.tensor([0.0, 0.75])]))
    torch.testing.assert_close(mixed, torch.tensor([[1.0], [4.0]]))


@patiently
@given(st.floats(0.1, 4))
def test_the_penaltys_gradient_reaches_the_critic_and_is_the_formulas(slope: float) -> None:
    weight = (slope * direction(4)).requires_grad_(True)
    paid = value(unit_slope(10.0), linear(weight), (points(4),), (points(4, seed=1),), noise())
    (gradient,) = torch.autograd.grad(paid, weight)
    expected = 2 * 10 * (slope - 1) * weight.detach() / slope
    torch.testing.assert_close(gradient, expected, atol=1e-7, rtol=1e-7)


def test_the_gradient_of_a_penalty_on_a_network_is_that_of_finite_differences() -> None:
    torch.manual_seed(0)
    body = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1)).double()
    q, p = (points(2),), (points(2, seed=1),)

    def paid(first: Tensor, last: Tensor) -> Tensor:
        weights = {"0.weight": first, "2.weight": last}
        return value(
            unit_slope(1.0),
            lambda x: torch.func.functional_call(body, weights, (x,)).squeeze(1),
            q,
            p,
            noise(),
        )

    named = dict(body.named_parameters())
    leaves = [named[name].detach().requires_grad_(True) for name in ("0.weight", "2.weight")]
    assert torch.autograd.gradcheck(paid, leaves)


@pytest.mark.parametrize("on", ["q", "p"])
@patiently
@given(st.floats(0.1, 5))
def test_r1_and_r2_of_a_quadratic_critic_are_the_closed_form(on: str, gamma: float) -> None:
    matrix = points(3)[:3]
    symmetric = (matrix + matrix.T).requires_grad_(True)
    q, p = points(3, seed=1), points(3, seed=2)
    side = q if on == "q" else p
    penalty = zero_slope(gamma, on)
    paid = value(penalty, lambda x: 0.5 * ((x @ symmetric) * x).sum(1), (q,), (p,), noise())
    expected = 0.5 * gamma * (side @ symmetric).square().sum(1).mean()
    torch.testing.assert_close(paid, expected)
    (slope,) = torch.autograd.grad(paid, symmetric)
    assert slope.abs().sum() > 0
    assert penalty.name == {"q": "r1", "p": "r2"}[on]


@pytest.mark.parametrize("penalty", [zero_slope(2.0, "q"), zero_slope(2.0, "p"), unit_slope()])
def test_the_order_of_the_observations_does_not_matter(penalty: Penalty) -> None:
    q, p, numbers = points(3), points(3, seed=1), torch.rand(ROWS).double()
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    before = value(penalty, bowl, (q,), (p,), Noise.replay(ROWS, [numbers]))
    after = value(penalty, bowl, (q[order],), (p[order],), Noise.replay(ROWS, [numbers[order]]))
    torch.testing.assert_close(before, after)


def test_a_flat_critic_pays_lambda_and_its_gradient_is_finite() -> None:
    body = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    for parameter in body.parameters():
        nn.init.zeros_(parameter)
    paid = value(
        unit_slope(10.0), lambda x: body(x).squeeze(1), (points(3),), (points(3, seed=1),), noise()
    )
    assert float(paid.detach()) == pytest.approx(10, abs=1e-4)
    gradients = torch.autograd.grad(paid, list(body.parameters()), materialize_grads=True)
    assert all(torch.isfinite(g).all() for g in gradients)


def test_a_penalty_does_not_pull_on_the_points() -> None:
    q = points(3).requires_grad_(True)
    weight = direction(3).requires_grad_(True)
    paid = value(zero_slope(1.0, "q"), linear(weight), (q,), (points(3),), noise())
    (slope,) = torch.autograd.grad(paid, q, materialize_grads=True)
    assert (slope == 0).all()


def test_a_slope_is_measured_in_its_unit() -> None:
    """Of D(x + sε) the slope along ε is s times the slope along x."""
    x, size = points(3), torch.rand(ROWS).double() + 0.1
    epsilon = points(3, seed=4).requires_grad_(True)
    (along,) = torch.autograd.grad(bowl(x + size[:, None] * epsilon).sum(), epsilon)
    seen = score(bowl, ((x + size[:, None] * epsilon).detach(),), size)
    torch.testing.assert_close(seen.squared_slope(), along.square().sum(1))


def test_a_zero_slope_penalty_stands_on_a_side() -> None:
    with pytest.raises(ValueError, match="side q or p"):
        zero_slope(1.0, "x")


def test_a_penalty_prints_as_what_is_paid() -> None:
    assert unit_slope(10.0).formula == "10·E(‖∇D(x̂)‖−1)²"
    assert zero_slope(5.0, "q").formula == "2.5·E_q‖∇D‖²"
    assert zero_slope(5.0, "p", variance=3.0).formula == "2.5·Var(x)·E_p‖∇D‖²"
