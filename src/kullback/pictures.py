"""Rows of data as one picture: a grid of images or sequences, a scatter of points, else lines."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from kullback.data import Space
from kullback.drawings import drawn

Array = npt.NDArray[Any]

_MOST_IMAGES = 400
_MOST_LINES = 200
_SIDE = 640
_GAP = 2
_PAPER = 255
INK = "#1f4e79"


def save_picture(rows: Array, space: Space, path: Path, columns: int | None = None) -> None:
    """Write a PNG of rows as given (N, *shape); a grid has ``columns`` columns."""
    if has_pictures(space):
        grid(rows[:_MOST_IMAGES], space, columns).save(path, "PNG")
    else:
        _plot(rows.reshape(len(rows), -1), path)


def has_pictures(space: Space) -> bool:
    """Say whether each row is a picture of its own: an image, or a sequence, which is drawn."""
    return space.is_image or space.sequence


def grid(rows: Array, space: Space, columns: int | None = None) -> Image.Image:
    """Return images side by side on white, enlarged by whole pixels to be looked at."""
    return _sheet(to_pixels(rows, space), columns or ceil(sqrt(len(rows))))


def lines(blocks: Sequence[tuple[Array, Space]], columns: int) -> Image.Image:
    """Return lines of images of the first block, below each those of the others that belong to it.

    Every block has one image for each of the first's; all are enlarged to the size of the largest.
    """
    pixels = _alike(blocks)
    count, *shape = pixels[0].shape
    columns = min(count, columns)
    blank = np.full((-count % columns, *shape), _PAPER, np.uint8)
    lined = [np.concatenate([block, blank]).reshape(-1, columns, *shape) for block in pixels]
    return _sheet(np.stack(lined, axis=1).reshape(-1, *shape), columns)


def beside(blocks: Sequence[tuple[Array, Space]]) -> Image.Image:
    """Return a line for each image of the first block, beside it those that belong to it."""
    pixels = np.stack(_alike(blocks), axis=1)
    return _sheet(pixels.reshape(-1, *pixels.shape[2:]), len(blocks))


def _alike(blocks: Sequence[tuple[Array, Space]]) -> list[npt.NDArray[np.uint8]]:
    """Return the blocks' images (N, H, W, C), all as large and as colourful as the largest."""
    pixels = [to_pixels(rows, space) for rows, space in blocks]
    height, width, channels = (
        max(sides) for sides in zip(*(p.shape[1:] for p in pixels), strict=True)
    )
    return [_fitted(block, (height, width, channels)) for block in pixels]


def _sheet(pixels: npt.NDArray[np.uint8], columns: int) -> Image.Image:
    count, height, width, channels = pixels.shape
    columns = min(count, columns)
    lines = ceil(count / columns)
    zoom = max(1, _SIDE // (max(columns * width, lines * height)))
    pixels = pixels.repeat(zoom, axis=1).repeat(zoom, axis=2)
    tall, wide = height * zoom + _GAP, width * zoom + _GAP
    sheet = np.full((lines * tall + _GAP, columns * wide + _GAP, channels), _PAPER, np.uint8)
    for k, image in enumerate(pixels):
        top, left = (k // columns) * tall + _GAP, (k % columns) * wide + _GAP
        sheet[top : top + height * zoom, left : left + width * zoom] = image
    return Image.fromarray(sheet.squeeze(-1) if channels == 1 else sheet)


def _fitted(pixels: npt.NDArray[np.uint8], shape: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    if pixels.shape[1:] == shape:
        return pixels
    height, width, channels = shape
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[channels]
    images = [Image.fromarray(p.squeeze(-1) if p.shape[-1] == 1 else p) for p in pixels]
    fitted = [i.convert(mode).resize((width, height), Image.Resampling.NEAREST) for i in images]
    return np.stack([np.asarray(image).reshape(shape) for image in fitted])


def to_pixels(rows: Array, space: Space) -> npt.NDArray[np.uint8]:
    """Return images, or sequences, as given as 8-bit pixels (N, H, W, C), C one of 1, 3, 4.

    Zeros and ones become black and white; real values are stretched over the limits of the space,
    so that two pictures of one space can be compared.
    Two channels, or more than four, are shown by their mean.
    """
    if space.sequence:
        return drawn(rows, space)
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
