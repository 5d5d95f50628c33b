"""The Dirac-GAN: where games end that are played at once."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from kullback.divergences import MINIMAX, NON_SATURATING, WASSERSTEIN, Dual, Penalty, zero_slope
from kullback.lab.claim import Words
from kullback.lab.exact.dirac import orbit
from kullback.lab.figures import colour, legend
from kullback.lab.outcome import Outcome, Panel, Series
from kullback.report.style import DATA, draw

WEIGHT = 0.3
TALL = (3.1, 3.9)
FREE: dict[str, Dual] = {
    "saturating": MINIMAX,
    "non_saturating": NON_SATURATING,
    "wasserstein": WASSERSTEIN,
}
PENALISED: dict[str, Dual] = {
    "penalised_saturating": MINIMAX,
    "penalised_non_saturating": NON_SATURATING,
}
LABELS = {
    "saturating": "saturating",
    "non_saturating": "non-saturating",
    "wasserstein": "Wasserstein",
    "penalised_saturating": "saturating",
    "penalised_non_saturating": "non-saturating",
}


def orbits() -> Outcome:
    """Distance from the equilibrium after 500 steps from √2, with and without a penalty."""
    flat: tuple[Penalty, ...] = (zero_slope(WEIGHT, "q"),)
    paths = {name: orbit(dual) for name, dual in FREE.items()}
    paths |= {name: orbit(dual, flat) for name, dual in PENALISED.items()}
    return Outcome(
        {f"{name}_end": float(np.linalg.norm(path[-1])) for name, path in paths.items()}, paths
    )


def draw_orbits(series: Series) -> list[Panel]:
    """θ against ψ."""
    return [
        Panel(
            drawn(series, list(FREE), 150, 3.4),
            Words(
                "The first 150 steps. Wasserstein and saturating games spiral out; the "
                "non-saturating one comes in, slowly. The cross is the equilibrium.",
                "前 150 步。Wasserstein 与饱和损失向外盘旋，非饱和损失缓慢向内；十字为均衡点。",
            ),
        ),
        Panel(
            drawn(series, list(PENALISED), 500, 1.7),
            Words(
                "With the critic's slope on the data penalised, both come to rest.",
                "对判别器在数据处的斜率加惩罚后，两者都停在均衡点。",
            ),
        ),
    ]


def drawn(series: Series, names: list[str], steps: int, reach: float) -> str:
    """The first ``steps`` of some orbits, within ±``reach``; above them there is room for names."""

    def paint(axes: Axes) -> None:
        for i, name in enumerate(names):
            theta, psi = series[name][: steps + 1].T
            axes.plot(theta, psi, color=colour(i), label=LABELS[name], linewidth=1)
        axes.plot(0, 0, "+", color=DATA, markersize=8)
        axes.set(xlabel="sample θ", ylabel="critic ψ", aspect="equal")
        axes.set(xlim=(-reach, reach), ylim=(-reach, 1.9 * reach))
        legend(axes, len(names))

    return draw(paint, TALL)
