"""What a network cannot make of a normal z: a law in two pieces, without a bridge.

For G with slope at most L and p = G(z), z ~ N(0, 1), let a = P(G ≤ −w) and b = P(G ≥ w), w > 0. The
z of the two events are 2w/L apart at least, and of all sets of mass a the half-line has the
smallest neighbourhood (the Gaussian isoperimetric inequality; Borell 1975, Sudakov & Tsirelson
1974), so

    Φ⁻¹(1 − b) − Φ⁻¹(a) ≥ 2w/L,    and for a = b  the mass between is 1 − 2a ≥ 2Φ(w/L) − 1.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.special import ndtr, ndtri
from torch import Tensor, nn

from kullback.data import Mixture
from kullback.distributions import Noise
from kullback.divergences import mmd
from kullback.lab.claim import Words
from kullback.lab.draws import drawn
from kullback.lab.figures import lines
from kullback.lab.games import REAL, generated
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Outcome, Panel, Series
from kullback.networks import mlp, spectrally_normalised
from kullback.objectives import match
from kullback.training import Adam

BUMPS = Mixture(np.array([[-3.0], [3.0]]), np.array([0.5, 0.5]), np.array([0.5, 0.5]))
CAPS = (4.0, 8.0, 16.0)
EDGE = 1.5
"""The bumps' own mass between −w and w is .135 %: three standard deviations from either."""


class Capped(nn.Module):
    """A perceptron of slope at most L: spectrally normalised layers, times L."""

    def __init__(self, cap: float) -> None:
        super().__init__()
        self.cap = cap
        self.layers = spectrally_normalised(mlp(1, (32, 32), 1, nn.ReLU))

    def forward(self, z: Tensor) -> Tensor:
        found: Tensor = self.cap * self.layers(z)
        return found


def bridge(seed: int) -> Outcome:
    """Train generators of three steepest slopes to two bumps, and weigh what lies between.

    By MMD: a critic would add the troubles of its own game.
    """
    real = BUMPS.sample(20_000, np.random.default_rng([seed, 0]))[0]
    leaks, ratios = [], []
    series = {"cap": np.array(CAPS), "bound": 2 * ndtr(EDGE / np.array(CAPS)) - 1}
    for cap in CAPS:
        with weights(seed):
            p = generated(Capped(cap), 1)
        learn(match(_mmd, REAL, p, on="x"), {"x": real}, 600, optimiser=Adam(1e-2), seed=seed)
        made = drawn(p, Noise.seeded(100_000, seed, 2))[:, 0]
        below, above = float((made <= -EDGE).mean()), float((made >= EDGE).mean())
        leaks.append(1 - below - above)
        ratios.append(float(ndtri(1 - above) - ndtri(below)) * cap / (2 * EDGE))
        series[f"made_{cap:g}"] = made[:20_000]
    measured = {f"leak_at_{cap:g}": leak for cap, leak in zip(CAPS, leaks, strict=True)}
    measured |= {
        "own_mass_between": float((np.abs(real) < EDGE).mean()),
        "least_gap_over_bound": min(ratios),
        "rise": max(after - before for before, after in pairwise(leaks)),
    }
    return Outcome(measured, series | {"leak": np.array(leaks)})


def draw_bridge(series: Series) -> list[Panel]:
    """The leak against the cap, over the bound."""
    curves = {
        "mass between the bumps": (series["cap"], series["leak"]),
        "2Φ(w/L) − 1": (series["cap"], series["bound"]),
    }
    return [
        Panel(
            lines(curves, ("largest slope L of G", "P(|x| < 1.5)"), markers=True),
            Words(
                "A continuous G has to cross the gap; the steeper it may be, the less it leaves "
                "there, and never nothing.",
                "连续的 G 必须跨过空隙：允许的坡度越大，留在空隙里的质量越少，但总不为零。",
            ),
        )
    ]


def _mmd(q: Tensor, p: Tensor) -> Tensor:
    return mmd(q, p, scale=3.0)
