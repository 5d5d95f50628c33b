"""Divergences by samples: what the critic and the mover minimise, as functions of logits.

A critic gives every point a logit ℓ = log P(data side) / P(model side). Its loss is the dual form
of a divergence between the two sides; the mover is whoever made the samples.

**One rule for every game.** The critic scores the data side q as 1. A mover on side s minimises
−E_s log P(other side). With ``towards`` = +ℓ for a mover on the model side and −ℓ for one on the
data side, that is one function of ``towards`` whatever the side.

With the optimal critic of the logistic games, D* = q/(q+p) and ℓ* = log q/p, and

    critic's loss            = 2 log 2 − 2 JS(q, p)
    minimax mover            E_p log(1−D*)        moves down 2 JS(q, p)
    non-saturating mover     −E_p log D*          moves down 2 KL(m ‖ q), m = (q+p)/2
    their sum, "full"        −E_p log D*/(1−D*)   moves down KL(p ‖ q)

Goodfellow et al. (2014, arXiv 1406.2661); for the last Sønderby et al. (2017, arXiv 1610.04490);
Mao et al. (2017, arXiv 1611.04076); Lim & Ye (2017, arXiv 1705.02894); Arjovsky et al. (2017, arXiv
1701.07875); Jolicoeur-Martineau (2019, arXiv 1807.00734); Huang et al. (2024, arXiv 2501.05441).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor
from torch.nn.functional import relu, softplus


@dataclass(frozen=True)
class Dual:
    """A game on logits; every loss is a mean over the batch.

    ``critic(q_logits, p_logits)`` is minimised by the critic; ``mover(towards, away)`` by a side,
    where ``towards`` are the logits of its own samples, signed so that larger is nearer to the
    other side, and ``away`` those of the other side's samples with the same sign, or ``None``
    unless ``paired``. The formulas are what a person reads, {own} and {other} standing for sides.
    ``to_q`` breaks the rule above: both sides minimise −E_s log P(q), the data side too.
    ``log_ratio``: the best critic's logit is log q/p, so that its mean under q is KL(q ‖ p).
    """

    name: str
    critic: Callable[[Tensor, Tensor], Tensor]
    mover: Callable[[Tensor, Tensor | None], Tensor]
    critic_formula: str
    mover_formula: str
    paired: bool = False
    to_q: bool = False
    log_ratio: bool = False


def _logistic_critic(q: Tensor, p: Tensor) -> Tensor:
    return softplus(-q).mean() + softplus(p).mean()


def _relativistic_mover(towards: Tensor, away: Tensor | None) -> Tensor:
    if away is None:
        raise ValueError("the relativistic mover needs the other side's logits")
    return softplus(away - towards).mean()


MINIMAX = Dual(
    name="minimax",
    critic=_logistic_critic,
    mover=lambda towards, away: -softplus(towards).mean(),
    critic_formula="−E_q log P(q) − E_p log P(p)",
    mover_formula="E_{own} log P({own})",
    log_ratio=True,
)
NON_SATURATING = Dual(
    name="non-saturating",
    critic=_logistic_critic,
    mover=lambda towards, away: softplus(-towards).mean(),
    critic_formula="−E_q log P(q) − E_p log P(p)",
    mover_formula="−E_{own} log P({other})",
    log_ratio=True,
)
FULL = Dual(
    name="full",
    critic=_logistic_critic,
    mover=lambda towards, away: -towards.mean(),
    critic_formula="−E_q log P(q) − E_p log P(p)",
    mover_formula="E_{own} log P({own})/P({other})",
    log_ratio=True,
)
TRUNCATED = replace(NON_SATURATING, name="truncated", to_q=True)
"""−E_q log D − E_p log D for both sides together (Su, 2018, arXiv 1807.05936): a warning.

The data side minimises −E_q log D, which is least where D is sure of its samples: it flees from the
model side, and the two need not meet even with the best critic and free tables.
"""
LEAST_SQUARES = Dual(
    name="least-squares",
    critic=lambda q, p: 0.5 * ((q - 1) ** 2).mean() + 0.5 * ((p + 1) ** 2).mean(),
    mover=lambda towards, away: 0.5 * ((towards - 1) ** 2).mean(),
    critic_formula="½E_q (D−1)² + ½E_p (D+1)²",
    mover_formula="½E_{own} (D−1)² towards {other}",
)
HINGE = Dual(
    name="hinge",
    critic=lambda q, p: relu(1 - q).mean() + relu(1 + p).mean(),
    mover=lambda towards, away: -towards.mean(),
    critic_formula="E_q (1−D)₊ + E_p (1+D)₊",
    mover_formula="−E_{own} D towards {other}",
)
WASSERSTEIN = Dual(
    name="wasserstein",
    critic=lambda q, p: p.mean() - q.mean(),
    mover=lambda towards, away: -towards.mean(),
    critic_formula="E_p D − E_q D",
    mover_formula="−E_{own} D towards {other}",
)
RELATIVISTIC = Dual(
    name="relativistic",
    critic=lambda q, p: softplus(p - q).mean(),
    mover=_relativistic_mover,
    critic_formula="E log(1 + exp(D(p) − D(q)))",
    mover_formula="E log(1 + exp(D({other}) − D({own}))) towards {other}",
    paired=True,
)
