"""What fails in the negative controls, in numbers that are known."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from kullback.data import Space
from kullback.distributions import Noise
from kullback.models.catalogue import CATALOGUE
from kullback.models.controls import (
    gan_given_data,
    gan_given_data_and_noise,
    vae_with_uniform_posteriors,
)
from kullback.models.model import Model
from kullback.objectives import Clock

LINE = Space("real", (1,), "float32", (0.0,))
CLOCK = Clock(*torch.zeros(3).unbind())
GAME: dict[str, Any] = {"hidden": [4], "moves": 1, "ema": 0.0, "r1": 0.0}
ANGLES, RADII = 16, 200


class Mixing(nn.Module):
    """G(y, z) = ay + bz."""

    def __init__(self, a: float, b: float) -> None:
        super().__init__()
        self.a, self.b = (nn.Parameter(torch.tensor(n, dtype=torch.float64)) for n in (a, b))

    def forward(self, y: Tensor, z: Tensor) -> Tensor:
        return (self.a * y + self.b * z)[:, None]


class Bump(nn.Module):
    """A critic that is surest of the data at one point and less so away from it."""

    def __init__(self) -> None:
        super().__init__()
        self.height = nn.Parameter(torch.ones((), dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return self.height * (1 - (x - 0.3).square())


def normal_pairs() -> tuple[Tensor, Tensor]:
    """Points of the plane as dense as N(0, I), which a sixteenth of a turn takes to themselves."""
    radius = (-2 * torch.log1p(-(torch.arange(RADII).double() + 0.5) / RADII)).sqrt()
    angle = 2 * math.pi * torch.arange(ANGLES).double() / ANGLES
    x, y = radius[:, None] * angle.cos(), radius[:, None] * angle.sin()
    return x.reshape(-1, 1), y.reshape(-1, 1)


def loss(generator: nn.Module) -> Tensor:
    model = gan_given_data_and_noise(LINE, 1, **GAME, generator=generator, critic=Bump())
    y, z = normal_pairs()
    noise = Noise.replay(len(y), [z])
    (term,) = model.objective["model"].terms({"x": y, "source": y}, noise, CLOCK).values()
    return term


def test_given_data_and_noise_every_mixture_on_the_circle_has_the_same_loss() -> None:
    turns = [2 * math.pi * k / ANGLES for k in range(ANGLES)]
    on_circle = torch.stack([loss(Mixing(math.cos(t), math.sin(t))).detach() for t in turns])
    torch.testing.assert_close(on_circle, on_circle[:1].expand(ANGLES), atol=1e-9, rtol=0)
    for radius in (0.5, 1.5):
        off = loss(Mixing(radius * math.cos(0.7), radius * math.sin(0.7))).detach()
        assert abs(float(off - on_circle[0])) > 0.1


def test_given_data_and_noise_nothing_leads_along_the_circle() -> None:
    mixing = Mixing(0.6, 0.8)
    a, b = torch.autograd.grad(loss(mixing), [mixing.a, mixing.b])
    assert float((0.6 * a + 0.8 * b).abs()) > 0.1  # the critic is not the best: the radius matters
    assert float((0.6 * b - 0.8 * a).abs()) < 1e-3


def test_given_data_a_copy_cannot_be_told_from_data() -> None:
    class Copy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.slope = nn.Parameter(torch.ones((), dtype=torch.float64))

        def forward(self, y: Tensor) -> Tensor:
            return (self.slope * y)[:, None]

    model = gan_given_data(LINE, **GAME, generator=Copy(), critic=Bump())
    assert model.given == ("source",)
    x = torch.randn(50, 1, dtype=torch.float64)
    batch = {"x": x, "source": x.flip(0)}
    found = model.objective["critic"].terms(batch, Noise.seeded(50, 0), CLOCK)["critic_x"]
    logit = Bump()(x)
    torch.testing.assert_close(found, (softplus(-logit) + softplus(logit)).mean())
    assert float(found.detach()) >= 2 * math.log(2)


class Interval(nn.Module):
    """The posterior U[low, high] for every row, whose middle and width would be learned."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        numbers = torch.tensor([(low + high) / 2, math.log((high - low) / 2)])
        self.numbers = nn.Parameter(numbers)

    def forward(self, x: Tensor) -> Tensor:
        return self.numbers.expand(len(x), 2)


def uniform(prior: Any, low: float, high: float) -> Model:
    encoder = Interval(low, high)
    return vae_with_uniform_posteriors(LINE, 1, [4], prior, "gaussian", 1.0, encoder)


def kl_of(model: Model) -> float:
    noise = Noise.seeded(8, 0)
    found = model.objective["model"].terms({"x": torch.zeros(8, 1)}, noise, CLOCK)
    assert set(found) == {"nll_x", "kl_z"}
    assert torch.isfinite(found["nll_x"])
    return float(found["kl_z"].detach())


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.2, 0.5, 1.204), (0.0, 1.0, 0.0), (-0.1, 0.5, math.inf), (0.5, 1.1, math.inf)],
)
def test_under_a_uniform_prior_a_posterior_outside_it_is_infinitely_far(
    low: float, high: float, expected: float
) -> None:
    assert kl_of(uniform("uniform", low, high)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.5), (-3.0, 4.0)])
def test_under_a_normal_prior_its_divergence_is_finite(low: float, high: float) -> None:
    model = uniform("normal", low, high)
    middle, width = (low + high) / 2, (high - low) / 2
    formula = 0.5 * (middle**2 + width**2 / 3) + 0.5 * math.log(2 * math.pi) - math.log(2 * width)
    assert kl_of(model) == pytest.approx(formula, rel=1e-5)
    noise = Noise.seeded(40_000, 0)
    trace = model.q.trace({"x": torch.zeros(40_000, 1)}, noise, "z")
    drawn = (trace.log_prob("z") - model.p.at(trace, "z").log_prob("z")).detach()
    assert float(drawn.mean()) == pytest.approx(formula, abs=0.03)
    assert float(trace.values["z"].detach().min()) == pytest.approx(low, abs=0.01)
    assert float(trace.values["z"].detach().max()) == pytest.approx(high, abs=0.01)


def test_no_control_is_in_the_catalogue() -> None:
    assert not any("controls" in entry.function for entry in CATALOGUE.values())
