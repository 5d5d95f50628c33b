"""Finite distributions as tables of probabilities, on which nothing is estimated.

A distribution of finite x, z and y is a tensor of any shape that sums to 1, float64. Expectations
are sums; the critic is a free logit for each cell, and the best one is known,

    ℓ* = log q/p,

of every dual whose ``log_ratio`` says so. A dual's loss is a mean over a batch, and so over pairs
of a cell of q and a cell of p; of all pairs, each as often as it occurs,

    E critic = Σ_ij q_i p_j critic(ℓ_i, ℓ_j),

it is the expectation itself. The divergences are the library's own.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.distributions import Categorical
from torch.func import vmap

from kullback.divergences import Dual, closed_form_kl


def kl(q: Tensor, p: Tensor) -> Tensor:
    """KL(q ‖ p) in nats of two tables of one shape; infinite where p is 0 and q is not."""
    return row_kl(q.flatten(), p.flatten())


def row_kl(q: Tensor, p: Tensor) -> Tensor:
    """KL(q ‖ p) along the last axis, of rows that need not sum to 1: each is normalised."""
    # Logits, since a Categorical made of probabilities takes them to be 2e-16 at least.
    laws = [Categorical(logits=each.log(), validate_args=False) for each in (q, p)]
    found = closed_form_kl(*laws)
    assert found is not None
    return found


def js(q: Tensor, p: Tensor, share: float = 0.5) -> Tensor:
    """π KL(q ‖ m) + (1−π) KL(p ‖ m) with m = πq + (1−π)p and π = ``share``; JS at ½."""
    m = share * q + (1 - share) * p
    return share * kl(q, m) + (1 - share) * kl(p, m)


def cross_entropy(q: Tensor, p: Tensor) -> Tensor:
    """H(q, p) = −Σ q log p in nats, over the last axis."""
    return -torch.xlogy(q, p).sum(-1)


def conditional_kl(q: Tensor, p: Tensor) -> Tensor:
    """E_q(x) KL(q(z|x) ‖ p(z|x)) of joints (X, Z)."""
    return (q.sum(1) * row_kl(q, p)).sum()


def mutual_information(q: Tensor) -> Tensor:
    """I(x; z) = KL(q(x, z) ‖ q(x) q(z)) of a joint (X, Z), in nats."""
    return kl(q, q.sum(1, keepdim=True) * q.sum(0, keepdim=True))


def total_variation(q: Tensor, p: Tensor) -> float:
    """½ Σ |q − p|, in [0, 1]."""
    return float((q - p).abs().sum() / 2)


def best_logits(q: Tensor, p: Tensor) -> Tensor:
    """The best critic's logits log q/p of a logistic game."""
    return q.log() - p.log()


def critic_loss(dual: Dual, logits: Tensor, q: Tensor, p: Tensor) -> Tensor:
    """The critic's expected loss, by all pairs of cells."""

    def one(of_q: Tensor, of_p: Tensor) -> Tensor:
        return dual.critic(of_q[None], of_p[None])

    at = logits.flatten()
    pairs: Tensor = vmap(vmap(one, (None, 0)), (0, None))(at, at)
    return q.flatten() @ pairs @ p.flatten()


def mover_losses(dual: Dual, towards: Tensor) -> Tensor:
    """What a mover on each cell pays, for logits ``towards`` the other side; their shape.

    Of a dual that is not ``paired``: those compare a sample with one of the other side.
    """
    each: Tensor = vmap(lambda logit: dual.mover(logit[None], None))(towards.flatten())
    return each.reshape(towards.shape)


def simplex_slope(losses: Tensor, p: Tensor) -> Tensor:
    """∂/∂θ Σ softmax(θ)·losses at softmax(θ) = p: p (loss − E_p loss), losses held fixed."""
    return p * (losses - (p * losses).sum())
