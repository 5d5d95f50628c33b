"""Rows of data as one picture: images as a grid, points as a scatter, other vectors as lines."""

from __future__ import annotations

from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from kullback.data import Space

Array = npt.NDArray[Any]

_MOST_IMAGES = 400
_MOST_LINES = 200
_SIDE = 640
_GAP = 2
_PAPER = 255
INK = "#1f4e79"


def save_picture(rows: Array, space: Space, path: Path, columns: int | None = None) -> None:
    """Write a PNG of rows as given (N, *shape); a grid of images has ``columns`` columns."""
    if space.is_image:
        grid(rows[:_MOST_IMAGES], space, columns).save(path, "PNG")
    else:
        _plot(rows.reshape(len(rows), -1), path)


def grid(rows: Array, space: Space, columns: int | None = None) -> Image.Image:
    """Return images side by side on white, enlarged by whole pixels to be looked at."""
    pixels = to_pixels(rows, space)
    count, height, width, channels = pixels.shape
    columns = min(count, columns or ceil(sqrt(count)))
    lines = ceil(count / columns)
    zoom = max(1, _SIDE // (max(columns * width, lines * height)))
    pixels = pixels.repeat(zoom, axis=1).repeat(zoom, axis=2)
    tall, wide = height * zoom + _GAP, width * zoom + _GAP
    sheet = np.full((lines * tall + _GAP, columns * wide + _GAP, channels), _PAPER, np.uint8)
    for k, image in enumerate(pixels):
        top, left = (k // columns) * tall + _GAP, (k % columns) * wide + _GAP
        sheet[top : top + height * zoom, left : left + width * zoom] = image
    return Image.fromarray(sheet.squeeze(-1) if channels == 1 else sheet)


def to_pixels(rows: Array, space: Space) -> npt.NDArray[np.uint8]:
    """Return images as given as 8-bit pixels (N, H, W, C), C one of 1, 3, 4.

    Zeros and ones become black and white; real values are stretched over the limits of the space,
    so that two pictures of one space can be compared.
    Two channels, or more than four, are shown by their mean.
    """
    x = np.asarray(rows)
    x = np.moveaxis(x, 1, -1) if space.layout == "CHW" else x
    x = x[..., None] if space.layout == "HW" else x
    if space.kind == "binary":
        x = x.astype(np.float64) * 255
    elif space.kind == "real":
        low, high = space.limits or (float(x.min()), float(x.max()))
        x = (x.astype(np.float64) - low) * (255 / (high - low or 1))
    if x.shape[-1] not in (1, 3, 4):
        x = x.mean(-1, keepdims=True)
    return np.rint(np.clip(x, 0, 255)).astype(np.uint8)


def _plot(rows: Array, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6) if rows.shape[1] == 2 else (7, 4), layout="constrained")
    axes = figure.add_subplot()
    if rows.shape[1] == 1:
        axes.hist(rows[:, 0], bins=80, color=INK)
        axes.set(xlabel="value", ylabel="rows")
    elif rows.shape[1] == 2:
        axes.scatter(rows[:, 0], rows[:, 1], s=4, alpha=0.5, color=INK, linewidths=0)
        axes.set(xlabel="first coordinate", ylabel="second coordinate", aspect="equal")
    else:
        shown = rows[:_MOST_LINES]
        axes.plot(shown.T, color=INK, alpha=0.15, linewidth=0.8)
        axes.set(xlabel="feature", ylabel="value", title=f"{len(shown)} rows, a line each")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(path, dpi=110, format="png")
