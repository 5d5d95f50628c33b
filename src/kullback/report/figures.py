"""The drawings: clouds of points, paths, codes and curves. Arrays in, SVG out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from kullback.report.style import DATA, MARKERS, MODEL, PALETTE, PANEL, SECOND, SQUARE, draw

Array = npt.NDArray[Any]

_BINS = 60
_MARGIN = 0.25


@dataclass(frozen=True)
class Frame:
    """The square part of a plane that a figure shows, and what its axes are called."""

    centre: tuple[float, float]
    half: float
    labels: tuple[str, str]

    @classmethod
    def around(cls, points: Array, labels: tuple[str, str]) -> Frame:
        """Return the frame that holds points (N, 2), with a margin."""
        low, high = points.min(axis=0), points.max(axis=0)
        x, y = (low + high) / 2
        half = (1 + _MARGIN) * float((high - low).max()) / 2
        return cls((float(x), float(y)), half or 1.0, labels)

    def outside(self, points: Array) -> int:
        """Count the points that the figure does not show."""
        return int((np.abs(points - self.centre) > self.half).any(axis=1).sum())

    def apply(self, axes: Axes) -> None:
        """Set limits, names and equal units."""
        (x, y), half = self.centre, self.half
        axes.set(xlim=(x - half, x + half), ylim=(y - half, y + half), aspect="equal")
        axes.set(xlabel=self.labels[0], ylabel=self.labels[1])
        _few_ticks(axes)


def cloud(
    frame: Frame,
    behind: Array,
    rows: Array | None = None,
    truth: Array | None = None,
    labels: Array | None = None,
) -> str:
    """Draw data (N, 2) in grey, the centres of the true modes as rings, samples (n, 2) in blue.

    With labels (n,) the samples of each class have a colour and a marker.
    """

    def paint(axes: Axes) -> None:
        _backdrop(axes, behind, strong=rows is None)
        if truth is not None:
            axes.plot(*truth.T, "o", markersize=13, mfc="none", mec=DATA, mew=0.9)
        if rows is not None and labels is not None:
            _dots_by_class(axes, rows, labels, 6, 0.6)
        elif rows is not None:
            _dots(axes, rows, MODEL, 5, 0.55)
        frame.apply(axes)

    return draw(paint, SQUARE)


def paths(frame: Frame, behind: Array, tracks: Sequence[Array]) -> str:
    """Draw paths (steps, 2) over data in grey; a dot marks each step, an orange one each end."""

    def paint(axes: Axes) -> None:
        _backdrop(axes, behind)
        for track in tracks:
            axes.plot(*track.T, color=MODEL, linewidth=0.9, alpha=0.8, marker=".", markersize=3)
            axes.plot(*track[[0, -1]].T, "o", color=SECOND, markersize=4.5)
        frame.apply(axes)

    return draw(paint, SQUARE)


def pairs(frame: Frame, behind: Array, starts: Array, ends: Array) -> str:
    """Draw lines from points (N, 2) to where they were taken, marked by a dot."""

    def paint(axes: Axes) -> None:
        _backdrop(axes, behind)
        segments = list(np.stack([starts, ends], axis=1))
        axes.add_collection(LineCollection(segments, colors=DATA, linewidths=0.7))
        _dots(axes, ends, MODEL, 9, 0.8)
        frame.apply(axes)

    return draw(paint, SQUARE)


def histogram(behind: Array, rows: Array | None, label: str) -> str:
    """Draw numbers (n,) in blue over numbers (N,) in grey, as densities on one set of bins."""
    low, high = float(behind.min()), float(behind.max())
    margin = _MARGIN * (high - low or 1.0)
    bins = np.linspace(low - margin, high + margin, _BINS).tolist()

    def paint(axes: Axes) -> None:
        axes.hist(behind, bins=bins, density=True, color=DATA, alpha=0.55)
        if rows is not None:
            axes.hist(rows, bins=bins, density=True, histtype="step", color=MODEL, linewidth=1.5)
        axes.set(xlabel=label, ylabel="density")
        _few_ticks(axes)

    return draw(paint, PANEL)


def parity(originals: Array, made: Array) -> str:
    """Draw reconstructed numbers against the originals, both (N,), and the diagonal."""
    values = np.stack([originals.ravel(), made.ravel()], axis=1)
    frame = Frame.around(values, ("original", "reconstructed"))
    low, high = frame.centre[0] - frame.half, frame.centre[0] + frame.half

    def paint(axes: Axes) -> None:
        axes.plot([low, high], [low, high], color=DATA, linewidth=0.8)
        _dots(axes, values, MODEL, 6, 0.5)
        frame.apply(axes)

    return draw(paint, SQUARE)


def by_feature(values: Array, reference: float, label: str) -> str:
    """Draw a number for each feature, (D,), and the line where it should lie."""

    def paint(axes: Axes) -> None:
        axes.axhline(reference, color=DATA, linewidth=0.9)
        axes.plot(values, "o", color=MODEL, markersize=4 if len(values) < 60 else 2.5)
        far = 1.1 * max(0.5, float(np.abs(values - reference).max()))
        axes.set(xlabel="feature", ylabel=label, ylim=(reference - far, reference + far))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))

    return draw(paint, PANEL)


def lines(tracks: Sequence[Array], label: str) -> str:
    """Draw paths (steps,) of one number from one end to the other."""

    def paint(axes: Axes) -> None:
        for track in tracks:
            axes.plot(np.linspace(0, 1, len(track)), track, color=MODEL, alpha=0.8)
        axes.set(xlabel="share of the way between two codes", ylabel=label)

    return draw(paint, PANEL)


def codes(frame: Frame, prior: Array, z: Array, labels: Array | None) -> str:
    """Draw codes (N, 2) over draws of the prior in grey, each class by a colour and a marker."""

    def paint(axes: Axes) -> None:
        _backdrop(axes, prior)
        if labels is None:
            _dots(axes, z, MODEL, 8, 0.7)
        else:
            _dots_by_class(axes, z, labels, 13, 0.85)
        frame.apply(axes)

    return draw(paint, SQUARE)


def class_style(label: int) -> tuple[str, str]:
    """Return a class's colour and marker."""
    return PALETTE[label % len(PALETTE)], tuple(MARKERS)[label // len(PALETTE)]


MOST_CLASSES = len(PALETTE) * len(MARKERS)
"""As many classes can be told apart."""


def curve(
    steps: Array,
    values: Array,
    held_out: tuple[Array, Array],
    unit: str,
    limits: tuple[float, float],
) -> str:
    """Draw a term against steps: a line for training, dots for held-out rows."""

    def paint(axes: Axes) -> None:
        axes.plot(steps, values, color=MODEL)
        axes.plot(*held_out, "o", color=SECOND, markersize=3.5)
        axes.set(xlabel="step", ylabel=unit, ylim=limits, xlim=(0, float(steps[-1])))
        _few_ticks(axes)

    return draw(paint, PANEL)


def settled(values: Array) -> tuple[float, float]:
    """Return limits for a curve: of all of it, or, where its first twentieth would flatten the
    rest, of the rest."""
    low, high = float(values.min()), float(values.max())
    rest = values[len(values) // 20 :]
    calm, wild = float(rest.min()), float(rest.max())
    if high - low > 4 * (wild - calm) > 0:
        low, high = calm, wild
    margin = 0.06 * (high - low) or 0.5
    return low - margin, high + margin


def norms(steps: Array, players: Mapping[str, Array]) -> str:
    """Draw each player's gradient norm against steps, on a logarithmic axis."""

    def paint(axes: Axes) -> None:
        for values, colour in zip(players.values(), PLAYER_COLOURS, strict=False):
            axes.plot(steps, np.where(values > 0, values, np.nan), color=colour, linewidth=1.1)
        axes.set_yscale("log")
        axes.set(xlabel="step", ylabel="gradient norm", xlim=(0, float(steps[-1])))
        _few_ticks(axes)
        low, high = axes.get_ylim()
        wide = high / low > 1e3
        axes.yaxis.set_major_locator(LogLocator(10, subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))

    return draw(paint, PANEL)


PLAYER_COLOURS = (SECOND, MODEL, PALETTE[2], PALETTE[4])


def _backdrop(axes: Axes, points: Array, strong: bool = False) -> None:
    _dots(axes, points, DATA, 5 if strong else 4, 0.6 if strong else 0.3)


def _dots(
    axes: Axes, points: Array, colour: str, size: float, alpha: float, marker: str = "o"
) -> None:
    # Thousands of dots are pixels, so that a page stays small; axes and text stay sharp.
    x, y = points.T
    axes.scatter(x, y, s=size, c=colour, alpha=alpha, marker=marker, linewidths=0, rasterized=True)


def _dots_by_class(axes: Axes, points: Array, labels: Array, size: float, alpha: float) -> None:
    for label in np.unique(labels):
        colour, marker = class_style(int(label))
        _dots(axes, points[labels == label], colour, size, alpha, marker)


def _few_ticks(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
