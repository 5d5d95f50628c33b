"""Noise on what a critic sees: of what size, on which side, and told to whom."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Normal

from kullback.distributions import Delta, Noise
from kullback.divergences import RELATIVISTIC, zero_slope
from kullback.objectives import (
    Clock,
    Data,
    Factor,
    InstanceNoise,
    Joint,
    Objective,
    adversarial,
    annealed,
    every_size,
)

ROWS = 4000
W = torch.tensor([3.0, 4.0], dtype=torch.float64)


def clock(progress: float = 0.0) -> Clock:
    return Clock(torch.zeros(()), torch.zeros(()), torch.tensor(progress))


def noise() -> Noise:
    return Noise.seeded(ROWS, 0, dtype=torch.float64)


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(2).double(), torch.ones(2).double()), 1)


class Shift(nn.Module):
    """The point b, whatever z is."""

    def __init__(self) -> None:
        super().__init__()
        self.b = nn.Parameter(torch.tensor([10.0, -5.0], dtype=torch.float64))

    def forward(self, z: Tensor) -> Distribution:
        return Delta(self.b.expand_as(z))


class Critic(nn.Module):
    """w·x; it keeps what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(W.clone())
        self.shown: list[tuple[Tensor, ...]] = []

    def forward(self, x: Tensor, *s: Tensor) -> Tensor:
        self.shown.append((x.detach(), *s))
        return x @ self.w


def game(sizes: InstanceNoise) -> tuple[Objective, Critic, Shift]:
    maker, critic = Shift(), Critic()
    q = Joint("q", Data("x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", maker, given="z"))
    flat = [zero_slope(2.0, "q"), zero_slope(2.0, "p")]
    return adversarial(RELATIVISTIC, q, p, critic, "x", flat, instance_noise=sizes), critic, maker


def terms(objective: Objective, player: str) -> dict[str, Tensor]:
    return objective[player].terms({"x": torch.zeros(ROWS, 2).double()}, noise(), clock())


@pytest.mark.parametrize("progress", [0.0, 0.25, 1.0])
def test_annealed_noise_is_one_size_that_falls_to_nought(progress: float) -> None:
    for spread, unit in ((None, 1.0), (3.0, 3.0)):
        found = annealed(0.5, spread).size(noise(), clock(progress))
        torch.testing.assert_close(found, torch.full((ROWS,), 0.5 * unit * (1 - progress)))


def test_noise_of_every_size_is_uniform_in_its_logarithm() -> None:
    found = every_size(0.01, 2.0, spread=3.0).size(noise(), clock()).log()
    low, high = math.log(0.03), math.log(6.0)
    assert low <= float(found.min()) < low + 0.01
    assert high - 0.01 < float(found.max()) <= high
    assert float(found.mean()) == pytest.approx((low + high) / 2, abs=0.1)
    assert float(found.std()) == pytest.approx((high - low) / math.sqrt(12), rel=0.03)


def test_the_two_of_a_pair_have_one_size_and_noise_of_their_own() -> None:
    objective, critic, maker = game(every_size(0.1, 2.0))
    terms(objective, "critic")
    (real, told), (made, told_again) = critic.shown
    assert torch.equal(told, told_again)
    on_q, on_p = real / told[:, None], (made - maker.b.detach()) / told[:, None]
    both = torch.cat([on_q, on_p], 1)
    torch.testing.assert_close(both.mean(0), torch.zeros(4).double(), atol=0.07, rtol=0)
    torch.testing.assert_close(both.T.cov(), torch.eye(4).double(), atol=0.1, rtol=0)


def test_a_size_that_is_the_same_for_all_is_not_told() -> None:
    objective, critic, _ = game(annealed(0.5))
    terms(objective, "critic")
    assert [len(seen) for seen in critic.shown] == [1, 1]
    assert float(critic.shown[0][0].std()) == pytest.approx(0.5, rel=0.05)


def test_slopes_are_in_units_of_the_noise() -> None:
    objective, critic, _ = game(every_size(0.1, 2.0))
    found = terms(objective, "critic")
    size = critic.shown[0][1]
    for name in ("r1_x", "r2_x"):
        torch.testing.assert_close(found[name], (size**2 * 25).mean())


def test_the_mover_is_led_from_where_the_noise_puts_its_samples() -> None:
    objective, critic, maker = game(every_size(0.1, 2.0))
    (loss,) = terms(objective, "model").values()
    (slope,) = torch.autograd.grad(loss, maker.b)
    (real, _), (made, _) = critic.shown
    share = torch.sigmoid((real - made) @ W).mean()
    torch.testing.assert_close(slope, -share * W)
