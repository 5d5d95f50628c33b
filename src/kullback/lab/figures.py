"""Drawings that experiments share, in the style of the reports: arrays in, SVG out.

Words inside a drawing are few, symbols and English; what it shows is said below it, in both
languages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from kullback.lab.outcome import Array
from kullback.report.style import DATA, PALETTE, draw

WIDE = (4.6, 2.8)
SMALL = (3.1, 2.5)

Line = tuple[Array, Array]


def lines(
    curves: Mapping[str, Line],
    labels: tuple[str, str],
    *,
    size: tuple[float, float] = WIDE,
    log: str = "",
    levels: Mapping[str, float] | None = None,
    markers: bool = False,
) -> str:
    """Draw named curves (x, y); ``log`` names logarithmic axes, "x", "y" or "xy".

    ``levels`` are values of y by name, each a dashed grey line: a bound, or an exact value.
    """

    def paint(axes: Axes) -> None:
        for i, (name, (x, y)) in enumerate(curves.items()):
            axes.plot(x, y, "o-" if markers else "-", color=colour(i), label=name, markersize=3)
        for name, level in (levels or {}).items():
            _mark(axes, name, level)
        scales(axes, log)
        axes.set(xlabel=labels[0], ylabel=labels[1])
        legend(axes, len(curves))

    return draw(paint, size)


def bars(
    heights: Mapping[str, float],
    label: str,
    *,
    size: tuple[float, float] = WIDE,
    log: str = "",
    levels: Mapping[str, float] | None = None,
) -> str:
    """Draw named heights as bars, their values above them."""

    def paint(axes: Axes) -> None:
        drawn = axes.bar(list(heights), list(heights.values()), color=colour(0), width=0.6)
        axes.bar_label(drawn, fmt="%.3g", fontsize=8, padding=2)
        for name, level in (levels or {}).items():
            _mark(axes, name, level)
        scales(axes, log)
        axes.set(ylabel=label)
        axes.margins(y=0.15)

    return draw(paint, size)


def clouds(
    points: Mapping[str, Array],
    labels: tuple[str, str],
    *,
    size: tuple[float, float] = SMALL,
    limits: tuple[float, float, float, float] | None = None,
) -> str:
    """Draw named points (N, 2), the first in grey behind the others; axes have equal units."""

    def paint(axes: Axes) -> None:
        for i, (name, at) in enumerate(points.items()):
            ink = DATA if i == 0 else colour(i - 1)
            axes.plot(
                at[:, 0],
                at[:, 1],
                ".",
                color=ink,
                label=name,
                markersize=3,
                alpha=0.6,
                rasterized=True,
            )
        axes.set(xlabel=labels[0], ylabel=labels[1], aspect="equal")
        if limits is not None:
            axes.set(xlim=limits[:2], ylim=limits[2:])
        legend(axes, len(points))

    return draw(paint, size)


def pictures(rows: Sequence[Array], names: Sequence[str], *, size: tuple[float, float]) -> str:
    """Draw lines of grey pictures (n, H, W) in [0, 1], each line named on its left."""

    def paint(axes: Axes) -> None:
        sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0)
        height = rows[0].shape[1]
        axes.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest", aspect="equal")
        axes.set_yticks([height * (i + 0.5) for i in range(len(rows))], list(names))
        axes.set_xticks([])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)

    return draw(paint, size)


def colour(i: int) -> str:
    """The colour of the i-th curve."""
    return PALETTE[(5, 3, 2, 0, 4, 1)[i % 6]]


def scales(axes: Axes, log: str) -> None:
    """Make the axes named in ``log`` logarithmic."""
    if "x" in log:
        axes.set_xscale("log")
    if "y" in log:
        axes.set_yscale("log")


def legend(axes: Axes, count: int) -> None:
    """Name what is drawn, if there is more than one thing."""
    if count > 1:
        axes.legend(frameon=False, fontsize=8, handlelength=1.4)


def _mark(axes: Axes, name: str, level: float) -> None:
    """Draw a dashed line at a value of y, its name above its right end."""
    axes.axhline(level, color=DATA, linestyle="--", linewidth=1)
    axes.annotate(
        name,
        (1, level),
        (0, 2),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=8,
        color=DATA,
    )
