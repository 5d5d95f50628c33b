"""A generator that has only to please a critic that no longer learns."""

from __future__ import annotations

import numpy as np

from kullback.data import ring
from kullback.distributions import Noise
from kullback.divergences import NON_SATURATING
from kullback.evaluation.points import modes
from kullback.lab.claim import Words
from kullback.lab.draws import drawn
from kullback.lab.figures import clouds
from kullback.lab.games import (
    REAL,
    accuracy,
    critic,
    generated,
    generator_alone,
    logits,
    tell_apart,
)
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Outcome, Panel, Series
from kullback.networks import mlp
from kullback.objectives import adversarial
from kullback.training import Adam


def please_a_frozen_critic(seed: int) -> Outcome:
    """Train a critic against the untrained generator, then the generator against that critic."""
    truth, rng = ring(), np.random.default_rng([seed, 0])
    real, fresh = truth.sample(10_000, rng)[0], truth.sample(2500, rng)[0]
    with weights(seed):
        p, judge, anew = generated(mlp(2, (64, 64), 2), 2), critic(2, (64, 64)), critic(2, (64, 64))
    tell_apart(
        judge,
        real,
        drawn(p, Noise.seeded(len(real), seed, 2)),
        600,
        optimiser=Adam(3e-3),
        seed=seed,
    )
    before = drawn(p, Noise.seeded(2500, seed + 1, 2))
    fooled_before = float((logits(judge, before) > 0).mean())
    game = adversarial(NON_SATURATING, REAL, p, judge)
    learn(generator_alone(game), {"x": real}, 1000, optimiser=Adam(2e-3), seed=seed)
    made = drawn(p, Noise.seeded(2500, seed + 1, 2))
    tell_apart(
        anew, real, drawn(p, Noise.seeded(len(real), seed, 2)), 600, optimiser=Adam(3e-3), seed=seed
    )
    measured = {
        "taken_for_data_before": fooled_before,
        "taken_for_data": float((logits(judge, made) > 0).mean()),
        "modes": modes(made, truth).value,
        "fresh_critic": accuracy(anew, fresh, made),
    }
    return Outcome(measured, {"real": real[:1000], "before": before[:600], "after": made[:600]})


def draw_please_a_frozen_critic(series: Series) -> list[Panel]:
    """Where the generator went."""
    points = {"data": series["real"], "at first": series["before"], "fooling D": series["after"]}
    return [
        Panel(
            clouds(points, ("x₁", "x₂"), size=(3.6, 3.2)),
            Words(
                "The generator goes where that one critic says data, which is not where data are.",
                "生成器跑到那个判别器认为像数据的地方，而数据并不在那里。",
            ),
        )
    ]
