"""What a trained critic says of two laws, and of two samples."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from torch import nn

from kullback.lab.claim import Words
from kullback.lab.exact.grid import normal
from kullback.lab.figures import WIDE, colour, legend, lines
from kullback.lab.games import accuracy, critic, js_bound, logits, tell_apart
from kullback.lab.learn import weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.report.style import DATA, draw
from kullback.training import Adam

SIZES = (100, 400, 1600)
FRESH = 4000


def best_critic(seed: int) -> Outcome:
    """Train a critic between N(0, 1) and N(1, 1), whose best logit is ½ − x."""
    rng = np.random.default_rng([seed, 0])
    real, made = rng.normal(0, 1, (100_000, 1)), rng.normal(1, 1, (100_000, 1))
    with weights(seed):
        judge = critic(1, (32, 32), nn.SiLU)
    tell_apart(judge, real, made, 1000, optimiser=Adam(3e-3), batch_size=512, seed=seed)
    x = np.linspace(-3, 4, 141)
    found = _share(logits(judge, x[:, None]))
    best = _share(0.5 - x)
    middle = np.abs(x - 0.5) <= 2
    slope = np.polyfit(x[middle], logits(judge, x[middle, None]), 1)[0]
    measured = {"largest_error": float(np.abs(found - best).max()), "slope_of_logit": float(slope)}
    return Outcome(measured, {"x": x, "trained": found, "best": best})


def draw_best_critic(series: Series) -> list[Panel]:
    """The critic over the two densities it judges."""
    x = series["x"]

    def paint(axes: Axes) -> None:
        for mean, name in ((0, "q = N(0, 1)"), (1, "p = N(1, 1)")):
            axes.fill_between(x, normal(x, mean, 1), color=colour(mean), alpha=0.25, label=name)
        axes.plot(x, series["best"], "--", color=DATA, label="q/(q+p)")
        axes.plot(x, series["trained"], color=colour(2), label="trained D")
        axes.set(xlabel="x", ylabel="density, D(x)", ylim=(0, 1.05))
        legend(axes, 4)

    return [
        Panel(
            draw(paint, WIDE),
            Words(
                "The trained critic lies on the exact one: ½ where the densities cross.",
                "训练出的判别器与精确解重合：两条密度曲线相交处恰为 ½。",
            ),
        )
    ]


def equal_laws(seed: int) -> Outcome:
    """Train critics on two samples of one law, N(0, I) in 20 dimensions, of several sizes."""
    rng = np.random.default_rng([seed, 0])
    fresh = rng.normal(size=(2, FRESH, 20))
    seen, unseen, claimed = [], [], []
    for size in SIZES:
        real, made = rng.normal(size=(2, size, 20))
        with weights(seed):
            judge = critic(20, (64, 64))
        tell_apart(judge, real, made, 400, optimiser=Adam(3e-3), batch_size=100, seed=seed)
        seen.append(accuracy(judge, real, made))
        unseen.append(accuracy(judge, *fresh))
        claimed.append(js_bound(judge, real, made))
    measured = {
        "accuracy_on_the_100": seen[0],
        "accuracy_on_fresh_points": unseen[0],
        "js_claimed": claimed[0],
        "accuracy_on_1600": seen[-1],
    }
    series = {"size": np.array(SIZES), "seen": np.array(seen), "fresh": np.array(unseen)}
    return Outcome(measured, series)


def draw_equal_laws(series: Series) -> list[Panel]:
    """What is learnt by heart is not there on fresh points."""
    curves = {
        "rows it learned": (series["size"], series["seen"]),
        "fresh points": (series["size"], series["fresh"]),
    }
    return [
        Panel(
            lines(curves, ("points a side", "accuracy"), log="x", levels={"½": 0.5}, markers=True),
            Words(
                "Both sides have one law. The critic tells the samples apart by heart; of fresh "
                "points it knows nothing, and the more points, the less it can learn by heart.",
                "两边本是同一分布。判别器靠死记把两组样本分开，对新样本一无所知；样本越多越记不住。",
            ),
        )
    ]


def _share(logit: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-logit)))
