"""Games in which the critic is always the best and the model is free, on tables of probabilities.

In turn the critic becomes ℓ* = log data/p, and p answers it. Two answers are in closed form. The
best one is an atom, whatever the divergence, since E_p loss is linear in p:

    argmin_p E_p loss = δ(x − argmin loss)

and the best that stays near the old p, of a step η, is

    argmin_p η E_p loss + KL(p ‖ p_old) = p_old exp(−η loss) / Z.

With the non-saturating loss −log D the latter is p_old D^η / Z. Near the data, where
log D ≈ −log 2 − e/2 with e = log p/data, it takes e to (1 − η/2) e: the game settles for 0 < η < 4,
fastest at 2. With log (1−D) and η = 1 it is (p_old + data)/2, and with log (1−D)/D it is the data.
The two-term loss is of Su (2018, arXiv 1807.05936), who derives it from a KL of joints (x, y), y
the label; these closed forms are worked out here.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from kullback.divergences import Dual
from kullback.lab.exact.table import best_logits, mover_losses

FAINT = 1e-9
"""What of the uniform law the critic finds everywhere: it says where p should go from an atom."""


def near_response(dual: Dual, data: Tensor, old: Tensor, step: float = 1.0) -> Tensor:
    """The best p for a critic that is best for ``old``, at a price of KL(p ‖ old)."""
    losses = mover_losses(dual, best_logits(data, old))
    return torch.softmax(old.log() - step * losses, 0)


def best_response(losses: Tensor) -> Tensor:
    """The p with the least E_p ``losses``: an atom."""
    return one_hot(losses.argmin(), len(losses)).to(losses)


def rounds(dual: Dual, data: Tensor, start: Tensor, count: int, step: float = 1.0) -> Tensor:
    """p at the start and after each of so many near responses, (count + 1, states)."""
    found = [start]
    for _ in range(count):
        found.append(near_response(dual, data, found[-1], step))
    return torch.stack(found)


def faint(p: Tensor) -> Tensor:
    """p with a trace of the uniform law, so that log data/p is finite everywhere."""
    return (1 - FAINT) * p + FAINT / len(p)
