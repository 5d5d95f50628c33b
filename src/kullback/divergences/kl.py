"""The Kullback–Leibler divergence by densities, and what can be said without its closed form.

    KL(q ‖ p) = E_q[log q(z) − log p(z)] ≥ 0

The primitive is the log-weight log w = log p(x, z) − log q(z|x) of draws z ~ q(z|x):

    E log w                    = ELBO ≤ log p(x)
    E log (1/K) Σ_k w_k        = the importance-weighted bound, between the two
    log E w                    = log p(x)

Kingma & Welling (2014, arXiv 1312.6114); Burda, Grosse & Salakhutdinov (2016, arXiv 1509.00519).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.distributions import (
    Categorical,
    Distribution,
    Independent,
    Normal,
    OneHotCategorical,
    kl_divergence,
)

from kullback.distributions import UnitNormal


def closed_form_kl(q: Distribution, p: Distribution) -> Tensor | None:
    """KL(q ‖ p) in nats with the batch's shape, or ``None`` where no closed form is known.

    For diagonal Gaussians ½ Σ [σ²/s² + (μ−m)²/s² − log σ²/s² − 1] and for classes Σ q log q/p,
    written out because a compiled graph cannot trace the dispatch of
    ``torch.distributions.kl_divergence``.
    """
    if isinstance(q, Independent) and isinstance(p, Independent):
        each = coordinate_kl(q, p)
        if each is None or q.reinterpreted_batch_ndims == 0:
            return each
        return each.sum(tuple(range(-q.reinterpreted_batch_ndims, 0)))
    if isinstance(q, Normal) and isinstance(p, UnitNormal) and p.loc.dim() <= q.loc.dim():
        return 0.5 * (q.scale.square() + q.loc.square() - 1) - q.scale.log()
    if isinstance(q, Normal) and isinstance(p, Normal):
        ratio = (q.scale / p.scale) ** 2
        shift = ((q.loc - p.loc) / p.scale) ** 2
        return 0.5 * (ratio + shift - ratio.log() - 1)
    for kind in (Categorical, OneHotCategorical):
        if isinstance(q, kind) and isinstance(p, kind):
            return _finite_kl(q, p)
    try:
        return kl_divergence(q, p)
    except NotImplementedError:
        return None


def coordinate_kl(q: Distribution, p: Distribution) -> Tensor | None:
    """KL(q_j ‖ p_j) in nats of every coordinate j of ``Independent`` q and p, batch + event shape.

    ``None`` where the coordinates are not independent on both sides, or no closed form is known.
    """
    if not (isinstance(q, Independent) and isinstance(p, Independent)):
        return None
    return closed_form_kl(q.base_dist, p.base_dist) if q.event_shape == p.event_shape else None


def _finite_kl(
    q: Categorical | OneHotCategorical, p: Categorical | OneHotCategorical
) -> Tensor | None:
    if q.param_shape[-1] != p.param_shape[-1]:
        return None
    # What q never draws adds nothing; what it draws and p cannot makes the divergence infinite.
    ratio = torch.where((p.probs > 0) | (q.probs == 0), q.logits - p.logits, math.inf)
    return torch.where(q.probs > 0, q.probs * ratio, 0.0).sum(-1)


def log_mean_exp(log_weights: Tensor, dim: int = 0) -> Tensor:
    """log (1/K) Σ_k w_k along ``dim``, from log-weights in nats."""
    return torch.logsumexp(log_weights, dim) - math.log(log_weights.shape[dim])


def importance_estimate(log_weights: Tensor) -> tuple[Tensor, Tensor]:
    """Estimate log E w from log-weights (K, B), K ≥ 2: the value and its Monte Carlo error, (B,).

    The error is that of the logarithm of a mean, sd(w) / (mean(w) √K), by the delta method.
    """
    count = log_weights.shape[0]
    relative = torch.exp(log_weights - log_weights.amax(0))
    error = relative.std(0) / relative.mean(0) / math.sqrt(count)
    return log_mean_exp(log_weights), error
