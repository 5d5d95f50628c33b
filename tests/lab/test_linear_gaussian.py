"""The bound without Monte Carlo, against the divergence that it leaves."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.distributions import Distribution, MultivariateNormal, kl_divergence

from kullback.lab.exact.linear_gaussian import bound, log_likelihood, posterior, sigma_points

LOADING = torch.tensor([[2.0, 0.5], [0.3, -1.0], [0.0, 0.7]]).double()
SIGMA = 0.6
X = torch.from_numpy(np.random.default_rng(0).normal(size=(5, 3)))


def test_sigma_points_have_the_moments_of_normal_noise() -> None:
    points = sigma_points(3)
    torch.testing.assert_close(points.mean(0), torch.zeros(3).double())
    torch.testing.assert_close(points.T @ points / len(points), torch.eye(3).double())


def test_the_gap_is_the_kl_from_the_encoder_to_the_posterior() -> None:
    to_mean, precision = posterior(LOADING, SIGMA)
    other, variance = to_mean + 0.1, torch.tensor([0.2, 0.05]).double()
    elbo, spread = bound(LOADING, SIGMA, other, variance, X)
    encoder = MultivariateNormal(X @ other.T, torch.diag(variance))
    left = kl_divergence(encoder, MultivariateNormal(X @ to_mean.T, precision_matrix=precision))
    torch.testing.assert_close(log_likelihood(LOADING, SIGMA, X) - elbo, left)
    assert (spread > 0.01).all()


def test_bayes_rule_holds_between_the_four_laws() -> None:
    to_mean, precision = posterior(LOADING, SIGMA)
    z = torch.tensor([0.4, -1.2]).double()
    prior: Distribution = MultivariateNormal(torch.zeros(2).double(), torch.eye(2).double())
    given: Distribution = MultivariateNormal(LOADING @ z, SIGMA**2 * torch.eye(3).double())
    back: Distribution = MultivariateNormal(X @ to_mean.T, precision_matrix=precision)
    total = prior.log_prob(z) + given.log_prob(X) - back.log_prob(z)
    torch.testing.assert_close(total, log_likelihood(LOADING, SIGMA, X))


def test_with_codes_of_a_fixed_width_the_best_weight_is_the_known_one() -> None:
    x = math.sqrt(2) * torch.tensor([[2, 0], [-2, 0], [0, 1], [0, -1]]).double()

    def value(weight: float) -> float:
        loading = torch.tensor([[weight], [0.0]]).double()
        to_mean, _ = posterior(loading, 1.0)
        return float(bound(loading, 1.0, to_mean, torch.tensor([0.81]).double(), x)[0].mean())

    best = math.sqrt(2 / 0.9 - 1)
    slope = (value(best + 1e-4) - value(best - 1e-4)) / 2e-4
    assert slope == pytest.approx(0, abs=1e-6)
    assert value(best) > max(value(best - 0.1), value(best + 0.1))
