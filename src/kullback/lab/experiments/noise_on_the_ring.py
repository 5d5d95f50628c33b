"""Instance noise: what it does for a game, and why it has to go."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from kullback.data import Mixture, ring
from kullback.distributions import Noise
from kullback.divergences import NON_SATURATING
from kullback.evaluation.points import high_quality, modes
from kullback.lab.claim import Words
from kullback.lab.draws import drawn
from kullback.lab.exact.grid import js, normal
from kullback.lab.figures import clouds
from kullback.lab.games import REAL, critic, generated
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Outcome, Panel, Series
from kullback.networks import mlp
from kullback.objectives import Clock, InstanceNoise, adversarial
from kullback.training import Adam

SIZE = 0.5
WIDTH = 0.05
ROUNDS = 1500


def annealed_noise(seed: int) -> Outcome:
    """Play the game on the ring twice: with noise that falls to 0 halfway, and noise that stays.

    The ring's modes are of width .05: a twentieth of its radius can be learned in a short game.
    """
    truth = Mixture(ring().centres, ring().weights, np.full(8, WIDTH))
    real = truth.sample(20_000, np.random.default_rng([seed, 0]))[0]
    kinds = {"annealed": _noise(2.0), "constant": _noise(0.0)}
    measured: dict[str, float] = {}
    series = {"real": real[:1000]}
    for name, noise in kinds.items():
        with weights(seed):
            p, judge = generated(mlp(2, (64, 64), 2), 2), critic(2, (64, 64))
        game = adversarial(NON_SATURATING, REAL, p, judge, instance_noise=noise)
        learn(game, {"x": real}, ROUNDS, optimiser=Adam(2e-3, (0.5, 0.99)), seed=seed)
        made = drawn(p, Noise.seeded(2500, seed, 2))
        measured[f"high_quality_{name}"] = high_quality(made, truth).value
        measured[f"modes_{name}"] = modes(made, truth).value
        series[name] = made[:1000]
    measured["gain"] = measured["high_quality_annealed"] - measured["high_quality_constant"]
    measured |= _what_noise_hides()
    return Outcome(measured, series)


def draw_annealed_noise(series: Series) -> list[Panel]:
    """Samples of each of the two games over the data."""
    says = {
        "annealed": Words("The noise falls to 0: samples sharpen.", "噪声降到 0：样本变得清晰。"),
        "constant": Words(
            "The noise stays: the critic sees modes as wide as the noise.",
            "噪声一直不变：判别器看到的峰与噪声一样宽。",
        ),
    }
    limits = (-1.6, 1.6, -1.6, 2.4)
    return [
        Panel(
            clouds({"data": series["real"], name: series[name]}, ("x₁", "x₂"), limits=limits), words
        )
        for name, words in says.items()
    ]


def _noise(pace: float) -> InstanceNoise:
    """s = .5·max(0, 1 − pace·t): rates fall as well, so what is to be learned without comes early.

    The library's ``annealed`` is the one of pace 1.
    """

    def size(noise: Noise, clock: Clock) -> Tensor:
        return (SIZE * (1 - pace * clock.progress).clamp(min=0)).expand(noise.rows)

    return InstanceNoise(size, told=False, formula=f"x + sε, s = {SIZE:g}·max(0, 1−{pace:g}t)")


def _what_noise_hides() -> dict[str, float]:
    """JS of one of the modes and one three times as wide, as they are and in the noise."""
    x = np.linspace(-5, 5, 20_001)
    widths = (WIDTH, 3 * WIDTH)
    noisy = [float(np.hypot(width, SIZE)) for width in widths]
    return {
        "js_of_wide_mode": js(x, *(normal(x, 0, width) for width in widths)),
        "js_of_wide_mode_in_noise": js(x, *(normal(x, 0, width) for width in noisy)),
    }
