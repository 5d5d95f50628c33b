"""What a penalised critic's loss says of the distance between two laws on a line."""

from __future__ import annotations

import numpy as np
from torch import nn

from kullback.divergences import WASSERSTEIN, unit_slope
from kullback.lab.claim import Words
from kullback.lab.exact.grid import js, normal
from kullback.lab.exact.transport import w1
from kullback.lab.figures import lines
from kullback.lab.games import critic, logits, slopes, tell_apart
from kullback.lab.learn import weights
from kullback.lab.outcome import Outcome, Panel, Series
from kullback.training import Adam

DISTANCES = (0.5, 1.0, 2.0, 3.5, 5.0)
WIDTHS = (0.1, 0.2)


def distance_by_a_critic(seed: int) -> Outcome:
    """Train a critic for each distance of N(0, .1²) and N(θ, .2²); divide by its slope."""
    rng = np.random.default_rng([seed, 0])
    x = np.linspace(-2, 8, 20_001)
    exact, raw, scaled, flat = [], [], [], []
    for distance in DISTANCES:
        real, made = (
            rng.normal(mean, width, (4000, 1))
            for mean, width in zip((0, distance), WIDTHS, strict=True)
        )
        with weights(seed):
            judge = critic(1, (32, 32), nn.SiLU)
        tell_apart(
            judge,
            real,
            made,
            250,
            WASSERSTEIN,
            penalties=(unit_slope(),),
            optimiser=Adam(5e-3, (0.5, 0.9)),
            seed=seed,
        )
        said = float(logits(judge, real).mean() - logits(judge, made).mean())
        share = rng.uniform(size=(len(real), 1))
        slope = float(slopes(judge, share * real + (1 - share) * made).mean())
        exact.append(w1(real, made))
        raw.append(said)
        scaled.append(said / slope)
        flat.append(js(x, normal(x, 0, WIDTHS[0]), normal(x, distance, WIDTHS[1])))
    fit = np.polyfit(exact, scaled, 1)
    measured = {
        "slope": float(fit[0]),
        "correlation": float(np.corrcoef(exact, scaled)[0, 1]),
        "raw_over_exact_at_5": raw[-1] / exact[-1],
        "spread_of_js": float(np.ptp(flat[1:])),
    }
    series = {"exact": exact, "scaled": scaled, "raw": raw, "js": flat}
    return Outcome(measured, {name: np.array(values) for name, values in series.items()})


def draw_distance_by_a_critic(series: Series) -> list[Panel]:
    """The estimates against the distance, and JS."""
    curves = {
        "critic / its slope": (series["exact"], series["scaled"]),
        "critic": (series["exact"], series["raw"]),
        "JS": (series["exact"], series["js"]),
    }
    return [
        Panel(
            lines(curves, ("W₁", "estimate;  nats"), markers=True),
            Words(
                "The critic's estimate grows with the distance, JS stays at log 2.",
                "判别器的估计随距离增长，JS 则停在 log 2。",
            ),
        )
    ]
