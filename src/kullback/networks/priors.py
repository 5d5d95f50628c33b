"""Priors of a latent: distributions that are given nothing."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, MultivariateNormal, Uniform

from kullback.distributions import UnitNormal


class StandardNormal(nn.Module):
    """p(z) = N(0, I) in ``dim`` dimensions."""

    loc: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.register_buffer("loc", torch.zeros(dim), persistent=False)

    def forward(self) -> Distribution:
        return Independent(UnitNormal(self.loc), 1, validate_args=False)


class StandardUniform(nn.Module):
    """p(z) = U[0, 1] in each of ``dim`` dimensions."""

    low: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.register_buffer("low", torch.zeros(dim), persistent=False)

    def forward(self) -> Distribution:
        each = Uniform(self.low, torch.ones_like(self.low), validate_args=False)
        return Independent(each, 1, validate_args=False)


class FittedNormal(nn.Module):
    """p(z) = N(mean, covariance), set from codes by ``fit`` and not by gradients."""

    loc: Tensor
    scale_tril: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.register_buffer("loc", torch.zeros(dim))
        self.register_buffer("scale_tril", torch.eye(dim))

    def forward(self) -> Distribution:
        return MultivariateNormal(self.loc, scale_tril=self.scale_tril, validate_args=False)

    def fit(self, codes: Tensor, noise: float = 0.0) -> None:
        """Set to the moments of q(z): the Gaussian nearest in KL(q(z) ‖ ·).

        ``codes`` (N, d) are what q(z) spreads its mass over, each with Gaussian ``noise`` of that
        standard deviation.
        """
        codes = codes.double()
        eye = torch.eye(codes.shape[1]).to(codes)
        covariance = torch.cov(codes.T).reshape(eye.shape) + noise**2 * eye
        # A code that does not vary has no Cholesky factor; a ten-thousandth of the mean variance
        # keeps the draw near it.
        ridge = 1e-4 * covariance.diagonal().mean().clamp(min=1e-8)
        covariance = covariance + ridge * eye
        self.loc.copy_(codes.mean(0))
        self.scale_tril.copy_(torch.linalg.cholesky(covariance))
