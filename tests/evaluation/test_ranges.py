from __future__ import annotations

import numpy as np
import pytest

from kullback.data import Space
from kullback.evaluation.metric import Array
from kullback.evaluation.ranges import fit

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (60, 8, 8)).astype(np.uint8)
UNIT = PICTURES / np.float32(255)


@pytest.mark.parametrize(
    ("samples", "remedy"),
    [
        (UNIT, "if 0 to 1 is meant: multiply by 255"),
        (2 * UNIT - 1, "if -1 to 1 is meant: add 1, then multiply by 127.5"),
        (UNIT - 0.5, "if -0.5 to 0.5 is meant: add 0.5, then multiply by 255"),
        (PICTURES // 16, "if 0 to 16 is meant: multiply by 15.9375"),
        (PICTURES.astype(np.float32) - 128, "if -128 to 127 is meant: add 128, then multiply by 1"),
        (PICTURES.astype(np.int64) * 257, "if 0 to 65535 is meant: divide by 257"),
        (PICTURES > 127, "if 0 to 1 is meant: multiply by 255"),
        ((UNIT - 0.5) * 700, "clip"),
    ],
)
def test_another_range_is_named_with_its_cure(samples: Array, remedy: str) -> None:
    found = fit(samples, Space.of(PICTURES), PICTURES)
    assert found.rows is None
    assert "where the data reach from 0 to 255" in found.problem
    assert remedy in found.remedy


@pytest.mark.parametrize(
    "samples",
    [
        PICTURES,
        PICTURES.astype(np.float64),
        PICTURES.astype(np.int32),
        PICTURES + np.float32(0.3),
        np.where(UNIT > 0.999, -2.0, PICTURES),
        np.zeros((20, 8, 8), np.uint8),
        PICTURES // 2,
    ],
)
def test_another_type_is_the_same_range(samples: Array) -> None:
    found = fit(samples, Space.of(PICTURES), PICTURES)
    assert found.rows is not None
    assert found.rows.dtype == np.uint8
    assert np.abs(found.rows - np.clip(samples, 0, 255)).max() <= 0.5


@pytest.mark.parametrize(
    ("data", "samples"), [(UNIT, 2 * UNIT - 1), (2 * UNIT - 1, UNIT * 255), (UNIT - 0.5, UNIT)]
)
def test_pictures_of_real_numbers_have_the_range_of_their_training_rows(
    data: Array, samples: Array
) -> None:
    assert fit(data, Space.of(data), data).rows is not None
    found = fit(samples, Space.of(data), data)
    assert found.rows is None
    assert found.remedy


def test_half_of_a_range_is_another_range_where_the_data_live_in_the_other_half() -> None:
    dark = np.where(UNIT > 0.6, UNIT, 0).astype(np.float32) * 2 - 1
    assert fit((dark + 1) / 2, Space.of(dark), dark).rows is None


def test_probabilities_of_binary_data_are_samples_of_it() -> None:
    bits = (PICTURES > 127).astype(np.uint8)
    found = fit(UNIT, Space.of(bits), bits)
    assert found.rows is not None
    assert np.array_equal(found.rows, UNIT)
    assert "divide by 255" in fit(PICTURES, Space.of(bits), bits).remedy


def test_numbers_that_are_no_picture_may_be_anywhere() -> None:
    x = RNG.standard_normal((50, 3))
    assert fit(1000 * x, Space.of(x), x).rows is not None


def test_numbers_out_of_reach_are_another_range_of_vectors_too() -> None:
    train = RNG.normal(size=(50, 3))
    space = Space.of(train)
    assert fit(1e3 * train, space, train).rows is not None
    far = fit(1e200 * train, space, train)
    assert far.rows is None
    assert "e+200 where the data reach from" in far.problem
