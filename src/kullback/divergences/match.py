"""Divergences by samples without a critic: two samples compared by fixed statistics.

The maximum mean discrepancy with kernel k,

    MMD²(q, p) = E k(z, z') + E k(w, w') − 2 E k(z, w),   z, z' ~ q,  w, w' ~ p,

is zero only at equality for a characteristic kernel. The unbiased estimate leaves out the pairs of
a point with itself. Gretton et al. (2012, JMLR 13); for autoencoders Tolstikhin et al. (2018,
arXiv 1711.01558), whose inverse multiquadric kernel Σ_s C_s/(C_s + ‖z−w‖²) this uses: its tails
still pull on codes that a Gaussian kernel would lose.
"""

from __future__ import annotations

import torch
from torch import Tensor

from kullback.errors import BadInput


def mmd(q: Tensor, p: Tensor, scale: float = 1.0) -> Tensor:
    """Unbiased MMD² of two samples (N, …) and (M, …), flattened to d features; can be below zero.

    Without the pairs of a point with itself a sample of one has no pairs: ``BadInput``.

    ``scale`` is the standard deviation of one coordinate where the two should agree; the kernel
    sums C = 2 d scale² times .1, .2, .5, 1, 2, 5, 10.
    """
    if min(len(q), len(p)) < 2:
        raise BadInput(f"MMD of {len(q)} and {len(p)} rows: each side needs a batch of 2 or more")
    q, p = q.flatten(1), p.flatten(1)
    base = 2.0 * q.shape[1] * scale**2

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        squared = torch.cdist(a, b).square()
        constants = [base * factor for factor in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)]
        return torch.stack([c / (c + squared) for c in constants]).sum(0)

    def off_diagonal_mean(k: Tensor) -> Tensor:
        n = k.shape[0]
        return (k.sum() - k.diagonal().sum()) / (n * (n - 1))

    within = off_diagonal_mean(kernel(q, q)) + off_diagonal_mean(kernel(p, p))
    return within - 2 * kernel(q, p).mean()


def mean_distance(q: Tensor, p: Tensor, classes: Tensor | None = None) -> Tensor:
    """Unbiased ‖E q − E p‖² of rows (N, …) drawn in pairs, flattened; can be below zero.

    With differences d = q − p it is the mean of ⟨d_i, d_j⟩ over i ≠ j. The square of the mean of d
    would besides ask for little variance in what it compares. With one-hot ``classes`` (N, K),
    which both sides of a pair have in common, it is K·‖E d yᵀ‖²: of pairs of one class only.

    No pairs can be made of a sample of one: ``BadInput``.
    """
    n = len(q)
    if n < 2:
        raise BadInput("the distance of means of 1 row is not known; it needs a batch of 2 or more")
    difference = (q - p).flatten(1)
    ones = difference.new_ones(n, 1)
    total = (ones if classes is None else classes).T @ difference
    pairs = total.square().sum() - difference.square().sum()
    return len(total) * pairs / (n * (n - 1))
