"""The linear-Gaussian model, whose likelihood, posterior and bound are all known.

    p(z) = N(0, I_d)     p(x|z) = N(W z, σ² I)     p(x) = N(0, W Wᵀ + σ² I)
    p(z|x) = N(M⁻¹ Wᵀ x, σ² M⁻¹)  with  M = Wᵀ W + σ² I

The networks are the library's, affine and in float64, and so is the log-weight. It is quadratic in
z here, and the 2d points ±√d e_j have the mean and the covariance of ε ~ N(0, I): with these for
base noise the mean log-weight is the ELBO itself, not an estimate. Tipping & Bishop (1999).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, MultivariateNormal

from kullback.data import Space
from kullback.distributions import Noise
from kullback.networks import GaussianCode, GaussianHead, Network, StandardNormal
from kullback.objectives import Data, Factor, Joint, log_weight


def sigma_points(dim: int) -> Tensor:
    """±√d e_j, (2d, d), each as likely: mean 0 and covariance I."""
    root = math.sqrt(dim) * torch.eye(dim, dtype=torch.float64)
    return torch.cat([root, -root])


def posterior(loading: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
    """Its mean's matrix M⁻¹ Wᵀ, (d, D), and its precision M/σ², (d, d), for W of (D, d)."""
    square = loading.T @ loading + sigma**2 * torch.eye(loading.shape[1]).to(loading)
    return torch.linalg.solve(square, loading.T), square / sigma**2


def log_likelihood(loading: Tensor, sigma: float, x: Tensor) -> Tensor:
    """log p(x) of rows (N, D), in nats."""
    covariance = loading @ loading.T + sigma**2 * torch.eye(len(loading)).to(loading)
    law: Distribution = MultivariateNormal(torch.zeros_like(x[0]), covariance)
    return law.log_prob(x)


def bound(
    loading: Tensor, sigma: float, to_mean: Tensor, variance: Tensor, x: Tensor
) -> tuple[Tensor, Tensor]:
    """The ELBO of rows (N, D), and the spread of the log-weight over z, each (N,) in nats.

    q(z|x) = N(``to_mean`` x, diag ``variance``), ``to_mean`` (d, D) and ``variance`` (d,).
    """
    features, dim = loading.shape
    space = Space("real", (features,), "float64", (0.0,) * features)
    inner, outer = nn.Linear(features, 2 * dim), nn.Linear(dim, features, bias=False)
    encoder = Network(inner, GaussianCode()).double()
    head = GaussianHead(space)
    decoder = Network(nn.Sequential(outer, nn.Unflatten(1, (1, features))), head).double()
    with torch.no_grad():
        inner.weight.copy_(torch.cat([to_mean, torch.zeros_like(to_mean)]))
        inner.bias.copy_(torch.cat([torch.zeros_like(variance), variance.log()]))
        outer.weight.copy_(loading)
        head.log_scale.fill_(math.log(sigma))
    q = Joint("q", Data("x"), Factor("z", encoder, given="x"))
    p = Joint("p", Factor("z", StandardNormal(dim).double()), Factor("x", decoder, given="z"))
    nodes = sigma_points(dim)
    noise = Noise.replay(len(x), [nodes[:, None].expand(-1, len(x), -1)])
    with torch.no_grad():
        weights = log_weight(q, p, q.trace({"x": x}, noise, draws=len(nodes)))
    return weights.mean(0), weights.std(0)
