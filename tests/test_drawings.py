from __future__ import annotations

import numpy as np

from kullback.data import Space
from kullback.data.sequences import masked
from kullback.data.values import Array
from kullback.drawings import drawn
from kullback.pictures import grid, has_pictures

T = 12
MASK = np.arange(T) < np.array([12, 6, 1])[:, None]
LINE = np.stack([np.linspace(-2, 2, T), np.zeros(T)], axis=1)
PLANE = Space("real", (T, 2), "float64", (0.0, 0.0), 1.0, sequence=True)
TOKENS = Space("token", (T,), "int64", sequence=True, levels=40)


def inked(pictures: Array) -> Array:
    """Which pixels are not paper."""
    found: Array = (pictures != pictures[0, 0, 0]).any(-1)
    return found


def test_a_stroke_is_drawn_through_the_steps_that_exist_and_no_others() -> None:
    pictures = drawn(masked(np.stack([LINE] * 3), MASK), PLANE)
    widths = [np.flatnonzero(ink.any(0)) for ink in inked(pictures)]
    assert widths[0].max() - widths[0].min() > 1.9 * (widths[1].max() - widths[1].min())
    assert widths[0].min() == widths[1].min() == widths[2].min()
    assert 0 < len(widths[2]) <= 3


def test_the_second_number_goes_upwards_and_the_frame_is_the_data_s() -> None:
    up = np.stack([LINE[:, 1], LINE[:, 0]], axis=1)
    corner = np.full((T, 2), [2.0, 2.0])
    pictures = drawn(np.stack([up, corner, 100 * corner]), PLANE)
    rows, columns = np.nonzero(inked(pictures)[1])
    side = pictures.shape[1]
    assert rows.max() < side / 4
    assert columns.min() > 3 * side / 4
    assert not inked(pictures)[2].any()
    shifted = Space("real", (T, 2), "float64", (5.0, -7.0), 10.0, sequence=True)
    assert np.array_equal(drawn(np.stack([10 * up + [5.0, -7.0]]), shifted)[0], pictures[0])


def test_each_feature_is_a_curve_where_there_are_not_two() -> None:
    one, three = (np.zeros((2, T, n)) + np.arange(n) for n in (1, 3))
    for rows, colours in ((one, 1), (three, 3)):
        shape = rows.shape[1:]
        space = Space("real", shape, "float64", (0.0,) * shape[1], 1.0, sequence=True)
        pictures = drawn(rows, space)
        heights = np.flatnonzero(inked(pictures)[0].any(1))
        assert (np.diff(heights) > 1).sum() == colours - 1
    flat = Space("real", (T,), "float64", (0.0,), 1.0, sequence=True)
    assert np.array_equal(drawn(one[..., 0], flat), drawn(one, Space.of(one, mask=MASK[:2] | True)))


def test_a_token_is_a_cell_of_its_own_colour_and_padding_is_paper() -> None:
    rows = np.stack([np.arange(T), np.arange(T), np.arange(T)])
    strips = drawn(masked(rows, MASK), TOKENS)
    assert strips.shape[1] < strips.shape[2]
    cell = strips.shape[2] // T
    cells = strips[:, 0, ::cell]
    assert len(np.unique(cells[0], axis=0)) == T
    assert np.array_equal(cells[1, :6], cells[0, :6])
    assert (cells[1, 6:] == 255).all()
    every = drawn(
        np.arange(40).reshape(1, 40), Space("token", (40,), "int64", (), 1.0, None, True, 40)
    )
    assert len(np.unique(every[0, 0], axis=0)) == 40


def test_sequences_have_pictures_and_make_a_grid() -> None:
    assert has_pictures(PLANE)
    assert not has_pictures(Space("real", (2,), "float64", (0.0, 0.0)))
    sheet = grid(np.stack([LINE] * 5), PLANE, 3)
    assert sheet.width > sheet.height
