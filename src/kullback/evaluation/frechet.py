"""The Fréchet distance of two Gaussians fitted to features.

Heusel et al. (2017, arXiv 1706.08500), after Dowson and Landau (1982): with mean μ and covariance
S of each set (divided by n − 1),

    F = ‖μ₁ − μ₂‖² + tr S₁ + tr S₂ − 2 tr (S₁S₂)^½.

Both covariances become diagonal at once: there is Z with

    S₂S₁ Z = Z Λ,    Zᵀ S₁ Z = I,    so    S₁⁻¹ = Z Zᵀ,   S₂ = Z Λ Zᵀ,   tr (S₁S₂)^½ = tr Λ^½,

a symmetric eigenproblem. The root of an eigenvalue that is 0 but for rounding is 1e-8 of the
largest at most. Where S₁ is singular (a pixel that is always black), Z is sought among the
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

import numpy as np
import numpy.typing as npt
from scipy import linalg

from kullback.evaluation.metric import Floats

_ROWS_AT_ONCE = 2048
_ROWS_FOR_ERROR = 1024
_DUST = float(np.finfo(np.float64).eps)


def frechet(x: Floats, y: Floats) -> tuple[float, float]:
    """The Fréchet distance of features (N, D) and (M, D), and its standard error over rows.

    In the squared unit of the features. Symmetric; unchanged by a common rotation or shift; 0 for
    equal sets.
    """
    (mean_x, covariance_x), (mean_y, covariance_y) = _fit(x), _fit(y)
    shift = mean_x - mean_y
    total = shift @ shift + np.trace(covariance_x) + np.trace(covariance_y)
    rows_x, rows_y = _some(x) - mean_x, _some(y) - mean_y
    influence_x = 2 * rows_x @ shift + np.square(rows_x).sum(1)
    influence_y = -2 * rows_y @ shift + np.square(rows_y).sum(1)
    if not _regular(covariance_x):
        axes = _span(covariance_x)
        covariance_x, covariance_y = axes.T @ covariance_x @ axes, axes.T @ covariance_y @ axes
        rows_x, rows_y = rows_x @ axes, rows_y @ axes
    squares, both = linalg.eigh(covariance_y, covariance_x, type=2, driver="gvd")
    roots = np.sqrt(squares.clip(min=0))
    back = np.divide(1, roots, out=np.zeros_like(roots), where=_held(squares))
    influence_x -= np.square(rows_x @ both) @ roots
    influence_y -= np.square(rows_y @ covariance_x @ both) @ back
    variance = influence_x.var(ddof=1) / len(x) + influence_y.var(ddof=1) / len(y)
    return max(float(total - 2 * roots.sum()), 0.0), float(variance) ** 0.5


def _fit(x: Floats) -> tuple[Floats, Floats]:
    mean = x.mean(0)
    scatter = np.zeros((len(mean), len(mean)))
    for start in range(0, len(x), _ROWS_AT_ONCE):
        part = x[start : start + _ROWS_AT_ONCE] - mean
        scatter += part.T @ part
    return mean, scatter / (len(x) - 1)


def _some(x: Floats) -> Floats:
    """Rows to know the variance over rows by."""
    return x[np.random.default_rng(0).permutation(len(x))[:_ROWS_FOR_ERROR]]


def _regular(covariance: Floats) -> bool:
    """Whether every direction has a variance, as far as double precision can tell."""
    try:
        lower = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        return False
    return bool(_held(np.square(lower.diagonal())).all())


def _span(covariance: Floats) -> Floats:
    """The directions that have a variance, orthonormal, (D, rank)."""
    variances, axes = linalg.eigh(covariance, driver="evd")
    found: Floats = axes[:, _held(variances)]
    return found


def _held(variances: Floats) -> npt.NDArray[np.bool_]:
    """Which of the variances are more than rounding leaves of 0."""
    held: npt.NDArray[np.bool_] = variances > len(variances) * _DUST * variances.max(initial=0)
    return held
