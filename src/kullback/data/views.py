"""Views: sets of pictures derived from others, row for row, so that the two make pairs.

A view of 8-bit grey pictures has their shape, their labels and their order. What is random in it is
drawn from one seeded stream, the same number of draws for every picture: row i of a view depends on
row i of the set, and on i, alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pictures = npt.NDArray[np.uint8]

CONTRAST = 80
"""The step in brightness, out of 255, between a pixel and a neighbour, that makes an outline."""

CORRUPTION_SEED = 10
GREY = 128
NOISY_SHARE = 0.1


@dataclass(frozen=True)
class View:
    """A row of the table: the view's name, one line about it, and the map (N, H, W) → (N, H, W)."""

    name: str
    description: str
    apply: Callable[[Pictures], Pictures]


def edges(pictures: Pictures) -> Pictures:
    """The outlines, 255 on 0: pixels beside one of their eight neighbours that is brighter.

    This is the outer morphological gradient (dilation less picture) above `CONTRAST`: an outline
    runs along the dark side of an edge, about one pixel wide, and leaves thin strokes hollow.
    """
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)), mode="edge")
    height, width = pictures.shape[1:]
    brightest = pictures.copy()
    for down in range(3):
        for right in range(3):
            neighbour = padded[:, down : down + height, right : right + width]
            np.maximum(brightest, neighbour, out=brightest)
    return np.where(brightest - pictures > CONTRAST, np.uint8(255), np.uint8(0))


def upper(pictures: Pictures) -> Pictures:
    """The upper half; the lower half, the middle row of an odd height included, is black."""
    seen = pictures.copy()
    seen[:, pictures.shape[1] // 2 :] = 0
    return seen


def corrupted(pictures: Pictures) -> Pictures:
    """A square of a third of the side turned grey, then a tenth of the pixels uniform noise."""
    rng = np.random.default_rng(CORRUPTION_SEED)
    height, width = pictures.shape[1:]
    side = round(min(height, width) / 3)
    damaged = pictures.copy()
    for picture in damaged:
        top, left = rng.integers((height - side + 1, width - side + 1))
        picture[top : top + side, left : left + side] = GREY
        noisy = rng.random((height, width)) < NOISY_SHARE
        noise = rng.integers(0, 256, (height, width))
        picture[noisy] = noise[noisy]
    return damaged


def negative(pictures: Pictures) -> Pictures:
    """Black for white: 255 − x."""
    return 255 - pictures


VIEWS: tuple[View, ...] = (
    View("edges", "the outlines of the picture, white on black", edges),
    View("upper", "the upper half, the lower half black", upper),
    View("corrupted", "a grey square over it, and a tenth of the pixels noise", corrupted),
    View("negative", "black for white", negative),
)
"""Every view: `NAME:VIEW` is one of a named set of 8-bit grey pictures."""
