"""The importance-weighted bound on a linear-Gaussian model, whose likelihood is known."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, MultivariateNormal, Normal

from kullback.distributions import Noise
from kullback.errors import BadInput
from kullback.objectives import (
    Clock,
    Data,
    Factor,
    Joint,
    Objective,
    importance_bound,
    kl,
    log_weight,
)

CLOCK = Clock(*torch.zeros(3).unbind())


class Line(nn.Module):
    """N(a·input + b, s²); ``law`` is the distribution that says so."""

    def __init__(self, a: float, b: float, s: float, correlated: bool = False) -> None:
        super().__init__()
        self.numbers = nn.Parameter(torch.tensor([a, b, s], dtype=torch.float64))
        self.correlated = correlated
        self.seen: list[int] = []

    def forward(self, at: Tensor) -> Distribution:
        self.seen.append(len(at))
        a, b, s = self.numbers
        mean = a * at + b
        if self.correlated:
            return MultivariateNormal(mean, scale_tril=s.expand_as(mean).unsqueeze(-1))
        return Independent(Normal(mean, s.expand_as(mean)), 1)


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(1).double(), torch.ones(1).double()), 1)


def joints(encoder: Line) -> tuple[Joint, Joint]:
    q = Joint("q", Data("x"), Factor("z", encoder, given="x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", Line(1.2, -0.3, 0.8), given="z"))
    return q, p


def wrong() -> Line:
    """An encoder that is off the posterior N(.577 (x + .3), .555²) in mean and width."""
    return Line(-0.2, 0.3, 0.9)


def exact(x: Tensor) -> Tensor:
    return Normal(-0.3, math.hypot(1.2, 0.8)).log_prob(x).squeeze(1)  # type: ignore[no-any-return, no-untyped-call]


def noise(rows: int, seed: int = 0) -> Noise:
    return Noise.seeded(rows, seed, dtype=torch.float64)


def loss(objective: Objective, x: Tensor, drawn: Noise) -> Tensor:
    (player,) = objective.values()
    terms = player.terms({"x": x}, drawn, CLOCK)
    return torch.stack(list(terms.values())).sum()


def test_with_one_draw_it_is_the_elbo_of_that_draw() -> None:
    # No closed form is known for a full covariance beside a diagonal one: kl takes the draw.
    q, p = joints(Line(0.5, 0.1, 0.6, correlated=True))
    x = torch.linspace(-1, 2, 7, dtype=torch.float64)[:, None]
    drawn = torch.linspace(2, -1.5, 7, dtype=torch.float64).view(7, 1, 1)
    weights = [*q.networks("z").values(), *p.networks("x").values()]
    numbers = [parameter for network in weights for parameter in network.parameters()]
    bound = loss(importance_bound(q, p, 1), x, Noise.replay(7, [drawn]))
    elbo = loss(kl(q, p), x, Noise.replay(7, [drawn]))
    torch.testing.assert_close(bound, elbo)
    torch.testing.assert_close(
        torch.autograd.grad(bound, numbers), torch.autograd.grad(elbo, numbers)
    )


def test_it_rises_with_the_number_of_draws_and_stays_below_the_likelihood() -> None:
    q, p = joints(wrong())
    means, errors = [], []
    with torch.no_grad():
        for draws, rows in ((1, 20_000), (2, 20_000), (5, 20_000), (50, 20_000), (1000, 1000)):
            x = torch.full((rows, 1), 1.7, dtype=torch.float64)
            trace = q.trace({"x": x}, noise(rows, draws), draws=draws)
            each = log_weight(q, p, trace).logsumexp(0) - math.log(draws)
            found = -loss(importance_bound(q, p, draws), x, noise(rows, draws))
            torch.testing.assert_close(found, each.mean())
            means.append(float(found))
            errors.append(float(each.std()) / rows**0.5)
    likelihood = float(exact(x[:1]))
    for (low, e), (high, f) in pairwise(zip(means, errors, strict=True)):
        assert high - low > 4 * math.hypot(e, f)
    assert likelihood - means[0] > 1
    assert likelihood - means[-1] == pytest.approx(0, abs=0.005)
    assert all(mean < likelihood + 4 * error for mean, error in zip(means, errors, strict=True))


def test_with_the_posterior_for_an_encoder_every_number_of_draws_is_exact() -> None:
    variance = 1.2**2 + 0.8**2
    q, p = joints(Line(1.2 / variance, 0.3 * 1.2 / variance, 0.8 / variance**0.5))
    x = torch.linspace(-2, 2, 5, dtype=torch.float64)[:, None]
    for draws in (1, 7):
        found = loss(importance_bound(q, p, draws), x, noise(5))
        torch.testing.assert_close(found, -exact(x).mean())


def test_the_gradient_weighs_each_draws_gradient_by_its_share_of_the_weight() -> None:
    q, p = joints(wrong())
    (decoder,) = p.networks("x").values()
    assert isinstance(decoder, Line)
    x = torch.tensor([[0.4], [1.7]], dtype=torch.float64)
    (slope,) = torch.autograd.grad(loss(importance_bound(q, p, 6), x, noise(2)), decoder.numbers)
    weights = log_weight(q, p, q.trace({"x": x}, noise(2), draws=6))
    shares = weights.detach().softmax(0)
    (expected,) = torch.autograd.grad(-(shares * weights).sum(0).mean(), decoder.numbers)
    torch.testing.assert_close(slope, expected)


def test_the_encoder_runs_once_a_row_and_the_decoder_once_a_draw() -> None:
    encoder = wrong()
    q, p = joints(encoder)
    objective = importance_bound(q, p, 10)
    loss(objective, torch.zeros(3, 1, dtype=torch.float64), noise(3))
    assert encoder.seen == [3]
    assert p["x"].network.seen == [30]  # type: ignore[union-attr]
    assert set(objective.modules) == {"q(z|x)", "p(x|z)"}


def test_it_prints_what_it_makes_small() -> None:
    q, p = joints(wrong())
    assert str(importance_bound(q, p, 50)) == (
        "min  −E log (1/50) Σ_k w_k,  w = p(z) p(x|z) / q(z|x),  z ~ q,  q = data(x) q(z|x)"
    )


def test_no_draws_and_draws_without_a_gradient_are_refused() -> None:
    class Sign(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.logit = nn.Parameter(torch.zeros(1).double())

        def forward(self, x: Tensor) -> Distribution:
            return Independent(torch.distributions.Bernoulli(logits=self.logit + x), 1)

    q, p = joints(wrong())
    with pytest.raises(BadInput, match="1 draw or more, not 0"):
        importance_bound(q, p, 0)
    q = Joint("q", Data("x"), Factor("z", Sign(), given="x"))
    with pytest.raises(BadInput, match=r"q\(z\|x\).* has no gradient"):
        loss(importance_bound(q, p, 5), torch.zeros(3, 1, dtype=torch.float64), noise(3))
