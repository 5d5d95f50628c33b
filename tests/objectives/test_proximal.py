from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Normal

from kullback.distributions import Delta, Noise
from kullback.divergences import NON_SATURATING
from kullback.objectives import Clock, Data, Factor, Joint, Snapshot, adversarial, proximal

CLOCK = Clock(*torch.zeros(3).unbind())
ROWS = 7


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(2).double(), torch.ones(2).double()), 1)


class Line(nn.Module):
    """The point z·a + b."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
        self.b = nn.Parameter(torch.zeros(2, dtype=torch.float64))

    def forward(self, z: Tensor) -> Distribution:
        return Delta(z * self.a + self.b)


class Critic(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.w


def setting() -> tuple[Joint, Line, Snapshot]:
    network = Line()
    p = Joint("p", Factor("z", Prior()), Factor("x", network, given="z"))
    return p, network, Snapshot(network, every=3)


def term(p: Joint, snapshot: Snapshot, weight: float = 1.0) -> Tensor:
    player = proximal(p, snapshot, weight=weight)["model"]
    noise = Noise.seeded(ROWS, 0, dtype=torch.float64)
    (value,) = player.terms({}, noise, CLOCK).values()
    return value


def moved(network: Line, a: float = 0.5, b: float = -0.25) -> None:
    with torch.no_grad():
        network.a.add_(a)
        network.b.add_(b)


def test_at_the_snapshot_the_term_and_its_gradient_are_nought_and_away_from_it_they_are_not() -> (
    None
):
    p, network, snapshot = setting()
    value = term(p, snapshot)
    gradients = torch.autograd.grad(value, list(network.parameters()))
    assert float(value.detach()) == 0
    assert not any(gradient.any() for gradient in gradients)
    moved(network)
    value = term(p, snapshot)
    gradients = torch.autograd.grad(value, list(network.parameters()))
    assert float(value.detach()) > 0
    assert all(gradient.all() for gradient in gradients)


def test_both_networks_are_given_the_same_z() -> None:
    p, network, snapshot = setting()
    moved(network, 0, 1.5)  # a shift: the same distance for every z, and for the same z only
    assert float(term(p, snapshot).detach()) == pytest.approx(2 * 1.5**2, abs=1e-12)


def test_the_term_is_the_weighted_mean_of_squared_distances_and_pulls_back() -> None:
    p, network, snapshot = setting()
    moved(network, 0.5, 0)
    z = Noise.seeded(ROWS, 0, dtype=torch.float64).normal(ROWS, 2)
    value = term(p, snapshot, weight=3.0)
    expected = 3 * (0.5 * z).square().sum(1).mean()
    torch.testing.assert_close(value, expected)
    (gradient,) = torch.autograd.grad(value, network.a)
    torch.testing.assert_close(gradient, 3 * 2 * 0.5 * z.square().mean(0))


def test_it_is_the_kl_of_joints_blurred_by_s_with_the_weight_of_one_over_two_s_squared() -> None:
    p, network, snapshot = setting()
    moved(network)
    s = 0.7
    z = Noise.seeded(ROWS, 0, dtype=torch.float64).normal(ROWS, 2)
    laws = [Normal(module(z).mean, s) for module in (network, snapshot.module)]
    exact = torch.distributions.kl_divergence(*laws).sum(1).mean()
    torch.testing.assert_close(term(p, snapshot, 1 / (2 * s**2)), exact)


def test_nothing_reaches_the_snapshots_weights() -> None:
    p, network, snapshot = setting()
    moved(network)
    assert not any(parameter.requires_grad for parameter in snapshot.module.parameters())
    player = proximal(p, snapshot)["model"]
    assert {id(x) for x in player.parameters} == {id(x) for x in network.parameters()}


def test_it_adds_to_a_game_and_prints() -> None:
    p, _, snapshot = setting()
    game = adversarial(NON_SATURATING, Joint("q", Data("x")), p, Critic(), model_moves=2)
    both = game + proximal(p, snapshot, weight=2.0, moves=2)
    noise = Noise.seeded(ROWS, 0, dtype=torch.float64)
    assert set(both["model"].terms({}, noise, CLOCK)) == {"adversarial_x", "proximal_x"}
    assert both["model"].moves == 2
    assert not both["model"].observes
    assert both.followers == {"old p(x|z)": snapshot}
    assert str(both).splitlines()[1] == (
        "min  2·E ‖x − x_old‖²,  x and x_old of p(x|z) now and at most 3 rounds ago, of the same z"
    )
    with pytest.raises(ValueError, match="two ways"):
        game + proximal(p, snapshot)
