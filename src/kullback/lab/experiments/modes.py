"""Counting modes in the plane: what each measure does not see, and what the truth itself scores.

Of a mixture of isotropic Gaussians in the plane the share within 3 standard deviations is

    1 − e^{−9/2} = .9889,

the law of a Rayleigh variable, so the truth scores that and not 1. KL(shares ‖ weights) of n of its
own samples over M equal modes is χ²/2n with M − 1 degrees of freedom, to the second order: (M−1)/2n
in the mean. Lin et al. (2018, arXiv 1712.04086) for the protocol.

What a continuous generator of one Gaussian makes is connected, so that it has bridges between the
modes, the narrower the steeper it is. On the grid, coordinate by coordinate, the steepest place of

    G(z) = Q(Φ(z)),  Q the quantiles of five bumps,

is cut to a slope L by a straight bridge, and L decides how many samples are good.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from kullback.data import Mixture, grid, ring
from kullback.evaluation import points
from kullback.lab.claim import Words
from kullback.lab.figures import clouds
from kullback.lab.outcome import Array, Outcome, Panel, Series

SAMPLES = 2_500
DRAWS = 1_000
"""Draws of the truth, of which the 99 % point is taken."""


def measures_of_modes() -> Outcome:
    """Modes, high quality and reverse KL of a circle without features, and of the truth itself."""
    truth, rng = ring(), np.random.default_rng(2)
    many = _on_the_circle(rng.uniform(0, 2 * np.pi, 10 * SAMPLES))
    circle = many[:SAMPLES]
    real, _ = truth.sample(SAMPLES, rng)
    floors = {name: _floor(law, rng) for name, law in (("ring", truth), ("grid", grid()))}
    quality = points.high_quality(many, truth)
    steep = brentq(lambda slope: _quality_at_slope(slope) - 0.95, 20, 500)
    corners = _on_the_circle(np.linspace(0, 2 * np.pi, 8))
    measured = {
        "circle_modes": points.modes(circle, truth).value,
        "circle_high_quality": quality.value,
        "circle_reverse_kl": points.reverse_kl(circle, truth).value,
        "truth_high_quality": quality.floor or 0.0,
        "ring_floor": float(floors["ring"].mean()),
        "ring_floor_99": float(np.quantile(floors["ring"], 0.99)),
        "grid_floor": float(floors["grid"].mean()),
        "grid_floor_99": float(np.quantile(floors["grid"], 0.99)),
        "slope_for_95_percent_on_the_grid": float(steep),
        "high_quality_at_slope_50": _quality_at_slope(50),
        "modes_of_closed_linspace": float(len(np.unique(corners.round(9), axis=0))),
        "modes_of_ring": float(len(np.unique(truth.centres.round(9), axis=0))),
    }
    return Outcome(measured, {"truth": real, "circle": circle[:500]})


def draw_measures_of_modes(series: Series) -> list[Panel]:
    """The featureless circle beside the ring."""
    limits = (-1.3, 1.3, -1.3, 1.3)
    points_of = {"true": series["truth"], "circle": series["circle"]}
    svg = clouds(points_of, ("x₁", "x₂"), limits=limits)
    return [
        Panel(
            svg,
            Words(
                "A circle without any features finds all 8 modes and shares itself out evenly "
                "among them, as the truth does; only the share of good samples, 7.6 %, tells.",
                "一个毫无特征的圆能“命中”全部 8 个模式，并且在各模式间分配得和真实分布一样均匀；"
                "只有高质量样本的比例（7.6%）能看出问题。",
            ),
        )
    ]


def _quality_at_slope(slope: float) -> float:
    """The share of good samples on the grid of the generator whose bridges have that slope."""
    truth = grid()
    scale, sides = float(truth.scales[0]), np.unique(truth.centres)
    z = ndtri((np.arange(20_000) + 0.5) / 20_000)
    x = np.asarray(_bumps(z, sides, scale))
    for edge in ndtri(np.arange(1, len(sides)) / len(sides)):

        def excess(half: float, edge: float = edge) -> float:
            low, high = _bumps(np.array([edge - half, edge + half]), sides, scale)
            return float(high - low - 2 * half * slope)

        half = brentq(excess, 1e-9, 0.5)
        low, high = _bumps(np.array([edge - half, edge + half]), sides, scale)
        bridge = np.abs(z - edge) < half
        x[bridge] = (low + high) / 2 + slope * (z[bridge] - edge)
    off = np.sort((np.abs(x[:, None] - sides).min(1) / scale) ** 2)
    return float(np.searchsorted(off, points.RADIUS**2 - off, side="right").mean() / len(off))


def _bumps(z: Array, sides: Array, scale: float) -> Array:
    """The map from N(0, 1) to equal bumps that keeps the order, (n,)."""
    share = ndtr(z) * len(sides)
    mode = np.minimum(np.floor(share), len(sides) - 1).astype(int)
    found: Array = sides[mode] + scale * ndtri(share - mode)
    return found


def _on_the_circle(angles: Array) -> Array:
    return np.stack([np.cos(angles), np.sin(angles)], 1)


def _floor(truth: Mixture, rng: np.random.Generator) -> Array:
    """KL(shares ‖ weights) of many draws of the truth itself, hard shares as published."""
    modes = len(truth.weights)
    shares = rng.multinomial(SAMPLES, truth.weights, size=DRAWS) / SAMPLES
    ratio = np.where(shares > 0, shares, 1) * modes
    return np.asarray((shares * np.log(ratio)).sum(1))
