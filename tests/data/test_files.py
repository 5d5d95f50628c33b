from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from kullback.data import load
from kullback.data.files import IDX_TYPES, read_idx, read_path
from kullback.data.values import Array
from kullback.errors import BadInput

ROWS = np.random.default_rng(0).normal(size=(20, 3))


def write_idx(path: Path, array: Array) -> Path:
    code = next(code for code, name in IDX_TYPES.items() if np.dtype(name) == array.dtype)
    header = bytes([0, 0, code, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    content = header + array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def test_npy_is_mapped(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", ROWS)
    read = read_path(tmp_path / "a.npy", strict=False)
    assert isinstance(read.x, np.memmap)
    data = load(str(tmp_path / "a.npy"))
    assert data.fingerprint == load(ROWS).fingerprint
    assert not isinstance(data.train.x, np.memmap)
    assert data.name == "a.npy"


def test_npz_has_x_and_perhaps_y(tmp_path: Path) -> None:
    y = np.arange(20) % 4
    np.savez(tmp_path / "a.npz", x=ROWS, y=y, z=ROWS)
    np.savez(tmp_path / "b.npz", x=ROWS)
    assert load(tmp_path / "a.npz").fingerprint == load((ROWS, y)).fingerprint
    assert load(tmp_path / "b.npz").train.y is None


@pytest.mark.parametrize("dtype", IDX_TYPES.values())
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_of_every_type_round_trips(tmp_path: Path, dtype: str, suffix: str) -> None:
    array = np.arange(60).reshape(15, 2, 2).astype(dtype)
    path = write_idx(tmp_path / f"a-idx3-ubyte{suffix}", array)
    assert np.array_equal(read_idx(path), array)
    data = load(path)
    assert data.train.x.dtype.isnative
    assert data.train.x.shape == (13, 2, 2)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_finds_the_labels_beside_it(tmp_path: Path, suffix: str) -> None:
    images = np.arange(640, dtype=np.uint8).reshape(10, 8, 8)
    path = write_idx(tmp_path / f"train-images-idx3-ubyte{suffix}", images)
    assert load(path).label_names is None
    write_idx(tmp_path / "train-labels-idx1-ubyte.gz", np.arange(10, dtype=np.uint8) % 2)
    data = load(path)
    assert data.label_names == ("0", "1")
    assert data.train.y is not None
    assert np.array_equal(data.train.y, data.train.x[:, 0, 0] // 64 % 2)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.npy", b"not numpy", "numpy"),
        ("a.npy", b"", "numpy"),
        ("a.npz", b"PK\3\4broken", "numpy"),
        ("a.txt", b"1 2 3", ".npy"),
        ("a-idx1-ubyte", bytes([0, 0, 8, 1, 0, 0, 0, 9, 1]), "promises 17"),
        (
            "a-idx1-ubyte.gz",
            gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 9, 1]), mtime=0)[:-9],
            "unpacked",
        ),
        ("a.gz", b"\x1f\x8bnonsense", ".npy"),
    ],
)
def test_broken_files_are_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes, word: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as refusal:
        load(tmp_path / name)
    message = str(refusal.value)
    assert "\n" not in message
    assert name in message
    assert word in message


def test_a_truncated_npy_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, ROWS)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(BadInput, match=r"a\.npy"):
        load(path)


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}] * 20, dtype=object), allow_pickle=True)
    np.savez(tmp_path / "a.npz", x=np.array([{}] * 20, dtype=object))
    for name in ("a.npy", "a.npz"):
        with pytest.raises(BadInput):
            load(tmp_path / name)


def test_npz_without_x_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", z=ROWS)
    with pytest.raises(BadInput, match="named x, but holds z"):
        load(tmp_path / "a.npz")


def test_paths_that_are_not_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        load(tmp_path / "nowhere")
    (tmp_path / "recipe.json").write_text("{}")
    with pytest.raises(BadInput, match="run"):
        load(tmp_path)
