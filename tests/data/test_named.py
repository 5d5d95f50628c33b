from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import numpy as np
import pytest

from kullback.data import NAMED_SETS, NAMES, Dataset, load, named
from kullback.data.raw import Part
from kullback.errors import BadInput

FASHION = (named.FASHION_FOLDER / "train-images-idx3-ubyte.gz").exists()
needs_fashion = pytest.mark.skipif(not FASHION, reason="dataset-fashion-mnist is not installed")


def everything(data: Dataset) -> Part:
    parts = [data.train, data.validation, data.test]
    labels = [part.y for part in parts if part.y is not None]
    return Part(
        np.concatenate([part.x for part in parts]), np.concatenate(labels) if labels else None
    )


def test_the_table_is_complete() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(each.description and "\n" not in each.description for each in NAMED_SETS)


def test_digits_are_scikit_learns() -> None:
    whole = everything(load("digits"))
    assert (whole.x.shape, str(whole.x.dtype)) == ((1797, 8, 8), "uint8")
    assert whole.x.max() == 255
    assert whole.y is not None
    assert np.bincount(whole.y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    first = named.read_digits().x[0, 0]
    assert first.tolist() == [0, 0, 80, 207, 143, 16, 0, 0]  # 0 0 5 13 9 1 0 0 sixteenths


def test_mnist5k_has_500_of_each_and_reads_at_once() -> None:
    start = time.perf_counter()
    data = load("mnist5k")
    assert time.perf_counter() - start < 2
    whole = everything(data)
    assert (whole.x.shape, str(whole.x.dtype)) == ((5000, 28, 28), "uint8")
    assert whole.y is not None
    assert np.bincount(whole.y).tolist() == [500] * 10
    row = named.read_mnist5k().x[0].reshape(-1)
    assert row[127:132].tolist() == [51, 159, 253, 159, 50]


def test_integer_tables_are_read_as_numpy_reads_them() -> None:
    path = named._package_file("sklearn", "datasets/data/digits.csv.gz")
    expected = np.loadtxt(path, delimiter=",")
    assert np.array_equal(named._integer_table(path, 65), expected)


@needs_fashion
def test_fashion_mnist_keeps_its_test_part() -> None:
    data = load("fashion-mnist")
    assert [len(part) for part in (data.train, data.validation, data.test)] == [54000, 6000, 10000]
    own = named._fashion_part("t10k")
    assert np.array_equal(data.test.x, own.x)
    assert data.label_names is not None
    assert data.test.y is not None
    assert data.label_names[data.test.y[0]] == "Ankle boot"
    assert data.test.x.flags.writeable


@needs_fashion
def test_the_binary_recipe_is_one_stream() -> None:
    grey, drawn = named.read_fashion_mnist(), named.read_fashion_mnist_binary()
    rng = np.random.default_rng(0)
    assert grey.test is not None
    assert drawn.test is not None
    for before, after in [(grey.x, drawn.x), (grey.test.x, drawn.test.x)]:
        for start in range(0, len(before), 10_000):
            part = slice(start, start + 10_000)
            expected = rng.random(before[part].shape) < before[part] / 255
            assert np.array_equal(after[part], expected)
    assert drawn.x.dtype == np.uint8


def test_missing_fashion_mnist_says_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(named, "FASHION_FOLDER", tmp_path / "nothing")
    monkeypatch.delenv("KULLBACK_DATA", raising=False)
    with pytest.raises(BadInput, match=r"KULLBACK_DATA.*apt-get install") as refusal:
        load("fashion-mnist")
    assert "\n" not in str(refusal.value)


def test_own_fashion_files_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part, rows in (("train", 20), ("t10k", 3)):
        images, labels = np.full((rows, 8, 8), 7, np.uint8), np.zeros(rows, np.uint8)
        for what, array in (("images-idx3", images), ("labels-idx1", labels)):
            header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
            (tmp_path / f"{part}-{what}-ubyte").write_bytes(header + array.tobytes())
    monkeypatch.setenv("KULLBACK_DATA", str(tmp_path))
    data = load("fashion-mnist")
    assert [len(part) for part in (data.train, data.validation, data.test)] == [18, 2, 3]


def test_a_missing_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named, "find_spec", lambda _: None)
    assert importlib.util.find_spec("sklearn") is not None
    for name in ("digits", "mnist5k"):
        with pytest.raises(BadInput, match=r'pip install "kullback\[data\]"'):
            load(name)


@pytest.mark.parametrize(("name", "modes"), [("ring", 8), ("grid", 25), ("mixture", 12)])
def test_toys_carry_their_truth(name: str, modes: int) -> None:
    data = load(name)
    assert data.truth is not None
    assert data.train.x.dtype == np.float32
    assert [len(part) for part in (data.train, data.validation, data.test)] == [80000, 10000, 10000]
    assert data.label_names is not None
    assert len(data.label_names) == modes
    distance = np.linalg.norm(data.test.x - data.truth.centres[data.test.y], axis=1)
    assert (distance / data.truth.scales[data.test.y]).max() < 6
    assert load(name).fingerprint == data.fingerprint


def test_mixtures_are_numbered() -> None:
    assert load("mixture").fingerprint == load("mixture:0").fingerprint
    assert load("mixture:1").fingerprint != load("mixture:2").fingerprint
    for name in ("mixture:", "mixture:x", "mixture:-1", "mixture:1.5"):
        with pytest.raises(BadInput, match="whole number"):
            load(name)


def test_no_two_moons_are_the_same() -> None:
    x = named.read_moon().x
    assert len(np.unique(x.reshape(len(x), -1), axis=0)) == len(x) == 2000


@pytest.mark.parametrize(("name", "word"), [("digts", "did you mean digits"), ("zzz", "ring")])
def test_an_unknown_name_is_answered_with_a_known_one(name: str, word: str) -> None:
    with pytest.raises(BadInput, match=word) as refusal:
        load(name)
    assert "\n" not in str(refusal.value)
