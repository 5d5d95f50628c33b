"""STROKES: a toy of sequences, figures drawn with a pen that is never lifted.

A stroke is its pen's positions (x, y), one a step, in a plane where figures measure about 1 to 2
across. Positions, not the steps between them that sketch-rnn learns (Ha & Eck, 2017, arXiv
1704.03477): an error at one step then moves one point rather than all that follow, a Gaussian
around each point is an error in the picture, and one scale suits both columns. A column that says
when the pen is lifted would be constant; where a stroke ends is what the mask says.

The figures differ in kind, and within a kind in size, phase, tilt and the number of steps, which
are spread evenly over the figure: a short stroke is the same figure drawn faster.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Figure = Callable[[Floats, np.random.Generator], Floats]

STEPS = 48
FEWEST_STEPS = 16
SEED = 5


def strokes(
    n: int,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Draw n strokes: points (n, 48, 2), mask (n, 48), and the number (n,) of each in FIGURES.

    The first are the same for every n.
    """
    rng = np.random.default_rng(SEED)
    x = np.zeros((n, STEPS, 2), np.float32)
    mask = np.zeros((n, STEPS), np.bool_)
    kinds = np.arange(n) % len(FIGURES)
    figures = list(FIGURES.values())
    for row, exists, kind in zip(x, mask, kinds, strict=True):
        length = rng.integers(FEWEST_STEPS, STEPS + 1)
        size, tilt = rng.uniform(0.5, 1), rng.normal(0, 0.15)
        points = size * figures[kind](np.linspace(0, 1, length), rng)
        turn = [[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]]
        row[:length] = points @ turn
        exists[:length] = True
    return x, mask, kinds


def circle(t: Floats, rng: np.random.Generator) -> Floats:
    """Once round, from anywhere."""
    return _polar(np.ones_like(t), rng.uniform(0, 2 * np.pi) + 2 * np.pi * t)


def spiral(t: Floats, rng: np.random.Generator) -> Floats:
    """Twice round, outwards."""
    return _polar(0.1 + 0.9 * t, rng.uniform(0, 2 * np.pi) + 4 * np.pi * t)


def star(t: Floats, rng: np.random.Generator) -> Floats:
    """Five points, every second one next, from any of them."""
    corners = 2 * np.pi * (1 / 4 + (rng.integers(5) + 2 * np.arange(6)) / 5)
    return _along(t, _polar(np.ones(6), corners))


def wave(t: Floats, rng: np.random.Generator) -> Floats:
    """Two periods of a sine, from left to right."""
    phase = rng.uniform(0, 2 * np.pi)
    return np.stack([2 * t - 1, 0.4 * np.sin(4 * np.pi * t + phase)], axis=1)


def zigzag(t: Floats, rng: np.random.Generator) -> Floats:
    """Three teeth, upright, from left to right, the first up or down."""
    heights = 0.5 * (-1) ** (np.arange(7) + rng.integers(2))
    return _along(t, np.stack([np.linspace(-1, 1, 7), heights], axis=1))


FIGURES: dict[str, Figure] = {
    "circle": circle,
    "spiral": spiral,
    "star": star,
    "wave": wave,
    "zigzag": zigzag,
}
"""Every kind of stroke: from times (T,) in [0, 1] to points (T, 2) of a figure of radius 1."""


def _polar(radius: Floats, angle: Floats) -> Floats:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _along(t: Floats, corners: Floats) -> Floats:
    """The points at times t of a straight-lined path through corners, equal times apart."""
    times = np.linspace(0, 1, len(corners))
    return np.stack([np.interp(t, times, corners[:, d]) for d in (0, 1)], axis=1)
