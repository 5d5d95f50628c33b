"""Relativistic pairing with a critic that is kept flat on both sides."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from kullback.data import grid
from kullback.distributions import Noise
from kullback.divergences import NON_SATURATING, RELATIVISTIC, Dual, Penalty, score, zero_slope
from kullback.evaluation.points import high_quality, modes, reverse_kl
from kullback.lab.claim import Words
from kullback.lab.draws import drawn
from kullback.lab.exact.least import least
from kullback.lab.figures import clouds
from kullback.lab.games import REAL, critic, generated
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Outcome, Panel, Series
from kullback.networks import mlp
from kullback.objectives import adversarial
from kullback.training import Adam

ROUNDS = 1000


def pairing_and_penalties(seed: int) -> Outcome:
    """Play on the grid with pairing and penalties, with penalties alone, with pairing alone."""
    truth = grid()
    spread = float(np.sqrt((truth.centres**2).mean()))
    real = truth.sample(20_000, np.random.default_rng([seed, 0]))[0] / spread
    both = (zero_slope(1.0, "q"), zero_slope(1.0, "p"))
    arms: dict[str, tuple[Dual, tuple[Penalty, ...]]] = {
        "paired_r1_r2": (RELATIVISTIC, both),
        "plain_r1_r2": (NON_SATURATING, both),
        "paired_alone": (RELATIVISTIC, ()),
    }
    measured: dict[str, float] = {}
    series = {"real": real[:1000]}
    for name, (dual, penalties) in arms.items():
        with weights(seed):
            p, judge = generated(mlp(2, (64, 64), 2), 2), critic(2, (64, 64))
        game = adversarial(dual, REAL, p, judge, penalties=penalties)
        learn(game, {"x": real}, ROUNDS, optimiser=Adam(2e-3, (0.0, 0.99)), seed=seed)
        made = drawn(p, Noise.seeded(2500, seed, 2))
        measured |= {
            f"modes_{name}": modes(made * spread, truth).value,
            f"reverse_kl_{name}": reverse_kl(made * spread, truth).value,
            f"high_quality_{name}": high_quality(made * spread, truth).value,
        }
        series[name] = made[:1000]
    with_both = measured["reverse_kl_paired_r1_r2"]
    measured |= {
        "saved_by_penalties": measured["reverse_kl_paired_alone"] - with_both,
        "saved_by_pairing": measured["reverse_kl_plain_r1_r2"] - with_both,
    }
    measured |= _additivity() | _scale()
    return Outcome(measured, series)


def draw_pairing_and_penalties(series: Series) -> list[Panel]:
    """Samples of each arm over the data."""
    says = {
        "paired_r1_r2": Words("Pairing, R1 and R2.", "相对配对，加 R1 与 R2。"),
        "plain_r1_r2": Words("R1 and R2 without pairing.", "有 R1 与 R2，不配对。"),
        "paired_alone": Words("Pairing without a penalty.", "只有配对，没有惩罚。"),
    }
    limits = (-2, 2, -2, 3)
    return [
        Panel(clouds({"data": series["real"], "G": series[n]}, ("x₁", "x₂"), limits=limits), words)
        for n, words in says.items()
    ]


def _additivity() -> dict[str, float]:
    """Of laws on two sets apart an f-divergence is the mean of those on each; is a dual's best?

    Each set has its own pair of laws, on three points; a side picks a set at even odds.
    """
    q = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], dtype=torch.float64)
    p = torch.tensor([[0.1, 0.3, 0.6], [0.2, 0.1, 0.7]], dtype=torch.float64)
    found = {}
    for dual in (NON_SATURATING, RELATIVISTIC):
        whole = best_loss(dual, q.flatten() / 2, p.flatten() / 2)
        parts = (best_loss(dual, q[0], p[0]) + best_loss(dual, q[1], p[1])) / 2
        found[f"additivity_gap_{dual.name}".replace("-", "_")] = abs(whole - parts)
    return found


def best_loss(dual: Dual, q: Tensor, p: Tensor) -> float:
    """The least loss of a critic that is free at each of n points, under tables q and p, (n,).

    Every pair (i, j) of points stands in the batch, weighted by its probability q_i p_j: a loss
    that is a mean over pairs is, for weights w, Σ w · (the loss of that pair alone).
    """
    pairs = torch.cartesian_prod(torch.arange(len(q)), torch.arange(len(p)))
    probability = q[pairs[:, 0]] * p[pairs[:, 1]]
    free = torch.zeros(len(q), dtype=torch.float64, requires_grad=True)
    each = torch.vmap(dual.critic)

    def loss() -> Tensor:
        return (probability * each(free[pairs[:, 0], None], free[pairs[:, 1], None])).sum()

    return least(loss, [free])


def _scale() -> dict[str, float]:
    """A critic's R1 on points, over R1 on the same points with every coordinate given four times.

    The critic of the latter sees the mean of the four: it is the same function of the data.
    """
    noise = Noise.seeded(64, 0, dtype=torch.float64)
    x = noise.normal(64, 3)
    wide = x.repeat(1, 4)

    def judge(at: Tensor) -> Tensor:
        return at.reshape(len(at), -1, 3).mean(1).square().sum(1)

    def paid(at: Tensor, variance: float | None) -> float:
        scored = score(judge, (at,))
        value = zero_slope(1.0, "q", variance).value(judge, scored, scored, noise)
        return float(value.detach())

    variances = [float(at.var(0).sum()) for at in (x, wide)]
    return {
        "r1_ratio": paid(x, None) / paid(wide, None),
        "r1_ratio_with_variance": paid(x, variances[0]) / paid(wide, variances[1]),
    }
