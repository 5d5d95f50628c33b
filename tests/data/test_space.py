from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kullback.data import Space
from kullback.data.values import Array
from kullback.errors import BadInput

SHAPES = [(), (3,), (1, 2, 2, 2), (8, 9), (9, 8, 3), (3, 8, 9), (4, 30)]


def rows_of(space_shape: tuple[int, ...], dtype: str, rows: int = 20) -> Array:
    values = np.random.default_rng(0).normal(5, 30, size=(rows, *space_shape))
    return np.abs(values).astype(dtype) if dtype.startswith("u") else values.astype(dtype)


@given(hnp.arrays(np.uint8, st.sampled_from([(3, 8, 8), (2, 8, 9, 3), (4, 5), (1, 3, 8, 8)])))
def test_uint8_comes_back_exactly(rows: Array) -> None:
    space = Space("uint8", rows.shape[1:], "uint8")
    assert np.array_equal(space.to_data(space.to_model(rows)), rows)
    space.check(rows)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "uint16"])
def test_real_data_comes_back_in_its_type(shape: tuple[int, ...], dtype: str) -> None:
    rows = rows_of(shape, dtype)
    space = Space.of(rows)
    back = space.to_data(space.to_model(rows))
    assert (space.kind, back.dtype, back.shape) == ("real", rows.dtype, rows.shape)
    np.testing.assert_allclose(back, rows, rtol=2e-3 if dtype == "float16" else 1e-5, atol=1e-4)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32"])
def test_zeros_and_ones_are_binary_in_any_type(dtype: str) -> None:
    rows = np.random.default_rng(0).integers(0, 2, (10, 8, 8)).astype(dtype)
    space = Space.of(rows)
    assert (space.kind, space.bounded, space.log_jacobian) == ("binary", True, 0)
    assert np.array_equal(space.to_data(space.to_model(rows)), rows)
    probabilities = space.to_data(np.full((1, 1, 8, 8), 0.75, np.float32))
    assert (probabilities == (0.75 if dtype == "float32" else 1)).all()


@pytest.mark.parametrize(
    ("shape", "layout", "model_shape"),
    [
        ((), "flat", (1,)),
        ((5,), "flat", (5,)),
        ((8, 9), "HW", (1, 8, 9)),
        ((30, 4), "flat", (120,)),
        ((9, 8, 3), "HWC", (3, 9, 8)),
        ((3, 9, 8), "CHW", (3, 9, 8)),
        ((2, 3, 4), "flat", (24,)),
    ],
)
def test_images_have_channels_first_and_the_rest_is_flat(
    shape: tuple[int, ...], layout: str, model_shape: tuple[int, ...]
) -> None:
    rows = rows_of(shape, "float32")
    space = Space.of(rows)
    assert (space.layout, space.model_shape) == (layout, model_shape)
    assert space.is_image is (layout != "flat")
    assert space.to_model(rows).shape == (20, *model_shape)


def test_channels_move_without_mixing() -> None:
    rows = np.random.default_rng(0).integers(0, 256, (2, 8, 9, 3), np.uint8)
    model = Space("uint8", (8, 9, 3), "uint8").to_model(rows)
    assert np.array_equal(model[1, 2], rows[1, :, :, 2].astype(np.float32) / 255)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["uint8", "bool", "float32", "float64", "int64"])
def test_a_tensor_gives_what_an_array_gives(shape: tuple[int, ...], dtype: str) -> None:
    rows = rows_of(shape, "float64") > 0 if dtype == "bool" else rows_of(shape, dtype)
    space = Space.of(rows)
    model = space.to_model(rows)
    for _ in range(2):  # the second time, the shift is already on the device
        tensor = space.to_model(torch.from_numpy(rows))
        assert str(tensor.dtype) == f"torch.{model.dtype}"
        torch.testing.assert_close(tensor, torch.from_numpy(np.ascontiguousarray(model)))
    assert model.dtype == (np.float64 if dtype == "float64" else np.float32)


def test_there_is_one_scale_for_all_features() -> None:
    rows = np.random.default_rng(0).normal(size=(500, 3)) * [1.0, 10.0, 100.0] + [5, 0, -7]
    space = Space.of(rows)
    assert space.scale == pytest.approx(np.sqrt(rows.var(axis=0).mean()))
    assert space.shift == pytest.approx(rows.mean(axis=0))
    model = space.to_model(rows)
    np.testing.assert_allclose(model.var(axis=0).mean(), 1)
    ratios = model.std(axis=0) / rows.std(axis=0)
    np.testing.assert_allclose(ratios, ratios[0])


@pytest.mark.parametrize("value", [0.1, 0, 3, 1e30])
def test_constant_data_has_scale_one(value: float) -> None:
    space = Space.of(np.full((1000, 2), value))
    assert (space.kind, space.scale, space.shift) == ("real", 1, (value, value))


def test_large_integers_keep_their_last_digit() -> None:
    rows = 10**15 + np.arange(20)[:, None]
    space = Space.of(rows)
    assert np.array_equal(space.to_data(space.to_model(rows)), rows)
    tensor = space.to_model(torch.from_numpy(rows))
    assert np.array_equal(space.to_data(tensor.numpy()), rows)


def test_integers_stop_at_the_ends_of_their_type() -> None:
    far = np.array([[-1e30], [1e30]])
    for dtype in ("uint16", "int8"):
        ends = Space("real", (1,), dtype, (0.0,)).to_data(far)[:, 0]
        assert ends.tolist() == [np.iinfo(dtype).min, np.iinfo(dtype).max]
    assert Space("real", (1,), "int64", (0.0,)).to_data(far)[1, 0] > 2**62


@given(hnp.arrays(np.float64, (30, 4), elements=st.floats(-1e3, 1e3)))
def test_the_jacobian_is_that_of_finite_differences(rows: Array) -> None:
    space = Space.of(rows, "real")
    step = np.eye(4) * space.scale
    origin = np.zeros((1, 4))
    slopes = (space.to_model(step) - space.to_model(origin)) / space.scale
    _, expected = np.linalg.slogdet(slopes)
    assert space.log_jacobian == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "int16"])
@pytest.mark.parametrize("shape", [(8, 9), (9, 8, 3), (3, 8, 9)])
def test_real_images_come_back_inside_the_range_of_the_training_rows(
    shape: tuple[int, ...], dtype: str
) -> None:
    rows = rows_of(shape, dtype)
    space = Space.of(rows)
    assert space.limits == (rows.min(), rows.max())
    back = space.to_data(100 * space.to_model(rows))
    assert (back.min(), back.max()) == (rows.min(), rows.max())


def test_only_real_images_have_limits() -> None:
    points = Space.of(rows_of((3,), "float32"))
    assert points.limits is None
    assert points.to_data(np.full((1, 3), 1e6, np.float32)).min() > 1e6
    assert Space.of(rows_of((8, 8), "uint8")).limits is None


def test_json_and_back() -> None:
    for rows in (
        rows_of((3,), "float32"),
        rows_of((8, 8), "uint8"),
        rows_of((), "int64"),
        rows_of((8, 8), "float32"),
    ):
        space = Space.of(rows)
        again = Space.from_json(json.loads(json.dumps(space.to_json())))
        assert again == space
        assert hash(again) == hash(space)


def test_json_may_lack_the_limits() -> None:
    space = Space("real", (8, 8), "float32", (0.0,) * 64)
    written = space.to_json()
    del written["limits"]
    assert Space.from_json(written) == space


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": "complex"}, "kind"),
        ({"shape": 3}, "shape"),
        ({"dtype": "float33"}, "dtype"),
        ({"shift": ["a"]}, "shift"),
        ({"scale": None}, "scale"),
        ({"limits": [0.0]}, "limits"),
        ({"scales": 1.0}, "scales"),
    ],
)
def test_json_that_is_no_space_is_refused(change: dict[str, Any], word: str) -> None:
    written = Space("real", (1,), "float32", (0.0,)).to_json()
    with pytest.raises(BadInput, match=word) as refusal:
        Space.from_json(written | change)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("key", ["kind", "shape", "dtype", "shift", "scale"])
def test_json_that_lacks_a_key_is_refused(key: str) -> None:
    written = Space("uint8", (8, 8), "uint8").to_json()
    del written[key]
    with pytest.raises(BadInput, match=key):
        Space.from_json(written)


@pytest.mark.parametrize(
    ("space", "rows", "words"),
    [
        (Space("uint8", (8, 8), "uint8"), np.zeros((2, 8, 9), np.uint8), ["(8, 9)", "(8, 8)"]),
        (Space("uint8", (2,), "uint8"), np.zeros((2, 2)), ["float64", "uint8"]),
        (Space("binary", (2,), "uint8"), np.full((2, 2), 3), ["0 and 1"]),
        (Space("real", (1,), "float32", (0.0,)), np.array([[0.0], [np.nan]]), ["1 of 2", "row 1"]),
        (Space("real", (1,), "float32", (0.0,)), np.array([["a"]]), ["<U1"]),
        (Space("real", (), "float32", (0.0,)), np.array(1.0), ["shape"]),
        (Space("uint8", (8, 8), "uint8"), np.zeros((0, 8, 8), np.uint8), ["no rows"]),
    ],
)
def test_check_names_what_does_not_fit(space: Space, rows: Any, words: list[str]) -> None:
    with pytest.raises(BadInput) as refusal:
        space.check(rows)
    message = str(refusal.value)
    assert "\n" not in message
    assert all(word in message for word in words)


def test_values_too_large_to_square_are_refused() -> None:
    with pytest.raises(BadInput, match="too large"):
        Space.of(np.array([[1e200], [-1e200], [1e300]]))
