"""The Fréchet distance of two Gaussians fitted to features.

Heusel et al. (2017, arXiv 1706.08500), after Dowson and Landau (1982): with mean μ and covariance
S of each set (divided by n − 1),

    F = ‖μ₁ − μ₂‖² + tr S₁ + tr S₂ − 2 tr (S₁S₂)^½.

With S = L Lᵀ the eigenvalues of S₁S₂ are the squared singular values of L₂ᵀL₁ = U Σ Vᵀ, so that
tr (S₁S₂)^½ = tr Σ. Singular values keep sixteen digits where the root of an eigenvalue near zero
keeps eight. L is the Cholesky factor; of a singular covariance (a pixel that is always black) it is
made of the eigenvectors whose eigenvalue is not zero, so directions that one set lacks count fully.

**Its error.** Moving a row a little moves F by the derivative of F in μ₁ and S₁; for a row x, with
x̃ = x − μ₁ and the optimal map T = L₁⁻ᵀ V Σ Vᵀ L₁⁻¹ from the first Gaussian to the second,

    influence(x) = 2 x̃ᵀ(μ₁ − μ₂) + x̃ᵀ(I − T) x̃,    stderr² = var(influence) / n, summed over sets

(the infinitesimal jackknife; Jaeckel, 1972). On Gaussians of 2 to 100 dimensions, equal and not, it
was .9 to 1.6 times the spread over fresh draws, where the bootstrap over rows was up to 2.8 times
it: a resampled set has fewer distinct rows, and their Gaussian is another.

**Its bias.** Of two sets of n rows from one Gaussian the mean of F is not 0 but about D tr S / 2n:
only values at the same n compare, and only beside what real rows score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from kullback.evaluation.metric import Floats

_ROWS_AT_ONCE = 1024


def frechet(x: Floats, y: Floats) -> tuple[float, float]:
    """The Fréchet distance of features (N, D) and (M, D), and its standard error over rows.

    In the squared unit of the features. Symmetric; unchanged by a common rotation or shift; 0 for
    equal sets.
    """
    (mean_x, covariance_x), (mean_y, covariance_y) = _fit(x), _fit(y)
    (root_x, whiten_x), (root_y, whiten_y) = _root(covariance_x), _root(covariance_y)
    u, sigma, vh = torch.linalg.svd(root_y.T @ root_x, full_matrices=False)
    shift = mean_x - mean_y
    value = shift.square().sum() + covariance_x.trace() + covariance_y.trace() - 2 * sigma.sum()
    variance = _variance(x, mean_x, shift, whiten_x, vh, sigma)
    variance += _variance(y, mean_y, -shift, whiten_y, u.T, sigma)
    return max(float(value), 0.0), variance**0.5


def _fit(x: Floats) -> tuple[Tensor, Tensor]:
    mean = torch.from_numpy(x.mean(0))
    scatter = torch.zeros(len(mean), len(mean), dtype=torch.float64)
    for part in _centred(x, mean):
        scatter.addmm_(part.T, part)
    return mean, scatter / (len(x) - 1)


def _root(covariance: Tensor) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """A factor L of the covariance L Lᵀ, (D, rank), and the map from columns x to L⁺x."""
    dust = len(covariance) * torch.finfo(torch.float64).eps
    lower, failed = torch.linalg.cholesky_ex(covariance)
    pivots = lower.diagonal().square()
    if not failed and pivots.min() > dust * pivots.max():
        return lower, lambda x: torch.linalg.solve_triangular(lower, x, upper=False)
    variances, axes = torch.linalg.eigh(covariance)
    held = variances > dust * variances[-1].clamp(min=0)
    axes, scales = axes[:, held], variances[held].sqrt()
    return axes * scales, lambda x: (axes.T @ x) / scales[:, None]


def _variance(
    x: Floats,
    mean: Tensor,
    shift: Tensor,
    whiten: Callable[[Tensor], Tensor],
    turn: Tensor,
    sigma: Tensor,
) -> float:
    """var(influence) / n, where x̃ᵀT x̃ = ‖Σ^½ turn L⁻¹x̃‖²."""
    influence = torch.cat(
        [
            2 * part @ shift + part.square().sum(1) - sigma @ (turn @ whiten(part.T)).square()
            for part in _centred(x, mean)
        ]
    )
    return float(influence.var()) / len(x)


def _centred(x: Floats, mean: Tensor) -> Iterator[Tensor]:
    for start in range(0, len(x), _ROWS_AT_ONCE):
        yield torch.from_numpy(np.asarray(x[start : start + _ROWS_AT_ONCE])) - mean
