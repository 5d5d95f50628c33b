"""Toys of two data sets: {y}, which is to be generated, and {z}, which a generator is given.

In the library's words {y} is the variable x, and {z} the variable "source". Laws are in their own
units, on a line or a plane, and small enough for networks of two layers of 32.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from kullback.data import Space
from kullback.distributions import Noise
from kullback.lab.draws import drawn
from kullback.lab.figures import colour, legend
from kullback.lab.learn import learn
from kullback.lab.outcome import Array
from kullback.models.model import Model
from kullback.report.style import DATA, draw
from kullback.training import Adam

ROWS = 4096
FRESH = 4000
HIDDEN = [32, 32]
MEAN, WIDTH = 2.0, 0.5
"""Two bumps: ½ N(−2, ½²) + ½ N(2, ½²)."""

GAME: dict[str, Any] = {"moves": 1, "ema": 0.9}
"""What all these games have in common."""


def points(features: int) -> Space:
    """The space of points whose model units are their own."""
    return Space("real", (features,), "float32", (0.0,) * features)


LINE, PLANE = points(1), points(2)


def bumps(rng: np.random.Generator, n: int) -> Array:
    """Draw n points of the two bumps, (n, 1)."""
    side = rng.choice([-MEAN, MEAN], (n, 1))
    return (side + WIDTH * rng.normal(size=(n, 1))).astype(np.float32)


def normal(rng: np.random.Generator, n: int, mean: float = 0.0, deviation: float = 1.0) -> Array:
    """Draw n points of N(mean, deviation²), (n, 1)."""
    return (mean + deviation * rng.normal(size=(n, 1))).astype(np.float32)


def teach(
    model: Model, rows: Mapping[str, Array], rounds: int, seed: int, rate: float = 3e-3
) -> None:
    """Play so many rounds."""
    learn(model.objective, rows, rounds, optimiser=Adam(rate, (0.5, 0.99)), seed=seed)


def answers(model: Model, given: Mapping[str, Array], seed: int) -> Array:
    """Draw x of the model side, (FRESH, D), for rows of what it is given."""
    return drawn(model.p, Noise.seeded(FRESH, seed, 1), given)


def draw_map(
    given: Array,
    made: Mapping[str, Array],
    law: Array,
    labels: tuple[str, str],
    *,
    size: tuple[float, float] = (3.4, 2.8),
    same: bool = False,
) -> str:
    """Output against input, of named maps; on the right what law the outputs should have, in grey,
    and have, peaks cut off. With ``same`` the line output = input is drawn as well.
    """
    low, high = float(given.min()), float(given.max())
    wide = high - low

    def paint(axes: Axes) -> None:
        if same:
            axes.plot([low, high], [low, high], "--", color=DATA, linewidth=1, label="same")
        edges = np.linspace(float(law.min()), float(law.max()), 60)
        heights = np.histogram(law, edges)[0]
        axes.fill_betweenx(
            (edges[1:] + edges[:-1]) / 2,
            high + wide * (0.4 - 0.35 * heights / heights.max()),
            high + wide * 0.4,
            color=DATA,
            alpha=0.4,
            linewidth=0,
        )
        for i, (name, values) in enumerate(made.items()):
            axes.plot(
                given,
                values,
                ".",
                color=colour(i),
                label=name,
                markersize=2,
                alpha=0.5,
                rasterized=True,
            )
            found = np.histogram(values, edges)[0]
            axes.plot(
                high + wide * (0.4 - 0.35 * np.minimum(found / heights.max(), 1.1)),
                (edges[1:] + edges[:-1]) / 2,
                color=colour(i),
                linewidth=1,
            )
        axes.set(xlabel=labels[0], ylabel=labels[1], xlim=(low - wide * 0.03, high + wide * 0.42))
        axes.set_xticks([tick for tick in axes.get_xticks() if low <= tick <= high])
        legend(axes, len(made) + same)

    return draw(paint, size)
