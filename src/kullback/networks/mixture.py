"""A Gaussian mixture as two factors, and its posterior by Bayes' rule.

p(z)      Σ_k π_k [z = e_k]        z the component, one-hot
p(x|z)    N(μ_k, Σ_k)  at  z = e_k
p(z|x)    π_k N(x; μ_k, Σ_k) / Σ_j π_j N(x; μ_j, Σ_j)
"""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor, nn
from torch.distributions import (
    Distribution,
    Independent,
    MultivariateNormal,
    Normal,
    OneHotCategorical,
)

from kullback.data.space import Space
from kullback.distributions import Rescaled, Reshaped


class Weights(nn.Module):
    """p(z): component k with weight π_k, kept as ``log_weight`` (K,); equal ones at first."""

    def __init__(self, components: int) -> None:
        super().__init__()
        self.log_weight = nn.Parameter(torch.full((components,), -math.log(components)))

    def forward(self) -> Distribution:
        return OneHotCategorical(logits=self.log_weight, validate_args=False)


class Components(nn.Module):
    """p(x|z) = N(μ_k, Σ_k): ``mean`` (K, D), and Σ_k by its root ``scale``.

    A ``full`` covariance has a triangular root (K, D, D); a diagonal one the standard deviations
    (K, D). Where z is no component but a mixed vector, as a posterior's mean is, the mean is that
    of the mixture Σ_k z_k μ_k, and the spread is mixed likewise. Densities are in data units.
    """

    def __init__(self, space: Space, components: int, full: bool) -> None:
        super().__init__()
        features = space.features
        self.shape = space.model_shape
        self.log_jacobian = space.log_jacobian
        self.full = full
        scale = torch.eye(features) if full else torch.ones(features)
        self.mean = nn.Parameter(torch.zeros(components, features))
        self.scale = nn.Parameter(scale.expand(components, *scale.shape).clone())

    def forward(self, z: Tensor) -> Distribution:
        law = self._law(z @ self.mean, torch.tensordot(z, self.scale, 1))
        return Rescaled(Reshaped(law, self.shape), self.log_jacobian)

    def log_prob_each(self, x: Tensor) -> Tensor:
        """Return log N(x; μ_k, Σ_k) of every row and component, (B, K), in nats in data units."""
        law = self._law(self.mean, self.scale)
        return law.log_prob(x.flatten(1).unsqueeze(1)) + self.log_jacobian

    def _law(self, mean: Tensor, scale: Tensor) -> Distribution:
        if self.full:
            return MultivariateNormal(mean, scale_tril=scale, validate_args=False)
        return Independent(Normal(mean, scale, validate_args=False), 1, validate_args=False)


class Posterior(nn.Module):
    """q(z|x): Bayes' rule for copies of a prior and of components, which stay as they were copied.

    So q is a factor of its own, and equals p's posterior where the copies are up to date.
    ``informed`` says whether they were ever made of a prior and components that had seen data.
    """

    informed: Tensor

    def __init__(self, prior: Weights, components: Components) -> None:
        super().__init__()
        self.prior = copy.deepcopy(prior)
        self.components = copy.deepcopy(components)
        self.register_buffer("informed", torch.tensor(False))

    def forward(self, x: Tensor) -> Distribution:
        logits = self.prior.log_weight + self.components.log_prob_each(x)
        return OneHotCategorical(logits=logits, validate_args=False)

    def copy(self, prior: Weights, components: Components) -> None:
        """Bring the copies up to date: q(z|x) becomes p(z|x)."""
        self.prior.load_state_dict(prior.state_dict())
        self.components.load_state_dict(components.state_dict())
        self.informed.fill_(True)
