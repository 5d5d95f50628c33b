"""Quality against diversity: samples that could be real, and real rows that could be samples.

The two fail apart: a model that repeats a few perfect rows is at the top left, one that makes
everything and blurs it at the bottom right, real data at the top right. One number hides which.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator

from kullback.comparison import Cell, Column, Table
from kullback.report.elements import Html, drawing, element
from kullback.report.labels import Point, away, place
from kullback.report.style import DATA, MODEL, SECOND, draw
from kullback.report.words import title_of

_PAIRS = (
    ("recall", "precision"),
    ("coverage", "density"),
    ("modes", "high_quality"),
    ("reverse_kl", "high_quality"),
)
_SIZE = (6.2, 4.3)
_MARGIN = 0.12
_LABEL = 8.5
_NEAR = 12.0


def tradeoff(table: Table) -> Html | None:
    """Return the figure of the first pair of metrics that two rows or more have; else ``None``."""
    for wide, good in _PAIRS:
        for x, y in _alike(table, wide, good):
            here = {
                row.name: (one, other)
                for row in table.rows
                if (one := table.cell(row, x)) and (other := table.cell(row, y))
                if one.mean is not None and other.mean is not None
            }
            if len(here) > 1:
                return _figure(table, x, y, here)
    return None


def _alike(table: Table, wide: str, good: str) -> list[tuple[Column, Column]]:
    """The pairs of columns of two metrics on the same features."""

    def ending(column: Column, metric: str) -> str | None:
        name = column.metric
        return name[len(metric) :] if name == metric or name.startswith(f"{metric}_") else None

    return [
        (x, y)
        for x in table.columns
        for y in table.columns
        if (end := ending(x, wide)) is not None and end == ending(y, good)
    ]


def _figure(table: Table, x: Column, y: Column, here: dict[str, tuple[Cell, Cell]]) -> Html:
    classical = {row.name for row in table.rows if row.classical}
    real = None if x.real is None or y.real is None else (x.real, y.real)
    svg = draw(lambda axes: _paint(axes, x, y, here, classical, real), _SIZE)
    better = {"up": "right", "down": "left"}
    where = f"top {better[x.aim or 'up']}"
    told = (
        f"Each dot is a model's mean over seeds, small dots are its seeds; grey are classical "
        f"models. The best place is the {where}"
    )
    told += "; the ring is real data, judged as samples are." if real else "."
    caption = element("figcaption", told)
    names = ", ".join(here)
    return element(
        "figure",
        drawing(svg, f"{title_of(y.metric)} against {title_of(x.metric)} of {names}"),
        caption,
        class_="plane",
    )


def _paint(
    axes: Axes,
    x: Column,
    y: Column,
    here: dict[str, tuple[Cell, Cell]],
    classical: set[str],
    real: Point | None,
) -> None:
    middles = {name: (_mean(one), _mean(other)) for name, (one, other) in here.items()}
    seeds = {name: _seeds(one, other) for name, (one, other) in here.items()}
    if real is not None:
        middles = {**middles, "real data": real}
    every = np.array([*middles.values(), *(seed for found in seeds.values() for seed in found)])
    _limit(axes, every)
    for name, (across, up) in middles.items():
        if name == "real data":
            axes.plot(across, up, "o", markersize=10, mfc="none", mec=SECOND, mew=1.4)
            continue
        colour = DATA if name in classical else MODEL
        if len(seeds[name]) > 1:
            axes.plot(*zip(*seeds[name], strict=True), ".", color=colour, markersize=4, alpha=0.6)
        axes.plot(across, up, "o", color=colour, markersize=7)
    axes.set(xlabel=_axis(x), ylabel=_axis(y))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    _name(axes, middles)


def _mean(cell: Cell) -> float:
    assert cell.mean is not None
    return cell.mean


def _seeds(one: Cell, other: Cell) -> list[Point]:
    pairs = zip(one.values, other.values, strict=True)
    return [(a, b) for a, b in pairs if a is not None and b is not None]


def _axis(column: Column) -> str:
    return f"{title_of(column.metric)} ({column.unit})"


def _limit(axes: Axes, points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = _MARGIN * np.where(high > low, high - low, np.maximum(np.abs(high), 1.0))
    (left, bottom), (right, top) = low - margin, high + margin
    axes.set(xlim=(left, right), ylim=(bottom, top))


def _name(axes: Axes, points: dict[str, Point]) -> None:
    """Write names beside points, in units of the paper, 1/72 of an inch."""
    figure = axes.get_figure()
    assert figure is not None
    paper = 72 / figure.dpi
    spots: Sequence[Point] = [
        (float(a) * paper, float(b) * paper)
        for a, b in axes.transData.transform(list(points.values()))
    ]
    (left, bottom), (right, top) = axes.get_window_extent().get_points() * paper
    boxes = place(spots, [_extent(name) for name in points], (left, bottom, right, top))
    for (name, at), spot, box in zip(points.items(), spots, boxes, strict=True):
        middle = ((box[0] + box[2]) / 2 - spot[0], (box[1] + box[3]) / 2 - spot[1])
        line = {"arrowstyle": "-", "color": DATA, "linewidth": 0.6, "shrinkB": 4}
        axes.annotate(
            name,
            at,
            middle,
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=_LABEL,
            arrowprops=line if away(spot, box) > _NEAR else None,
        )


def _extent(text: str) -> Point:
    """Return how wide and high a text is; the page's own font may be a little wider."""
    font = FontProperties(size=_LABEL)
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return 1.1 * float(width), 1.25 * _LABEL
