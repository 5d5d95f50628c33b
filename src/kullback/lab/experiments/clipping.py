"""What clipping does to a critic: to its weights, its slope, and to what is generated with it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from torch import nn

from kullback.data import ring
from kullback.distributions import Noise
from kullback.divergences import WASSERSTEIN, Penalty, unit_slope
from kullback.lab.claim import Words
from kullback.lab.digits import digits
from kullback.lab.draws import drawn
from kullback.lab.figures import SMALL, colour, legend, pictures
from kullback.lab.games import REAL, critic, entries, generated, polarised, slopes, tell_apart
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import clipping, mlp
from kullback.objectives import adversarial
from kullback.report.style import draw
from kullback.training import Adam, RMSProp

BOUNDS = (0.1, 0.01, 0.001)


def clipped_critics(seed: int) -> Outcome:
    """Train a critic of five layers between the ring and noise, clipped or with a penalty."""
    rng = np.random.default_rng([seed, 0])
    real, made = ring().sample(10_000, rng)[0], rng.normal(size=(10_000, 2))
    measured: dict[str, float] = {}
    series: dict[str, Array] = {}
    for bound in (*BOUNDS, None):
        with weights(seed):
            judge = critic(2, (64, 64, 64, 64))
        tell_apart(
            judge,
            real,
            made,
            300,
            WASSERSTEIN,
            penalties=() if bound else (unit_slope(),),
            project=clipping(judge, bound) if bound else None,
            optimiser=RMSProp(2e-3) if bound else Adam(1e-3, (0.5, 0.9)),
            seed=seed,
        )
        name = "penalty" if bound is None else f"clip_{bound:g}"
        measured[f"share_{name}"] = polarised(judge)
        slope = float(slopes(judge, real[:1000]).mean())
        measured[f"log10_slope_{name}"] = math.log10(slope)
        found = entries(judge)
        series[name] = found / np.abs(found).max()
    return Outcome(measured, series)


def draw_clipped_critics(series: Series) -> list[Panel]:
    """Histograms of the weights, each in units of the largest."""

    def of(names: tuple[str, ...]) -> Callable[[Axes], None]:
        def paint(axes: Axes) -> None:
            edges = np.linspace(-1, 1, 41).tolist()
            for i, name in enumerate(names):
                label = name.replace("clip_", "c = ").replace("penalty", "GP")
                axes.hist(series[name], edges, color=colour(i), alpha=0.6, label=label)
            axes.set(xlabel="weight / the largest", ylabel="weights")
            legend(axes, len(names))

        return paint

    return [
        Panel(
            draw(of(("clip_0.1", "clip_0.01")), SMALL),
            Words("Clipped weights stand at the two ends.", "裁剪后的权重堆在两端。"),
        ),
        Panel(
            draw(of(("penalty",)), SMALL),
            Words("With the penalty they do not.", "用梯度惩罚时则不会。"),
        ),
    ]


def clipped_game(seed: int) -> Outcome:
    """Generate digits with a clipped critic and with a penalised one, and look at the pixels."""
    real = digits().train.x.reshape(-1, 64) / 255
    measured: dict[str, float] = {"extreme_data": _extreme(real), "middle_data": _middle(real)}
    series = {"data": real[:12]}
    for name in ("clipped", "penalised"):
        with weights(seed):
            p = generated(nn.Sequential(mlp(8, (64, 64), 64), nn.Sigmoid()), 8)
            judge = critic(64, (64, 64))
        clipped = name == "clipped"
        penalties: tuple[Penalty, ...] = () if clipped else (unit_slope(),)
        game = adversarial(
            WASSERSTEIN,
            REAL,
            p,
            judge,
            penalties=penalties,
            moves=3,
            project=clipping(judge, 0.05) if clipped else None,
        )
        step = RMSProp(1e-3) if clipped else Adam(2e-3, (0.5, 0.9))
        learn(game, {"x": real}, 350, optimiser=step, batch_size=64, seed=seed)
        made = drawn(p, Noise.seeded(1000, seed, 2))
        measured |= {
            f"extreme_{name}": _extreme(made),
            f"middle_{name}": _middle(made),
            f"share_of_weights_{name}": polarised(judge),
        }
        series[name] = made[:12]
    measured["more_extreme_pictures"] = measured["extreme_clipped"] - measured["extreme_data"]
    measured["more_extreme_weights"] = (
        measured["share_of_weights_clipped"] - measured["share_of_weights_penalised"]
    )
    return Outcome(measured, series)


def draw_clipped_game(series: Series) -> list[Panel]:
    """Pictures from the two games under some of the data."""
    rows = [
        np.pad(series[name].reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)), constant_values=0.5)
        for name in ("data", "clipped", "penalised")
    ]
    return [
        Panel(
            pictures(rows, ("data", "clipped", "GP"), size=(4.6, 1.6)),
            Words(
                "Neither game makes pictures of black and white alone: grey stays grey.",
                "两种训练都没有只剩黑白：灰色仍然是灰色。",
            ),
        )
    ]


def _extreme(x: Array) -> float:
    """The share of pixels within a sixteenth of black or of white."""
    return float((np.abs(x - 0.5) >= 0.5 - 1 / 16).mean())


def _middle(x: Array) -> float:
    """The share of pixels in the middle half of the greys."""
    return float((np.abs(x - 0.5) <= 0.25).mean())
