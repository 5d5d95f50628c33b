from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from kullback.data import Space
from kullback.errors import BadInput
from kullback.evaluation import features as module
from kullback.evaluation.classifier import Classifier
from kullback.evaluation.features import Features, as_shown, classifier, imagenet, values
from kullback.evaluation.judge import Judge
from kullback.evaluation.metric import Array

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (130, 8, 8)).astype(np.uint8)


def graph(path: Path, shape: tuple[int | str, ...], axis: int = 1) -> Path:
    """A network that sums its input over an axis."""
    node = helper.make_node("ReduceSum", ["x", "axes"], ["sum"], keepdims=0)
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    found = helper.make_tensor_value_info("sum", TensorProto.FLOAT, None)
    axes = numpy_helper.from_array(np.array([axis]), "axes")
    made = helper.make_graph([node], "sums", [given], [found], [axes])
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)
    return path


def test_pixels_are_model_units_and_values_say_another_name() -> None:
    found = values(Space.of(GREY))
    np.testing.assert_allclose(found(GREY), GREY.reshape(130, 64) / 255, rtol=1e-6)
    assert (found.name, found.digest, found.resize) == ("pixels", None, "none")
    rows = RNG.normal(size=(30, 4)) * 5 + 2
    space = Space.of(rows)
    assert values(space).name == "values"
    assert np.array_equal(values(space)(rows), space.to_model(rows))


@pytest.mark.parametrize(
    ("shape", "resize", "dimensions"),
    [
        ((64, 64, 3), "averaged 2×2 to 32×32", 3072),
        ((3, 64, 64), "averaged 2×2 to 32×32", 3072),
        ((32, 32, 3), "none", 3072),
        ((100, 70), "averaged 3×3 to 33×23", 759),
    ],
)
def test_large_pictures_are_averaged(shape: tuple[int, ...], resize: str, dimensions: int) -> None:
    rows = RNG.integers(0, 256, (12, *shape)).astype(np.uint8)
    found = values(Space.of(rows))
    assert found.resize == resize
    assert found(rows).shape == (12, dimensions)


def test_averaging_is_the_mean_of_blocks() -> None:
    rows = RNG.integers(0, 256, (3, 64, 64)).astype(np.uint8)
    blocks = rows.reshape(3, 32, 2, 32, 2).mean((2, 4)).reshape(3, -1) / 255
    np.testing.assert_allclose(values(Space.of(rows))(rows), blocks, rtol=1e-5)


@pytest.mark.parametrize("token", [True, False])
def test_sequences_have_their_mask_beside_them(token: bool) -> None:
    mask = np.arange(5) < RNG.integers(1, 6, (20, 1))
    x = RNG.integers(0, 3, (20, 5)) if token else RNG.normal(size=(20, 5, 2))
    space = Space.of(x, mask=mask)
    missing = np.broadcast_to(~mask.reshape(mask.shape + (1,) * (x.ndim - 2)), x.shape)
    found = values(space)(np.ma.masked_array(x, missing))
    steps = found[:, :-5].reshape(20, 5, -1)
    assert np.array_equal(found[:, -5:], mask)
    assert (steps[~mask] == 0).all()
    expected = space.to_model(x, mask)
    assert np.array_equal(steps, expected)
    assert np.array_equal(values(space)(x)[:, -5:], np.ones((20, 5)))


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = values(Space.of(GREY))
    whole = found(GREY)
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 7)
    assert np.array_equal(found(GREY), whole)


def test_features_that_are_not_finite_are_refused() -> None:
    rows = np.ones((100, 2))
    rows[70] = 0
    with (
        np.errstate(divide="ignore"),
        pytest.raises(BadInput, match=r"the inverse features of 1 rows .* first of row 70"),
    ):
        Features("inverse", None, "none", lambda x: 1 / x)(rows)


def test_the_classifier_gives_its_last_hidden_layer_and_its_hash() -> None:
    space = Space.of(GREY)
    judge = cast(Judge, SimpleNamespace(classifier=Classifier(space, 3)))
    judge.classifier.settle()
    found = classifier(judge)
    assert (found.name, found.resize) == ("classifier", "none")
    hidden = found(GREY)
    assert hidden.shape == (130, 128)
    last = judge.classifier.network[-1]
    logits = last(torch.from_numpy(hidden).float()).softmax(1)
    np.testing.assert_allclose(logits, judge.classifier.probabilities(GREY), rtol=1e-4)
    other = Classifier(space, 3, seed=1)
    assert found.digest == judge.classifier.digest != other.digest


def test_imagenet_features_tell_a_picture_from_its_negative_and_not_its_layout() -> None:
    colour = RNG.integers(0, 256, (3, 8, 8, 3)).astype(np.uint8)
    space = Space.of(colour)
    state = torch.get_rng_state()
    found = imagenet(space)
    assert torch.equal(torch.get_rng_state(), state)
    assert found.resize == "bilinear with antialiasing to 224×224"
    assert found.digest is not None
    assert found.digest.startswith("579344248a93e230")
    seen = found(colour)
    assert seen.shape == (3, 1280)
    first = np.ascontiguousarray(np.moveaxis(colour, -1, 1))
    np.testing.assert_allclose(imagenet(Space.of(first))(first), seen, atol=1e-4)
    assert abs(found(255 - colour) - seen).max() > 0.5


def test_imagenet_sees_grey_as_three_equal_colours() -> None:
    grey = GREY[:2]
    colour = np.repeat(grey[..., None], 3, axis=-1)
    seen = imagenet(Space.of(grey))(grey)
    np.testing.assert_allclose(imagenet(Space.of(colour))(colour), seen, atol=1e-4)


def test_imagenet_is_for_pictures_alone() -> None:
    with pytest.raises(BadInput, match="grey or coloured images"):
        imagenet(Space.of(RNG.normal(size=(20, 3))))
    with pytest.raises(BadInput, match="grey or coloured images"):
        imagenet(Space.of(RNG.normal(size=(20, 8, 8, 5))))


@pytest.mark.parametrize("first", ["N", 1])
def test_an_onnx_file_is_fed_model_units(tmp_path: Path, first: int | str) -> None:
    path = graph(tmp_path / "sum.onnx", (first, 1, 8, 8), axis=2)
    found = module.onnx(path, Space.of(GREY))
    np.testing.assert_allclose(found(GREY), GREY.sum(1) / 255, rtol=1e-5)
    assert (found.name, found.resize) == ("onnx", "none")
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def one_line(raised: pytest.ExceptionInfo[BadInput]) -> str:
    message = str(raised.value)
    assert "\n" not in message
    return message


def test_an_onnx_file_that_does_not_fit_is_named(tmp_path: Path) -> None:
    space = Space.of(GREY)
    with pytest.raises(BadInput, match="there is no such file") as raised:
        module.onnx(tmp_path / "none.onnx", space)
    one_line(raised)
    wrong: list[tuple[int | str, ...]] = [("N", 3, 8, 8), ("N", 64), (7, 1, 8, 8)]
    for shape in wrong:
        path = graph(tmp_path / "wrong.onnx", shape)
        with pytest.raises(BadInput, match=r"float32 input \(N, 1, 8, 8\), N free or 1") as raised:
            module.onnx(path, space)
        assert ", ".join(map(str, shape)) in one_line(raised)
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(BadInput, match="cannot be read as ONNX") as raised:
        module.onnx(tmp_path / "text.onnx", space)
    one_line(raised)


@pytest.mark.parametrize(
    ("package", "make", "extra"),
    [
        ("onnxruntime", module.onnx, "export"),
        ("efficientnet_lite_pytorch", lambda _, space: imagenet(space), "eval"),
    ],
)
def test_a_missing_package_is_named_with_its_command(
    package: str, make: Any, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = graph(tmp_path / "sum.onnx", ("N", 1, 8, 8))
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BadInput, match=rf'pip install "kullback\[{extra}\]"') as raised:
        make(path, Space.of(GREY))
    one_line(raised)


def test_pictures_are_shown_from_black_to_white() -> None:
    shown = as_shown(GREY, Space.of(GREY))
    np.testing.assert_allclose(shown[:, 0], GREY / 255, rtol=1e-6)
    real: npt.NDArray[np.float64] = RNG.normal(size=(20, 9, 9))
    reals = as_shown(real, Space.of(real))
    assert (float(reals.min()), float(reals.max())) == (0, 1)
    clear = np.zeros((10, 8, 8, 4), np.uint8)
    clear[:, :4, :, 3] = 255
    on_white = as_shown(clear, Space(kind="uint8", shape=(8, 8, 4), dtype="uint8"))
    assert on_white.shape == (10, 3, 8, 8)
    assert (on_white[:, :, :4] == 0).all()
    assert (on_white[:, :, 4:] == 1).all()


def test_features_of_real_rows_are_kept_by_what_learnt_them_and_by_the_rows(tmp_path: Path) -> None:
    asked: list[int] = []

    def extract(rows: Array) -> Array:
        asked.append(len(rows))
        return rows.reshape(len(rows), -1)

    kept = Features("mine", "0" * 64, "none", extract, tmp_path)
    rows = np.arange(12.0).reshape(4, 3)
    for _ in range(2):
        assert np.array_equal(kept.kept(rows), rows)
    assert asked == [4]
    assert np.array_equal(kept.kept(rows + 1), rows + 1)
    (first, *_) = sorted(tmp_path.iterdir())
    first.write_bytes(first.read_bytes()[:50])
    assert np.array_equal(kept.kept(rows), rows)
    assert np.array_equal(kept.kept(rows + 1), rows + 1)
    assert np.array_equal(replace(kept, digest="1" * 64).kept(rows), rows)
    assert len(list(tmp_path.iterdir())) == 3
