"""Principal components, and the linear-Gaussian model that has them as its optimum.

For x = W z + μ + σ ε with z ~ N(0, I_d), the likelihood of data with covariance eigenvalues
λ_1 ≥ … ≥ λ_D and eigenvectors U is largest at

    W = U_d (Λ_d − σ² I)^½,      σ² = mean of λ_{d+1} … λ_D,

and the posterior there is N( Λ_d^{−1} (Λ_d − σ² I)^½ U_dᵀ (x − μ),  σ² Λ_d^{−1} ), with a diagonal
covariance: an affine encoder with a constant variance *is* the posterior. Tipping & Bishop (1999,
J. R. Stat. Soc. B 61(3)), with the rotation that is free chosen as the identity.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from kullback.networks import GaussianHead, Network
from kullback.objectives import TrainingRows

_LARGEST_COVARIANCE = 4096
_PASSES = 40


def principal_components(rows: TrainingRows, count: int) -> tuple[Tensor, Tensor, Tensor, float]:
    """Mean (D,), the largest eigenvalues (count,) and eigenvectors (D, count), and total variance.

    In float64. Up to 4,096 features by the eigenvalues of the covariance; beyond, where it would
    not fit, by orthogonal iteration over the rows, 40 passes with some components to spare.
    """

    def flat() -> Iterator[Tensor]:
        return (batch["x"].flatten(1) for batch in rows())

    number, mean, square = 0, torch.zeros(()), 0.0
    for batch in map(Tensor.double, flat()):
        number += len(batch)
        mean = mean + batch.sum(0)
        square += float(batch.square().sum())
    mean = mean / number
    total = square / number - float(mean.square().sum())
    features = len(mean)
    exact = features <= _LARGEST_COVARIANCE
    if exact:
        basis = torch.eye(features, dtype=torch.float64, device=mean.device)
        passes = 1
    else:
        spare = min(features, count + 16)
        generator = torch.Generator().manual_seed(0)
        random = torch.randn(features, spare, generator=generator, dtype=torch.float64)
        basis = torch.linalg.qr(random.to(mean.device)).Q
        passes = _PASSES
    for _ in range(passes):
        image = torch.zeros_like(basis)
        for batch in flat():
            centred = batch.double() - mean
            image += centred.T @ (centred if exact else centred @ basis)
        image /= number
        if exact:
            values, vectors = torch.linalg.eigh(image)
        else:
            values, rotation = torch.linalg.eigh(basis.T @ image)
            vectors = basis @ rotation
            basis = torch.linalg.qr(image).Q
    order = torch.argsort(values, descending=True)[:count]
    return mean, values[order], vectors[:, order], total


def solve_linear(encoder: Network, decoder: Network, dim: int, rows: TrainingRows) -> None:
    """Set affine networks to the optimum: posterior in ``encoder``, W, μ and σ in ``decoder``."""
    mean, values, vectors, total = principal_components(rows, dim)
    features = len(mean)
    # Where the subspace holds everything, σ² is 0 and there is no density: keep a trace of noise.
    floor = 1e-8 * max(total / features, 1e-12)
    noise = max((total - float(values.sum())) / (features - dim), floor)
    # Where the data do not vary, the code is 0 and the posterior the prior.
    values = values.clamp(min=noise)
    root = (values - noise).sqrt()
    to_code = (root / values).unsqueeze(1) * vectors.T
    variance = noise / values
    inner, outer = _affine(encoder), _affine(decoder)
    head = decoder.head
    assert isinstance(head, GaussianHead)
    with torch.no_grad():
        inner.weight.zero_()
        inner.weight[:dim].copy_(to_code)
        inner.bias[:dim].copy_(-to_code @ mean)
        inner.bias[dim:].copy_(variance.log())
        outer.weight.copy_(vectors * root)
        outer.bias.copy_(mean)
        head.log_scale.fill_(0.5 * torch.tensor(noise, dtype=torch.float64).log())


def _affine(network: Network) -> nn.Linear:
    (layer,) = [m for m in network.body.modules() if isinstance(m, nn.Linear)]
    return layer
