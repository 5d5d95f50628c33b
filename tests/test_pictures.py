from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kullback.data import Space
from kullback.pictures import beside, grid, lines, save_picture, to_pixels

GREY = Space("uint8", (30, 30), "uint8")
COLOUR = Space("uint8", (15, 10, 3), "uint8")


def flat(*values: int) -> np.ndarray:
    return np.stack([np.full((30, 30), value, np.uint8) for value in values])


def seen(sheet: Image.Image, columns: int, rows: int) -> list[list[int]]:
    """The brightness in the middle of each cell of a sheet."""
    pixels = np.asarray(sheet.convert("L"))
    tall, wide = (pixels.shape[0] - 2) // rows, (pixels.shape[1] - 2) // columns
    return [
        [int(pixels[2 + r * tall + tall // 2, 2 + c * wide + wide // 2]) for c in range(columns)]
        for r in range(rows)
    ]


def test_a_grid_is_read_line_by_line() -> None:
    assert seen(grid(flat(10, 20, 30), GREY, 2), 2, 2) == [[10, 20], [30, 255]]


def test_what_belongs_to_an_image_stands_below_it() -> None:
    sheet = lines([(flat(10, 20, 30), GREY), (flat(11, 21, 31), GREY)], 2)
    assert seen(sheet, 2, 4) == [[10, 20], [11, 21], [30, 255], [31, 255]]


def test_or_beside_it() -> None:
    blocks = [(flat(*start), GREY) for start in ((10, 20), (11, 21), (12, 22))]
    assert seen(beside(blocks), 3, 2) == [[10, 11, 12], [20, 21, 22]]


def test_images_of_other_sizes_and_colours_fit_the_largest() -> None:
    small = np.zeros((2, 15, 10, 3), np.uint8)
    small[..., 0] = 200
    sheet = lines([(small, COLOUR), (flat(50, 60), GREY)], 2)
    assert sheet.mode == "RGB"
    zoom = (sheet.width - 2) // 2
    assert sheet.getpixel((zoom // 2, zoom // 2)) == (200, 0, 0)
    assert seen(sheet, 2, 2)[1] == [50, 60]


@pytest.mark.parametrize("shape", [(2,), (1,), (7,)])
def test_rows_that_are_no_images_are_plotted(shape: tuple[int, ...], tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(20, *shape))
    save_picture(rows, Space.of(rows, "real"), tmp_path / "p.png")
    with Image.open(tmp_path / "p.png") as picture:
        assert picture.size[0] > 300


def test_zeros_and_ones_are_black_and_white() -> None:
    bits = Space("binary", (8, 8), "uint8")
    pixels = to_pixels(np.eye(8, dtype=np.uint8)[None], bits)
    assert np.array_equal(pixels[0, ..., 0], 255 * np.eye(8))
