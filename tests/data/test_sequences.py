from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kullback.data import Dataset, Space, load, load_pair, read_rows
from kullback.data.sequences import (
    MOST_LEVELS,
    Mask,
    check_mask,
    fitted,
    joined,
    masked,
    parted,
)
from kullback.data.values import Array
from kullback.errors import BadInput

N, T, F, LEVELS = 40, 12, 3, 5
RNG = np.random.default_rng(0)
LENGTHS = RNG.integers(1, T + 1, N)
MASK = np.arange(T) < LENGTHS[:, None]
POINTS = RNG.normal([3, -50, 0], [1, 10, 0.1], (N, T, F))
TOKENS = RNG.integers(0, LEVELS, (N, T))
TOKENS[0, 0] = LEVELS - 1
LABELS = np.arange(N) % 2


def padded(rows: Array, mask: Mask, value: float) -> Array:
    """Rows whose padding holds a value."""
    return np.where(mask.reshape(mask.shape + (1,) * (rows.ndim - 2)), rows, rows.dtype.type(value))


def read(x: Array, mask: Array = MASK) -> Dataset:
    return load({"x": x, "mask": mask})


# The space


@pytest.mark.parametrize(
    ("rows", "shape", "model_shape"),
    [
        (POINTS, (T, F), (T, F)),
        (POINTS[..., 0], (T,), (T, 1)),
        (RNG.normal(size=(N, 20, 10)), (20, 10), (20, 10)),
        (TOKENS, (T,), (T, LEVELS)),
        (TOKENS > 2, (T,), (T, 2)),
        (TOKENS[..., None], (T, 1), (T, 1)),
    ],
)
def test_a_sequence_is_steps_and_never_an_image(
    rows: Array, shape: tuple[int, ...], model_shape: tuple[int, ...]
) -> None:
    space = Space.of(rows, mask=np.ones(rows.shape[:2], np.bool_))
    assert space.kind == ("token" if rows.ndim == 2 and rows.dtype.kind in "bi" else "real")
    assert (space.sequence, space.is_image, space.limits) == (True, False, None)
    assert (space.shape, space.model_shape) == (shape, model_shape)
    assert space.to_model(rows).shape == (N, *model_shape)
    assert not Space.of(rows).sequence


@pytest.mark.parametrize(
    "rows",
    [
        *(POINTS.astype(dtype) for dtype in ("float16", "float32", "float64", "int64", "int16")),
        POINTS[..., 1],
        *(TOKENS.astype(dtype) for dtype in ("uint8", "int32", "int64", "uint16")),
        TOKENS > 2,
    ],
    ids=lambda rows: f"{rows.dtype}{rows.shape}",
)
def test_existing_steps_come_back(rows: Array) -> None:
    space = Space.of(rows, mask=MASK)
    for mask in (MASK, None):
        back = space.to_data(space.to_model(rows, mask))
        assert (back.dtype, back.shape) == (rows.dtype, rows.shape)
        tolerance = 2e-3 if rows.dtype == np.float16 else 1e-5
        np.testing.assert_allclose(back[MASK], rows[MASK], rtol=tolerance, atol=tolerance)


def test_tokens_are_one_hot_and_the_likeliest_level_comes_back() -> None:
    space = Space.of(TOKENS, mask=MASK)
    model = space.to_model(TOKENS, MASK)
    assert model.dtype == np.float32
    assert (space.bounded, space.log_jacobian, space.levels) == (True, 0, LEVELS)
    for i, t in np.ndindex(N, T):
        expected = np.zeros(LEVELS)
        if t < LENGTHS[i]:
            expected[TOKENS[i, t]] = 1
        assert np.array_equal(model[i, t], expected)
    logits = RNG.normal(size=(4, T, LEVELS)) + 9 * space.to_model(TOKENS[:4])
    assert np.array_equal(space.to_data(logits), TOKENS[:4])


@pytest.mark.parametrize("rows", [POINTS, POINTS.astype(np.float32), TOKENS])
def test_padding_is_zero_in_model_units_whatever_it_held(rows: Array) -> None:
    space = Space.of(rows, mask=MASK)
    model = space.to_model(rows, MASK)
    assert not model[~MASK].any()
    for value in (0, 7, -1, *([np.nan, np.inf] if rows.dtype.kind == "f" else [])):
        held = padded(rows, MASK, value)
        assert np.array_equal(space.to_model(held, MASK), model)
        assert Space.of(held, mask=MASK) == space
        space.check(held, MASK)


@pytest.mark.parametrize("rows", [POINTS, POINTS.astype(np.float32), TOKENS, TOKENS > 2])
@pytest.mark.parametrize("as_numbers", [False, True])
def test_a_tensor_gives_what_an_array_gives(rows: Array, as_numbers: bool) -> None:
    space = Space.of(rows, mask=MASK)
    model = torch.from_numpy(space.to_model(rows, MASK))
    mask = torch.from_numpy(MASK)
    tensor = space.to_model(torch.from_numpy(rows), mask.float() if as_numbers else mask)
    torch.testing.assert_close(tensor, model)
    torch.testing.assert_close(
        space.to_model(torch.from_numpy(rows)), torch.from_numpy(space.to_model(rows))
    )


def test_moments_are_those_of_the_steps_that_exist() -> None:
    space = Space.of(POINTS, mask=MASK)
    steps = np.array([POINTS[i, t] for i in range(N) for t in range(LENGTHS[i])])
    assert space.shift == pytest.approx(steps.mean(axis=0))
    assert space.scale == pytest.approx(np.sqrt(steps.var(axis=0).mean()))
    model = space.to_model(POINTS, MASK)[MASK]
    np.testing.assert_allclose(model.mean(axis=0), 0, atol=1e-12)
    assert model.var(axis=0).mean() == pytest.approx(1)
    ratios = model.std(axis=0) / steps.std(axis=0)
    np.testing.assert_allclose(ratios, ratios[0])


def test_the_jacobian_is_that_of_one_step() -> None:
    space = Space.of(POINTS, mask=MASK)
    origin = np.zeros((1, T, F))
    slopes = []
    for feature in range(F):
        moved = origin.copy()
        moved[0, 0, feature] = 1
        slopes.append((space.to_model(moved) - space.to_model(origin))[0, 0])
    _, expected = np.linalg.slogdet(np.array(slopes))
    assert space.log_jacobian == pytest.approx(expected)


@pytest.mark.parametrize("rows", [POINTS, TOKENS, POINTS.astype(np.float32)])
def test_json_and_back(rows: Array) -> None:
    space = Space.of(rows, mask=MASK)
    again = Space.from_json(json.loads(json.dumps(space.to_json())))
    assert again == space
    assert np.array_equal(again.to_model(rows, MASK), space.to_model(rows, MASK))


def test_json_from_before_sequences_is_read() -> None:
    space = Space("uint8", (8, 8), "uint8")
    written = space.to_json()
    del written["sequence"], written["levels"]
    assert Space.from_json(written) == space


@pytest.mark.parametrize("change", [{"sequence": 1}, {"sequence": "no"}, {"levels": "many"}])
def test_json_that_is_no_space_is_refused(change: dict[str, Any]) -> None:
    written = Space.of(TOKENS, mask=MASK).to_json()
    with pytest.raises(BadInput, match=next(iter(change))):
        Space.from_json(written | change)


def changed(rows: Array, place: tuple[int, ...], value: Any) -> Array:
    rows = rows.copy()
    rows[place] = value
    return rows


@pytest.mark.parametrize(
    ("space", "rows", "mask", "words"),
    [
        (Space.of(TOKENS, mask=MASK), changed(TOKENS, (3, 0), LEVELS), MASK, ["5", "row 3", "4"]),
        (Space.of(TOKENS, mask=MASK), changed(TOKENS, (3, 0), -1), MASK, ["row 3", "negative"]),
        (Space.of(TOKENS, mask=MASK), TOKENS.astype(float), MASK, ["float64", "tokens"]),
        (Space.of(TOKENS, mask=MASK), TOKENS[:, :9], MASK[:, :9], ["(9,)", "(12,)"]),
        (Space.of(POINTS, mask=MASK), POINTS, ~MASK, ["gap"]),
        (Space.of(POINTS, mask=MASK), changed(POINTS, (2, 0, 1), np.nan), MASK, ["row 2"]),
        (Space.of(POINTS), POINTS, MASK, ["mask", "not made for sequences"]),
    ],
)
def test_check_names_what_does_not_fit(
    space: Space, rows: Array, mask: Array, words: list[str]
) -> None:
    with pytest.raises(BadInput) as refusal:
        space.check(rows, mask)
    message = str(refusal.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


def test_check_takes_what_fits_with_a_mask_or_without() -> None:
    for rows in (POINTS, TOKENS):
        space = Space.of(rows, mask=MASK)
        space.check(rows, MASK)
        space.check(rows, MASK.astype(np.int64))
        space.check(rows)


# Reading


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.sampled_from(["bool", "u1", "f8"]))
def test_every_run_of_trues_is_a_mask(lengths: list[int], dtype: str) -> None:
    mask = (np.arange(6) < np.array(lengths)[:, None]).astype(dtype)
    found = check_mask(mask, np.zeros((len(lengths), 6, 2)), "data")
    assert found.dtype == np.bool_
    assert found.sum(axis=1).tolist() == lengths


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=5))
def test_nothing_else_is(rows: list[list[bool]]) -> None:
    mask = np.array(rows)
    faults = [row for row in rows if row != sorted(row, reverse=True) or not row[0]]
    if faults:
        with pytest.raises(BadInput, match=r"row \d"):
            check_mask(mask, mask, "data")
    else:
        assert np.array_equal(check_mask(mask, mask, "data"), mask)


@pytest.mark.parametrize(
    ("x", "mask", "words"),
    [
        (POINTS, changed(MASK, (7, 0), False), ["row 7"]),
        (POINTS, changed(np.ones_like(MASK), (7, 4), False), ["row 7", "gap"]),
        (POINTS, changed(MASK, (7,), False), ["row 7", "length 0"]),
        (POINTS, changed(MASK.astype(int), (7, 0), 2), ["true and false"]),
        (POINTS, changed(MASK.astype(float), (7, 0), np.nan), ["true and false"]),
        (POINTS, MASK[:-1], ["(40, 12, 3)", "(39, 12)"]),
        (POINTS, MASK[:, :-1], ["(40, 12, 3)", "(40, 11)"]),
        (POINTS, MASK[..., None], ["(40, 12, 1)"]),
        (POINTS[:, 0, 0], MASK[:, 0], ["(40,)"]),
        (POINTS[:9], MASK[:9], ["9 rows"]),
        (POINTS[:, :, :0], MASK, ["no values"]),
        (changed(POINTS, (5, 0, 0), np.nan), MASK, ["1 of", "row 5"]),
        (changed(TOKENS, (6, 0), -2), MASK, ["row 6", "negative", "(N, T, 1)"]),
        (changed(TOKENS, (6, 0), MOST_LEVELS), MASK, ["65536", "(N, T, 1)"]),
        (POINTS.astype(complex), MASK, ["complex"]),
        (POINTS.astype(object), MASK, ["object"]),
    ],
)
def test_sequences_that_cannot_be_used_are_refused_in_one_line(
    x: Array, mask: Array, words: list[str]
) -> None:
    with pytest.raises(BadInput) as refusal:
        read(x, mask)
    message = str(refusal.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"mask": MASK}, ["x, mask", "not mask"]),
        ({"x": POINTS, "masks": MASK}, ["masks"]),
        ({}, ["none"]),
        ({"x": POINTS.tolist(), "mask": MASK}, ["x is of type list"]),
        ({"x": POINTS, "mask": MASK.tolist()}, ["mask is of type list"]),
        ({"x": POINTS, "mask": MASK, "y": LABELS[:-1]}, ["(39,)"]),
    ],
)
def test_dictionaries_of_something_else_are_refused(data: object, words: list[str]) -> None:
    with pytest.raises(BadInput) as refusal:
        load(data)
    message = str(refusal.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


def test_the_mask_goes_with_its_row() -> None:
    numbered = np.where(MASK, np.arange(N)[:, None], 0.0)
    data = load({"x": numbered[..., None], "mask": MASK, "y": LABELS})
    for part in (data.train, data.validation, data.test):
        assert part.mask is not None
        assert part.y is not None
        rows = part.x[:, 0, 0].astype(int)
        assert np.array_equal(part.mask, MASK[rows])
        assert np.array_equal(part.y, LABELS[rows])
        taken = part.take(np.array([1, 0]))
        assert taken.mask is not None
        assert np.array_equal(taken.mask, part.mask[[1, 0]])
    everything = read_rows({"x": numbered, "mask": MASK})
    assert everything.mask is not None
    assert np.array_equal(everything.mask, MASK)


@pytest.mark.parametrize("rows", [POINTS, TOKENS])
def test_what_padding_holds_is_not_data(rows: Array) -> None:
    values = [0, 9, -4, *([np.nan] if rows.dtype.kind == "f" else [])]
    sets = [read(padded(rows, MASK, value)) for value in values]
    for data in sets:
        assert data.fingerprint == sets[0].fingerprint
        assert data.space == sets[0].space
        assert np.array_equal(data.train.x, sets[0].train.x)
    everything = read_rows({"x": padded(rows, MASK, 9), "mask": MASK})
    assert not everything.x[~MASK].any()
    assert np.array_equal(everything.x[MASK], rows[MASK])


def test_the_fingerprint_sees_the_mask() -> None:
    x = np.zeros((N, T, F))
    longer = MASK.copy()
    longer[:, 0:2] = True
    prints = {load(x).fingerprint, read(x).fingerprint, read(x, longer).fingerprint}
    assert len(prints) == 3
    assert read(x, MASK.astype(np.uint8)).fingerprint in prints


def test_arrays_tensors_and_files_are_the_same_sequences(tmp_path: Path) -> None:
    x, mask = torch.from_numpy(POINTS), torch.from_numpy(MASK)
    expected = load({"x": POINTS, "mask": MASK, "y": LABELS})
    np.savez(tmp_path / "a.npz", x=POINTS, mask=MASK.astype(np.int8), y=LABELS)
    for data in (
        load({"x": x, "mask": mask, "y": torch.from_numpy(LABELS)}),
        load(tmp_path / "a.npz"),
    ):
        assert data.fingerprint == expected.fingerprint
        assert data.space == expected.space
    assert expected.outline.classes == 2
    without = load({"x": POINTS, "y": LABELS, "mask": None})
    assert without.fingerprint == load((POINTS, LABELS)).fingerprint


def test_tokens_of_held_out_rows_count() -> None:
    test_row = np.random.default_rng(0).permutation(N)[0]
    tokens = changed(TOKENS, (test_row, 0), 11)
    data = read(tokens)
    assert data.train.x.max() == LEVELS - 1
    assert data.space.levels == 12
    assert data.space.model_shape == (T, 12)


def test_held_out_steps_do_not_move_the_standardisation() -> None:
    data = read(POINTS)
    assert data.train.mask is not None
    steps = data.train.x[data.train.mask]
    assert data.space.shift == pytest.approx(steps.mean(axis=0))


def test_sequences_can_be_paired() -> None:
    pair = load_pair(
        {"x": POINTS, "mask": MASK}, {"x": TOKENS, "mask": MASK}, paired=True, split_seed=2
    )
    assert pair.source is not None
    assert pair.source.train.mask is not None
    assert pair.train.mask is not None
    assert np.array_equal(pair.train.mask, pair.source.train.mask)
    assert pair.outline.source == pair.source.space
    halves = load_pair("strokes", "strokes", paired=False)
    assert halves.space.sequence
    assert halves.train.mask is not None
    assert len(halves.train.mask) == len(halves.train) == 800


# Rows and mask as one array


@pytest.mark.parametrize("rows", [POINTS, TOKENS], ids=["points", "tokens"])
def test_a_masked_array_holds_rows_and_mask_and_gives_both_back(rows: Array) -> None:
    one = masked(rows, MASK)
    assert isinstance(one, np.ma.MaskedArray)
    assert (one.shape, one.dtype) == (rows.shape, rows.dtype)
    assert one.count() == MASK.sum() * rows[0, 0].size
    x, mask = parted(one)
    assert type(x) is np.ndarray
    assert mask is not None
    assert np.array_equal(mask, MASK)
    assert np.array_equal(x, padded(rows, MASK, 0))
    again, same = parted(joined([one[:3], one[3:]]))
    assert same is not None
    assert np.array_equal(again, x)
    assert np.array_equal(same, MASK)
    assert parted({"x": rows, "mask": MASK})[0] is rows
    part = read(rows).test
    assert np.array_equal(np.ma.getdata(part.observations), part.x)
    assert np.array_equal(parted(part.observations)[1], part.mask)  # type: ignore[arg-type]


def test_rows_without_a_mask_stay_as_they_are() -> None:
    assert masked(POINTS, None) is POINTS
    assert parted(POINTS) == (POINTS, None)
    assert np.array_equal(joined([POINTS, POINTS]), np.concatenate([POINTS, POINTS]))


def test_a_step_is_masked_whole_and_names_are_x_and_mask() -> None:
    half = np.ma.masked_array(POINTS, POINTS.mean() < POINTS)
    with pytest.raises(BadInput, match="masks a part of a step"):
        parted(half)
    with pytest.raises(BadInput, match="x and mask, not x"):
        parted({"x": POINTS})


def test_other_padding_is_the_same_sequences_unless_one_is_too_long() -> None:
    x = padded(POINTS, MASK, 0)
    wide = fitted(x, MASK, T + 5)
    assert wide[0].shape == (N, T + 5, F)
    for part, expected in zip(fitted(*wide, T), (x, MASK), strict=True):
        assert np.array_equal(part, expected)
    lengths = MASK.sum(1)
    row, longest = int(lengths.argmax()), int(lengths.max())
    with pytest.raises(BadInput, match=f"{longest} steps, row {row}, .* at most {longest - 1}"):
        fitted(x, MASK, longest - 1)
