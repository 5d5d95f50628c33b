"""The Fréchet distance of two Gaussians fitted to features.

Heusel et al. (2017, arXiv 1706.08500), after Dowson and Landau (1982): with mean μ and covariance
S of each set (divided by n − 1),

    F = ‖μ₁ − μ₂‖² + tr S₁ + tr S₂ − 2 tr (S₁S₂)^½.

With S₁ = L Lᵀ the eigenvalues of S₁S₂ are those of the symmetric LᵀS₂L = V Λ Vᵀ, so that
tr (S₁S₂)^½ = tr Λ^½. The root of an eigenvalue that is 0 but for rounding is 1e-8 of the largest at
most. L is the Cholesky factor; of a singular covariance (a pixel that is always black) it is made
of the eigenvectors whose eigenvalue is not zero, so directions that one set lacks count fully.

**Its error.** Moving a row a little moves F by the derivative of F in μ₁ and S₁; for a row x, with
x̃ = x − μ₁ and the optimal map T = L⁻ᵀ V Λ^½ Vᵀ L⁻¹ from the first Gaussian to the second,

    influence(x) = 2 x̃ᵀ(μ₁ − μ₂) + x̃ᵀ(I − T) x̃,    stderr² = var(influence) / n, summed over sets

(the infinitesimal jackknife; Jaeckel, 1972); for the second set T⁻¹ = L V Λ^-½ Vᵀ Lᵀ stands in the
place of T. On Gaussians of 2 to 100 dimensions, equal and not, it was .9 to 1.6 times the spread
over fresh draws, where the bootstrap over rows was up to 2.8 times it: a resampled set has fewer
distinct rows, and their Gaussian is another. The variance is that of 2,048 rows, drawn from the set
where it has more.

**Its bias.** Of two sets of n rows from one Gaussian the mean of F is not 0 but about D tr S / 2n:
only values at the same n compare, and only beside what real rows score.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import linalg

from kullback.evaluation.metric import Floats

_ROWS_AT_ONCE = 2048
_ROWS_FOR_ERROR = 2048
_DUST = float(np.finfo(np.float64).eps)


def frechet(x: Floats, y: Floats) -> tuple[float, float]:
    """The Fréchet distance of features (N, D) and (M, D), and its standard error over rows.

    In the squared unit of the features. Symmetric; unchanged by a common rotation or shift; 0 for
    equal sets.
    """
    (mean_x, covariance_x), (mean_y, covariance_y) = _fit(x), _fit(y)
    root, inverse = _root(covariance_x)
    squares, axes = _eigen(root.T @ covariance_y @ root)
    sigma = np.sqrt(squares.clip(min=0))
    shift = mean_x - mean_y
    value = shift @ shift + np.trace(covariance_x) + np.trace(covariance_y) - 2 * sigma.sum()
    back = np.divide(1, sigma, out=np.zeros_like(sigma), where=_held(squares))
    variance = _variance(x, mean_x, shift, sigma, lambda rows: axes.T @ inverse(rows))
    variance += _variance(y, mean_y, -shift, back, lambda rows: axes.T @ (root.T @ rows))
    return max(float(value), 0.0), variance**0.5


def _fit(x: Floats) -> tuple[Floats, Floats]:
    mean = x.mean(0)
    scatter = np.zeros((len(mean), len(mean)))
    for start in range(0, len(x), _ROWS_AT_ONCE):
        part = x[start : start + _ROWS_AT_ONCE] - mean
        scatter += part.T @ part
    return mean, scatter / (len(x) - 1)


def _root(covariance: Floats) -> tuple[Floats, Callable[[Floats], Floats]]:
    """A factor L of the covariance L Lᵀ, (D, rank), and the map from columns x to L⁺x."""
    lower = _cholesky(covariance)
    if lower is not None and _held(np.square(lower.diagonal())).all():
        return lower, lambda x: linalg.solve_triangular(lower, x, lower=True)
    variances, axes = _eigen(covariance)
    held = _held(variances)
    axes, scales = axes[:, held], np.sqrt(variances[held])
    return axes * scales, lambda x: (axes.T @ x) / scales[:, None]


def _cholesky(covariance: Floats) -> Floats | None:
    try:
        return np.linalg.cholesky(covariance).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        return None


def _eigen(symmetric: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues and eigenvectors, by the driver that is quicker for all of many."""
    values, vectors = linalg.eigh(symmetric, driver="evd")
    return values, vectors


def _held(variances: Floats) -> npt.NDArray[np.bool_]:
    """Which of the variances are more than rounding leaves of 0."""
    held: npt.NDArray[np.bool_] = variances > len(variances) * _DUST * variances.max(initial=0)
    return held


def _variance(
    x: Floats, mean: Floats, shift: Floats, weights: Floats, turn: Callable[[Floats], Floats]
) -> float:
    """var(influence) / n, where x̃ᵀT x̃ is the weighted sum of the squares of turn(x̃)."""
    some = np.random.default_rng(0).permutation(len(x))[:_ROWS_FOR_ERROR]
    rows = x[some] - mean
    influence = 2 * rows @ shift + np.square(rows).sum(1) - weights @ np.square(turn(rows.T))
    return float(influence.var(ddof=1)) / len(x)
