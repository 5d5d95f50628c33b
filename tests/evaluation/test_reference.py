from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kullback.data import Part, Space
from kullback.errors import BadInput
from kullback.evaluation.reference import Reference, check_samples

RNG = np.random.default_rng(0)
IMAGES = Space.of(RNG.integers(0, 256, (20, 8, 8)).astype(np.uint8))
MASK = np.arange(5) < RNG.integers(1, 6, (20, 1))
TOKENS = Space.of(RNG.integers(0, 3, (20, 5)), mask=MASK, levels=3)
STEPS = Space.of(RNG.normal(size=(20, 5, 2)), mask=MASK)


def test_the_unseen_rows_are_those_held_out_or_all() -> None:
    train, held_out = Part(np.zeros((4, 2))), Part(np.ones((3, 2)))
    space = Space.of(train.x)
    assert Reference(space, train, held_out).unseen is held_out
    assert Reference(space, train).unseen is train


@pytest.mark.parametrize(
    ("samples", "space"),
    [
        (RNG.integers(0, 256, (10, 8, 8)).astype(np.uint8), IMAGES),
        (RNG.normal(size=(10, 8, 8)) * 1e6, IMAGES),
        (np.zeros((10, 8, 8), bool), IMAGES),
        (RNG.integers(0, 3, (10, 5)), TOKENS),
        (np.ma.masked_array(RNG.integers(0, 3, (20, 5)), ~MASK), TOKENS),
        (RNG.normal(size=(10, 5, 2)), STEPS),
    ],
)
def test_what_has_the_shape_and_is_finite_passes(samples: Any, space: Space) -> None:
    check_samples(samples, space)


def test_a_step_that_does_not_exist_may_hold_anything() -> None:
    x = RNG.normal(size=(20, 5, 2))
    x[~MASK] = np.nan
    missing = np.repeat(~MASK[..., None], 2, axis=-1)
    check_samples(np.ma.masked_array(x, missing), STEPS)
    with pytest.raises(BadInput, match="NaN or infinite"):
        check_samples(x, STEPS)


def broken(value: float) -> np.ndarray[Any, Any]:
    x = np.zeros((12, 8, 8))
    x[7, 3, 3] = value
    return x


@pytest.mark.parametrize(
    ("samples", "space", "message"),
    [
        (np.zeros((12, 8, 9)), IMAGES, r"shape \(12, 8, 9\), .* give \(N, 8, 8\)"),
        (np.zeros((12, 64)), IMAGES, r"give \(N, 8, 8\)"),
        (np.float64(3), IMAGES, r"shape \(\)"),
        (np.zeros((9, 8, 8)), IMAGES, "9 are too few; give 10 or more"),
        (np.zeros((0, 8, 8)), IMAGES, "0 are too few"),
        (broken(np.nan), IMAGES, "1 of 768 values are NaN or infinite, the first in row 7"),
        (broken(np.inf), IMAGES, "first in row 7"),
        (np.full((12, 8, 8), "a"), IMAGES, "values of type"),
        (np.zeros((12, 8, 8), complex), IMAGES, "values of type"),
        (
            np.ma.masked_array(np.zeros((12, 8, 8)), np.zeros((12, 8, 8), bool)),
            IMAGES,
            "have a mask",
        ),
        (RNG.integers(1, 4, (12, 5)), TOKENS, "from 0 to 2 in this data, not 1 to 3"),
        (RNG.integers(-1, 2, (12, 5)), TOKENS, "not -1 to 1"),
        (np.zeros((12, 5)), TOKENS, "not float64"),
        (np.ma.masked_array(RNG.integers(0, 3, (20, 5)), MASK), TOKENS, "gap|length 0"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(
    samples: Any, space: Space, message: str
) -> None:
    with pytest.raises(BadInput, match=message) as raised:
        check_samples(samples, space, "theirs.npz")
    assert str(raised.value).startswith("theirs.npz: ")
    assert "\n" not in str(raised.value)
