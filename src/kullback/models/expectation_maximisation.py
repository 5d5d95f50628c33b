"""The exact moves of EM for a Gaussian mixture.

For fixed q(z|x) with responsibilities r_k(x), KL( data(x) q(z|x) ‖ p(z) p(x|z) ) is least in p at

    π_k = E r_k,      μ_k = E r_k x / E r_k,      Σ_k = E r_k (x − μ_k)(x − μ_k)ᵀ / E r_k,

E over the training rows. A component on one row, or on rows that lie in a plane, would have a
density without bound there; with the eigenvalues of every Σ_k kept from falling under a floor f,
the least KL is at Σ_k = U max(Λ, f) Uᵀ, where U Λ Uᵀ is the free solution. So the move stays exact,
and the KL cannot rise.

Dempster, Laird & Rubin (1977, J. R. Stat. Soc. B 39); Neal & Hinton (1998) for EM as one function
made small by two players in turn; Arthur & Vassilvitskii (2007, SODA) for the first centres.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from kullback.networks import Components, Weights
from kullback.objectives import TrainingRows

Responsibilities = Callable[[Tensor], Tensor]

_FLOOR = 1e-3
_EMPTY = 1e-10


@torch.no_grad()
def maximise(
    prior: Weights, components: Components, rows: TrainingRows, of: Responsibilities
) -> None:
    """Set weights, means and covariances to the best for the responsibilities ``of`` rows, (B, K).

    The floor of a covariance's eigenvalues is a thousandth of the rows' variance per feature.
    """
    counts, sums, squares = _sufficient_statistics(rows, of, components.full)
    total = counts.sum()
    share = counts.clamp(min=_EMPTY * float(total))
    means = sums / share.unsqueeze(1)
    outer = means.unsqueeze(2) * means.unsqueeze(1) if components.full else means.square()
    spread = squares / share.reshape(-1, *[1] * (squares.dim() - 1)) - outer
    floor = _FLOOR * _variance(counts, sums, squares, components.full)
    prior.log_weight.copy_((share / share.sum()).log())
    components.mean.copy_(means)
    components.scale.copy_(_root(spread, floor, components.full))


def seeds(rows: TrainingRows, count: int, seed: int) -> Tensor:
    """Choose ``count`` rows far apart as first centres, (count, D): k-means++.

    Each is drawn with probability proportional to its squared distance from the nearest before it.
    """
    generator = torch.Generator().manual_seed(seed)
    centres: list[Tensor] = []
    distance = torch.cat([torch.ones(len(x), dtype=x.dtype, device=x.device) for x in _flat(rows)])
    for _ in range(count):
        cumulated = distance.cumsum(0)
        u = torch.rand(1, generator=generator, dtype=torch.float64).to(cumulated) * cumulated[-1]
        chosen = int(torch.searchsorted(cumulated, u, right=True).clamp(max=len(distance) - 1))
        centres.append(centre := _row(rows, chosen))
        away = torch.cat([(x - centre).square().sum(1) for x in _flat(rows)])
        distance = away if len(centres) == 1 else torch.minimum(distance, away)
    return torch.stack(centres)


def nearest(centres: Tensor) -> Responsibilities:
    """Return responsibilities that give each row to its nearest centre."""

    def of(x: Tensor) -> Tensor:
        closest = torch.cdist(x.flatten(1).to(centres), centres).argmin(1)
        return torch.nn.functional.one_hot(closest, len(centres)).to(centres)

    return of


def _flat(rows: TrainingRows) -> Iterator[Tensor]:
    return (batch["x"].flatten(1).double() for batch in rows())


def _row(rows: TrainingRows, number: int) -> Tensor:
    for x in _flat(rows):
        if number < len(x):
            return x[number]
        number -= len(x)
    raise IndexError(number)


def _sufficient_statistics(
    rows: TrainingRows, of: Responsibilities, full: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Σ r, Σ r x and Σ r x xᵀ (Σ r x² without ``full``) over all rows, in float64."""
    found: list[Tensor] = []
    for batch in rows():
        x = batch["x"].flatten(1).double()
        r = of(batch["x"]).double()
        if full:
            square = torch.stack([(x * one.unsqueeze(1)).T @ x for one in r.T])
        else:
            square = r.T @ x.square()
        parts = [r.sum(0), r.T @ x, square]
        found = parts if not found else [a + b for a, b in zip(found, parts, strict=True)]
    counts, sums, squares = found
    return counts, sums, squares


def _variance(counts: Tensor, sums: Tensor, squares: Tensor, full: bool) -> Tensor:
    """The variance of all rows, mean over the features."""
    each = squares.diagonal(dim1=1, dim2=2) if full else squares
    total = counts.sum()
    return ((each.sum(0) / total) - (sums.sum(0) / total).square()).mean().clamp(min=1e-12)


def _root(covariance: Tensor, floor: Tensor, full: bool) -> Tensor:
    """Roots of covariances whose eigenvalues are brought up to the floor."""
    if not full:
        return covariance.clamp(min=float(floor)).sqrt()
    values, vectors = torch.linalg.eigh(covariance)
    lifted = vectors * values.clamp(min=float(floor)).unsqueeze(1) @ vectors.mT
    root: Tensor = torch.linalg.cholesky(lifted)
    return root
