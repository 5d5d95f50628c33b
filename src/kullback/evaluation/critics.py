"""What a critic says, asked again after training: of rows it learned from, of others, of samples.

A critic gives every point a logit, larger where it takes the point for data. Three comparisons of
two sets of logits tell three things apart that a critic's loss mixes:

    training rows, held-out rows    what it has learned by heart instead of learned
    held-out rows, samples          what it finds wrong with the samples
    one sample and the next to it   its slope, the only thing that a generator is told

``told_apart`` is the share of pairs, one of each set, that the logits put in the right order: the
area under the curve of Hanley & McNeil (1982, Radiology 143(1)), with their standard error. ½ is
chance, whatever the units of the logits.

What a sample is told is its *pull*,

    |∂L/∂ℓ| · ‖∇D‖ · (root of the data's total variance),

by how many units of the mover's loss L the sample could change it, were the critic as steep all the
way across the data: near 0 it is told nothing, whatever its critic knows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from kullback.distributions import Noise
from kullback.divergences.penalties import Scored
from kullback.evaluation.metric import Array, Floats, Metric
from kullback.objectives import (
    Batch,
    Clock,
    Data,
    Game,
    Joint,
    evaluating,
    has_batch_statistics,
)

_ROWS_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Answers:
    """Logits of a critic, (N,) each, larger where it takes a point for one of the fixed side.

    ``train`` and ``held_out`` are of rows; ``fixed`` and ``moving`` of the two sides as drawn with
    held-out rows: of a GAN ``held_out`` and samples. At the samples of ``moving``, ``slopes`` are
    ‖∇D‖ times the root of the data's total variance and ``weights`` |∂L/∂ℓ|, L the mover's loss.
    """

    train: Floats
    held_out: Floats
    fixed: Floats
    moving: Floats
    slopes: Floats
    weights: Floats

    @property
    def pulls(self) -> Floats:
        """What the samples of ``moving`` are told."""
        return self.slopes * self.weights

    @property
    def memory(self) -> float | None:
        """How far held-out rows fall from training rows towards samples: 0 no way, 1 all the way.

        r_v of Karras et al. (2020, arXiv 2006.06676, eq. 1), by mean logits; ``None`` where rows
        are what moves, or where the critic does not score training rows above samples.
        """
        if self.held_out is not self.fixed:
            return None
        learned, others, made = (a.mean() for a in (self.train, self.held_out, self.moving))
        return float((learned - others) / (learned - made)) if learned > made else None


def ask(game: Game, train: Batch, held_out: Batch, seed: int) -> Answers:
    """Let a game's critic score both sides, drawn with training rows and with held-out rows.

    Batches hold rows in model units, as training sees them. The networks are used as they are and
    stay as they are, but for running statistics that a critic with batch normalisation keeps: such
    a one is asked in training mode, for it never learned to do without the batch. Noise that the
    critic sees in training is that of the end of training.
    """
    networks = [*game.q.networks(*game.names).values(), *game.p.networks(*game.names).values()]
    judged = [] if has_batch_statistics(game.critic) else [game.critic]
    with evaluating([*networks, *judged]):
        learned, others = (
            _scored(game, batch, (seed, i)) for i, batch in enumerate((train, held_out))
        )
    fixed, moving = (game.p, game.q) if _only_q_moves(game) else (game.q, game.p)
    rows = next((s for s in (fixed, moving) if _holds_rows(game, s)), moving)
    sign = 1 if fixed is game.q else -1

    def logits(scored: Sequence[dict[str, Scored]], side: Joint) -> Floats:
        found = torch.cat([part[side.side].logits.detach() for part in scored])
        return sign * found.double().numpy()

    seen = {side.side: logits(others, side) for side in (fixed, moving)}
    return Answers(
        logits(learned, rows),
        seen[rows.side],
        seen[fixed.side],
        seen[moving.side],
        *_slopes(game, others, fixed, moving, sign),
    )


def told_apart(larger: Array, smaller: Array) -> Metric:
    """The share of pairs in which a value of ``larger`` (N,) exceeds one of ``smaller`` (M,).

    Ties count half. The standard error is Hanley & McNeil's; the floor is chance.
    """
    n, m = len(larger), len(smaller)
    ordered = np.sort(np.asarray(smaller))
    below = np.searchsorted(ordered, larger, "left"), np.searchsorted(ordered, larger, "right")
    area = float((below[0] + below[1]).mean() / (2 * m))
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (n - 1) * (one - area**2) + (m - 1) * (two - area**2)
    stderr = math.sqrt(max(spread, 0.0) / (n * m))
    return Metric(area, stderr, n + m, "share of pairs", 0.5)


def _scored(game: Game, batch: Batch, seed: tuple[int, ...]) -> list[dict[str, Scored]]:
    rows = min(len(values) for values in batch.values())
    end = Clock(*torch.ones(3).unbind())
    found = []
    for start in range(0, rows, _ROWS_AT_ONCE):
        part = {n: v[start : min(start + _ROWS_AT_ONCE, rows)] for n, v in batch.items()}
        noise = Noise.seeded(min(_ROWS_AT_ONCE, rows - start), *seed, start)
        _, q, p = game.scored(part, noise, end)
        found.append({"q": q, "p": p})
    return found


def _slopes(
    game: Game, scored: list[dict[str, Scored]], fixed: Joint, moving: Joint, sign: int
) -> tuple[Floats, Floats]:
    slopes, weights = [], []
    for part in scored:
        towards = (sign * part[moving.side].logits).detach().requires_grad_(True)
        away = (sign * part[fixed.side].logits).detach() if game.dual.paired else None
        (weight,) = torch.autograd.grad(game.dual.mover(towards, away), towards)
        weights.append(weight.abs() * len(towards))
        slopes.append(part[moving.side].squared_slope().detach().sqrt())
    sides = [part[fixed.side].points for part in scored]
    points = [torch.cat(variable).detach() for variable in zip(*sides, strict=True)]
    spread = math.sqrt(sum(float(each.flatten(1).var(0).sum()) for each in points))
    return torch.cat(slopes).double().numpy() * spread, torch.cat(weights).double().numpy()


def _only_q_moves(game: Game) -> bool:
    return bool(game.q.networks(*game.names)) and not game.p.networks(*game.names)


def _holds_rows(game: Game, joint: Joint) -> bool:
    return any(
        isinstance(factor, Data) and factor.variable not in game.conditions
        for factor in joint.ancestors(*game.names)
    )
