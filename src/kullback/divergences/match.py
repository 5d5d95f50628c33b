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


def mmd(q: Tensor, p: Tensor, scale: float = 1.0) -> Tensor:
    """Unbiased MMD² of two samples (N, …) and (M, …), flattened to d features; can be below zero.

    ``scale`` is the standard deviation of one coordinate where the two should agree; the kernel
    sums C = 2 d scale² times .1, .2, .5, 1, 2, 5, 10.
    """
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
