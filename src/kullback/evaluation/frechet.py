"""The Fréchet distance of two Gaussians fitted to features.

Heusel et al. (2017, arXiv 1706.08500), after Dowson and Landau (1982): with mean μ and covariance
S of each set (divided by n − 1),

    F = ‖μ₁ − μ₂‖² + tr S₁ + tr S₂ − 2 tr (S₁S₂)^½.

Both covariances become diagonal at once: there is Z with

    S₂S₁ Z = Z Λ,    Zᵀ S₁ Z = I,    so    S₁⁻¹ = Z Zᵀ,   S₂ = Z Λ Zᵀ,   tr (S₁S₂)^½ = tr Λ^½,

a symmetric eigenproblem. The root of an eigenvalue that is 0 but for rounding is about
1e-8 (‖S₁‖‖S₂‖)^½. Where S₁ is singular (a pixel that is always black), Z (D, rank) is of the
directions in which the first set varies; those that one set lacks count fully.

**Its error.** Moving a row a little moves F by the derivative of F in μ₁ and S₁; for a row x, with
x̃ = x − μ₁ and the optimal map T = Z Λ^½ Zᵀ from the first Gaussian to the second (T S₁ T = S₂),

    influence(x) = 2 x̃ᵀ(μ₁ − μ₂) + x̃ᵀ(I − T) x̃,    stderr² = var(influence) / n, summed over sets

(the infinitesimal jackknife; Jaeckel, 1972); for the second set T⁻¹ = S₁ Z Λ^-½ Zᵀ S₁ is in the
place of T. On Gaussians of 2 to 100 dimensions, equal and not, it was .9 to 1.6 times the spread
over fresh draws, where the bootstrap over rows was up to 2.8 times it: a resampled set has fewer
distinct rows, and their Gaussian is another. Of more than 1,024 rows the variance is that of so
many drawn from them.

**Its bias.** Of two sets of n rows from one Gaussian the mean of F is not 0 but about D tr S / 2n:
only values at the same n compare, and only beside what real rows score.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import linalg

from kullback.evaluation.metric import Floats

_ROWS_AT_ONCE = 2048
_ROWS_FOR_ERROR = 1024


def frechet(x: Floats, y: Floats) -> tuple[float, float]:
    """The Fréchet distance of features (N, D) and (M, D), and its standard error over rows.

    In the squared unit of the features. Symmetric; unchanged by a common rotation or shift; 0 for
    equal sets. N and M are 2 at least, and all features finite.
    """
    (mean_x, covariance_x), (mean_y, covariance_y) = _fit(x), _fit(y)
    shift = mean_x - mean_y
    squares, z = _diagonal(covariance_x, covariance_y)
    roots = np.sqrt(squares.clip(min=0))
    value = shift @ shift + np.trace(covariance_x) + np.trace(covariance_y) - 2 * roots.sum()
    inverse = np.divide(1, roots, out=np.zeros_like(roots), where=roots > 0)
    variance = _variance(x, mean_x, shift, lambda rows: rows @ z, roots)
    variance += _variance(y, mean_y, -shift, lambda rows: rows @ covariance_x @ z, inverse)
    return max(float(value), 0.0), variance**0.5


def _fit(x: Floats) -> tuple[Floats, Floats]:
    mean = x.mean(0)
    scatter = np.zeros((len(mean), len(mean)))
    for start in range(0, len(x), _ROWS_AT_ONCE):
        part = x[start : start + _ROWS_AT_ONCE] - mean
        scatter += part.T @ part
    return mean, scatter / (len(x) - 1)


def _diagonal(one: Floats, two: Floats) -> tuple[Floats, Floats]:
    """Λ and Z (D, rank of the first) of two covariances (D, D)."""
    try:
        squares, z = linalg.eigh(two, one, type=2, driver="gvd")
    except linalg.LinAlgError:
        variances, axes = np.linalg.eigh(one)
        held = variances > len(one) * np.finfo(np.float64).eps * variances[-1]
        axes, scales = axes[:, held], np.sqrt(variances[held])
        squares, turn = np.linalg.eigh((axes * scales).T @ two @ (axes * scales))
        z = axes / scales @ turn
    return squares, z


def _variance(
    x: Floats, mean: Floats, shift: Floats, factor: Callable[[Floats], Floats], weights: Floats
) -> float:
    """var(influence) / n with the map F diag(weights) Fᵀ, from 1,024 rows drawn by a fixed seed.

    ``factor`` multiplies rows by F: two products with few rows cost less than one of matrices.
    """
    some = np.random.default_rng(0).permutation(len(x))[:_ROWS_FOR_ERROR]
    rows = x[some] - mean
    influence = 2 * rows @ shift + np.square(rows).sum(1) - np.square(factor(rows)) @ weights
    return float(influence.var(ddof=1)) / len(x)
