"""Sequences as small pictures, one each, of one size.

    pairs of numbers    a line through the plane, the first number to the right, the second upwards
    tokens              a strip of cells, a colour for each token
    other numbers       a curve over the steps for each feature

Only steps that exist are drawn. All sequences of a space have the same frame, so that two pictures
can be compared; what leaves it is cut off.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from kullback.data import Space
from kullback.data.sequences import parted
from kullback.data.values import Array

Pixels = npt.NDArray[np.uint8]

_SIDE = 88
_STRIP = (10, 160)
_FINE = 4
_WIDTH = 1.5
_PLANE = 2.6
_CURVES = 3.5
_PAPER = (247, 248, 250)
_NONE = (255, 255, 255)
_INKS = ("#1f4e79", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_GOLDEN = 0.618034


def drawn(rows: Array, space: Space) -> Pixels:
    """Return pictures (N, H, W, 3) of sequences as given (N, T, …), masked where they have no step.

    A plane reaches 2.6 standard deviations of all the data from its middle, curves 3.5.
    """
    x, mask = parted(rows)
    exists = np.ones(x.shape[:2], np.bool_) if mask is None else mask
    if space.kind == "token":
        return _strips(x, exists, space.levels)
    values = (x.reshape(*x.shape[:2], -1).astype(np.float64) - space.shift) / space.scale
    pictures = [_lines(row[here], row.shape) for row, here in zip(values, exists, strict=True)]
    return np.stack(pictures)


def _lines(steps: npt.NDArray[np.float64], shape: tuple[int, ...]) -> Pixels:
    """Draw steps (L, F), standardised, of a sequence of ``shape`` (T, F)."""
    places, features = shape
    if features == 2:
        return _painted([steps / _PLANE])
    time = 2 * (np.arange(len(steps)) + 0.5) / places - 1
    return _painted(np.stack([time, feature / _CURVES], axis=1) for feature in steps.T)


def _painted(curves: Iterable[npt.NDArray[np.float64]]) -> Pixels:
    """Draw curves (L, 2) within [−1, 1]², upwards, finely and then smoothed."""
    side = _SIDE * _FINE
    image = Image.new("RGB", (side, side), _PAPER)
    pen = ImageDraw.Draw(image)
    width = round(_WIDTH * _FINE)
    for k, curve in enumerate(curves):
        ink = _INKS[k % len(_INKS)]
        # Pillow cannot draw to where a model that diverged may have gone.
        right, down = (np.clip(curve, -9, 9) * [1, -1] + 1).T * side / 2
        points = list(zip(right.tolist(), down.tolist(), strict=True))
        pen.line(points, ink, width, joint="curve")
        for x, y in (points[0], points[-1]):
            pen.circle((x, y), width / 2, ink)
    return np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.BOX))


def _strips(tokens: Array, exists: npt.NDArray[np.bool_], levels: int) -> Pixels:
    height, width = _STRIP
    colours = np.array([_colour(token) for token in range(levels)], np.uint8)
    cells = np.where(exists[..., None], colours[tokens.astype(np.int64)], np.array(_NONE, np.uint8))
    zoom = max(1, width // tokens.shape[1])
    found: Pixels = cells[:, None].repeat(height, axis=1).repeat(zoom, axis=2)
    return found


def _colour(token: int) -> tuple[int, ...]:
    """Hues a golden section apart, each far from those before it."""
    rgb = colorsys.hls_to_rgb(0.58 + token * _GOLDEN, 0.45 + 0.2 * (token % 3) / 2, 0.6)
    return tuple(round(255 * channel) for channel in rgb)
