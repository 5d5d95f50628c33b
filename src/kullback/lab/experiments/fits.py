"""One Gaussian for two bumps: which divergence covers both, and which picks one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from torch import Tensor

from kullback.lab.claim import Words
from kullback.lab.exact.fit import Divergence, Fit, fitted, normal, points, two_bumps
from kullback.lab.exact.table import js, kl
from kullback.lab.figures import WIDE, colour, legend, lines
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.report.style import DATA, draw

COVERING, PICKING = (0.1, 2.5), (2.8, 0.6)
"""Starts: a wide Gaussian in the middle, and a narrow one at a bump."""
SHARES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.12, 0.14, 0.145, 0.15, 0.2, 0.3, 0.5, 0.99)


def fits_of_two_bumps() -> Outcome:
    """½N(−3, .5²) + ½N(3, .5²) by one Gaussian: the least forward KL, reverse KL and JS.

    Each is looked for from a wide start and from a start at one bump; the lower of the two counts.
    """
    x = points(-18, 18, 361)
    data = two_bumps(x)
    divergences: dict[str, Divergence] = {
        "forward": kl,
        "reverse": lambda q, p: kl(p, q),
        "js": js,
    }
    measured: dict[str, float] = {}
    series: dict[str, Array] = {"x": x.numpy(), "data": density(x, data)}
    for name, divergence in divergences.items():
        found = least(x, data, divergence)
        measured |= {
            f"{name}_mean": abs(found.mean),
            f"{name}_deviation": found.deviation,
            f"{name}_left": found.left,
        }
        series[name] = density(x, normal(x, found.mean, found.deviation))
    covering = normal(x, 0, measured["forward_deviation"])
    measured["js_of_covering"] = float(js(data, covering))
    return Outcome(measured, series)


def draw_fits_of_two_bumps(series: Series) -> list[Panel]:
    """The data, and the Gaussian that each divergence likes best."""
    names = {"forward": "KL(data ‖ p)", "reverse": "KL(p ‖ data)", "js": "JS"}
    svg = drawn(series, names, 7)
    return [
        Panel(
            svg,
            Words(
                "Forward KL covers both bumps and the gap between them; reverse KL and JS take one "
                "bump and leave the other out. Reverse KL and JS lie on each other.",
                "正向 KL 盖住两个峰和中间的空隙；反向 KL 与 JS 只取一个峰，丢掉另一个，"
                "两者几乎重合。",
            ),
        )
    ]


def huszar_interpolation() -> Outcome:
    """.7N(−2, .5²) + .3N(2, .5²) by one Gaussian, by π KL(data ‖ m) + (1−π) KL(p ‖ m)."""
    x = points(-18, 18, 361)
    data = two_bumps(x, 0.7, 2.0)
    starts = ((-0.8, 1.9), (-1.9, 0.6))
    found = {share: least(x, data, partial(js, share=share), starts) for share in SHARES}
    covering = least(x, data, kl, starts)
    picking = least(x, data, lambda q, p: kl(p, q), starts)
    shown = {"0.001": 0.001, "0.5": 0.5, "0.99": 0.99}
    measured = {
        "likelihood_mean": covering.mean,
        "likelihood_deviation": covering.deviation,
        "reverse_mean": picking.mean,
        "reverse_deviation": picking.deviation,
    }
    for name, share in shown.items():
        measured |= {
            f"mean_at_{name}": found[share].mean,
            f"deviation_at_{name}": found[share].deviation,
        }
    series = {
        "share": np.array(list(found)),
        "mean": np.array([fit.mean for fit in found.values()]),
        "deviation": np.array([fit.deviation for fit in found.values()]),
        "x": x.numpy(),
        "data": density(x, data),
    } | {
        name: density(x, normal(x, found[share].mean, found[share].deviation))
        for name, share in shown.items()
    }
    return Outcome(measured, series)


def draw_huszar_interpolation(series: Series) -> list[Panel]:
    """The fitted mean and width over π, and three of the fits."""
    curves = {"mean μ": series["mean"], "width σ": series["deviation"]}
    svg = lines(
        {name: (series["share"], each) for name, each in curves.items()},
        ("π", "of the best Gaussian"),
        log="x",
    )
    return [
        Panel(
            svg,
            Words(
                "From maximum likelihood on the left, one wide Gaussian, to one bump on the right: "
                "the change is a jump, at a π well below JS's ½.",
                "左端是最大似然的宽高斯，右端只取一个峰：变化是突然的一跳，"
                "发生在远小于 JS 的 π = ½ 处。",
            ),
        ),
        Panel(
            drawn(series, {name: f"π = {name}" for name in ("0.001", "0.5", "0.99")}, 6),
            Words("Three of these fits, with the data in grey.", "其中三个拟合，灰色为数据。"),
        ),
    ]


def least(
    x: Tensor,
    data: Tensor,
    divergence: Divergence,
    starts: tuple[tuple[float, float], ...] = (COVERING, PICKING),
) -> Fit:
    """The better of the fits from several starts."""
    return min((fitted(x, data, divergence, s) for s in starts), key=lambda fit: fit.left)


def density(x: Tensor, mass: Tensor) -> Array:
    """Masses at equally spaced points as values of a density."""
    return np.asarray((mass / (x[1] - x[0])).numpy())


def drawn(series: Series, names: Mapping[str, str], reach: float) -> str:
    """The data in grey and named densities, within ±``reach``."""

    def paint(axes: Axes) -> None:
        axes.fill_between(series["x"], series["data"], color=DATA, alpha=0.3, linewidth=0)
        for i, (name, label) in enumerate(names.items()):
            style = "--" if i == len(names) - 1 else "-"
            axes.plot(series["x"], series[name], style, color=colour(i), label=label)
        axes.set(xlabel="x", ylabel="density", xlim=(-reach, reach))
        axes.set_ylim(bottom=0)
        legend(axes, len(names))

    return draw(paint, WIDE)
