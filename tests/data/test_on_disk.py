"""Data that do not fit in memory, at a scale at which they would: by saying how much there is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kullback.data import Dataset, capacity, load, load_pair
from kullback.data.values import Array
from kullback.errors import BadInput

X = np.random.default_rng(0).integers(0, 256, (400, 8, 9), np.uint8)
Y = np.arange(400) % 3


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(capacity, "usable", lambda: 1000)
    return monkeypatch


def saved(folder: Path, x: Array = X) -> Path:
    np.save(folder / "x.npy", x)
    return folder / "x.npy"


def streamed(data: Dataset) -> Array:
    assert data.stream is not None
    return data.stream.take(np.arange(len(data.stream)))


def numbers(rows: Array) -> set[int]:
    """Which rows of X these are."""
    found = [int((row == X).all(axis=(1, 2)).argmax()) for row in rows]
    assert np.array_equal(X[found], rows)
    return set(found)


def test_held_out_rows_are_in_memory_and_the_others_are_learnt_from(
    tmp_path: Path, little_memory: pytest.MonkeyPatch
) -> None:
    data = load(saved(tmp_path))
    learnt, validation, test = map(numbers, (streamed(data), data.validation.x, data.test.x))
    assert (len(learnt), len(validation), len(test)) == (320, 40, 40)
    assert learnt | validation | test == set(range(400))
    assert numbers(data.train.x) < learnt
    assert len(data.train) == 40
    assert type(data.train.x) is np.ndarray
    assert data.outline.rows == 320
    (note,) = data.notes
    assert "320 training rows are streamed" in note
    assert "looks at 40 of them" in note
    assert np.ptp([min(each) for each in (validation, test)]) < 100  # from all over the file


def test_what_is_kept_depends_on_the_split_seed_alone(
    tmp_path: Path, little_memory: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path)
    first, again, other = load(path), load(path), load(path, split_seed=1)
    assert np.array_equal(first.test.x, again.test.x)
    assert not np.array_equal(first.test.x, other.test.x)
    little_memory.undo()
    fits = load(path)
    assert fits.stream is None
    assert fits.notes == ()
    assert len(fits.train) == 320
    as_decided = load(path, streamed=True)
    assert np.array_equal(streamed(as_decided), streamed(first))
    assert fits.fingerprint == first.fingerprint == as_decided.fingerprint
    assert fits.space == first.space


def test_a_decision_for_memory_is_kept_too(
    tmp_path: Path, little_memory: pytest.MonkeyPatch
) -> None:
    data = load(saved(tmp_path), streamed=False)
    assert data.stream is None
    assert len(data.train) == 320


def test_a_mapped_array_is_streamed_and_what_is_in_memory_stays_there(
    tmp_path: Path, little_memory: pytest.MonkeyPatch
) -> None:
    mapped = np.load(saved(tmp_path), mmap_mode="r")
    assert load(mapped).stream is not None
    assert load((mapped, Y)).stream is not None
    assert load((X, Y)).stream is None
    assert load("moon").stream is None


def test_no_more_is_kept_than_fits(tmp_path: Path, little_memory: pytest.MonkeyPatch) -> None:
    little_memory.setattr("kullback.data.on_disk.MOST_KEPT", 30)
    assert len(load(saved(tmp_path)).test) == 30
    little_memory.setattr("kullback.data.on_disk.MOST_BYTES_KEPT", 20 * 72)
    data = load(saved(tmp_path))
    assert [len(part) for part in (data.train, data.validation, data.test)] == [20] * 3
    assert data.outline.rows == 360


def test_kind_and_fingerprint_are_those_of_all_rows(
    tmp_path: Path, little_memory: pytest.MonkeyPatch
) -> None:
    bits = X // 128
    assert load(saved(tmp_path, bits)).space.kind == "binary"
    assert load(saved(tmp_path, np.ones_like(bits))).space.kind == "uint8"
    for row in range(0, 400, 57):
        other = bits.copy()
        other[row, 0, 0] = 2
        assert load(saved(tmp_path, other)).space.kind == "uint8"
    wrong = X / 7
    wrong[321, 1] = np.nan
    with pytest.raises(BadInput, match=r"9 of 28800 values .* row 321"):
        load(saved(tmp_path, wrong))


@pytest.mark.parametrize("wrong", [np.asfortranarray(X), X.astype(">i2")])
def test_rows_that_cannot_be_picked_in_place_are_refused(
    tmp_path: Path, little_memory: pytest.MonkeyPatch, wrong: Array
) -> None:
    path = saved(tmp_path, wrong)
    with pytest.raises(BadInput, match="do not fit in memory") as refusal:
        load(path)
    assert "\n" not in str(refusal.value)
    little_memory.undo()
    assert np.array_equal(load(path).test.x, load(X).test.x)


def test_an_uncompressed_npz_is_mapped_and_its_labels_are_read(
    tmp_path: Path, little_memory: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / "x.npz", y=Y, x=X)
    data = load(tmp_path / "x.npz")
    found = [Y[list(numbers(row[None]))[0]] for row in data.test.x]  # noqa: RUF015
    assert data.test.y is not None
    assert data.test.y.tolist() == found
    assert data.stream is not None
    assert data.stream.y is not None
    expected = {(int(y), row.tobytes()) for y, row in zip(Y, X, strict=True)}
    pairs = zip(data.stream.y.tolist(), streamed(data), strict=True)
    assert {(y, row.tobytes()) for y, row in pairs} <= expected
    assert data.label_counts == tuple(np.bincount(data.stream.y))
    little_memory.undo()
    assert load(tmp_path / "x.npz").fingerprint == data.fingerprint == load((X, Y)).fingerprint


def test_a_compressed_npz_cannot_be_mapped(
    tmp_path: Path, little_memory: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "x.npz", x=X, y=Y)
    with pytest.raises(
        BadInput, match=r"compressed \.npz cannot be mapped; .*unzip x\.npz"
    ) as told:
        load(tmp_path / "x.npz")
    assert "\n" not in str(told.value)
    little_memory.undo()
    assert load(tmp_path / "x.npz").fingerprint == load((X, Y)).fingerprint


def test_sequences_are_not_streamed(tmp_path: Path, little_memory: pytest.MonkeyPatch) -> None:
    np.savez(tmp_path / "x.npz", x=X, mask=np.ones((400, 8), bool))
    with pytest.raises(BadInput, match="sequences are not streamed"):
        load(tmp_path / "x.npz")


def test_paired_rows_correspond_and_unpaired_do_not(
    tmp_path: Path, little_memory: pytest.MonkeyPatch
) -> None:
    wide = X.repeat(2, axis=2)  # other sizes, other blocks
    first, second = saved(tmp_path), tmp_path / "wide.npy"
    np.save(second, wide)
    pair = load_pair(first, second, paired=True)
    assert pair.source is not None
    for part in ("train", "validation", "test"):
        own, other = getattr(pair, part).x, getattr(pair.source, part).x
        assert np.array_equal(own.repeat(2, axis=2), other)
    assert np.array_equal(streamed(pair).repeat(2, axis=2), streamed(pair.source))
    apart = load_pair(first, second, paired=False)
    assert apart.source is not None
    assert not np.array_equal(apart.test.x, apart.source.test.x[..., ::2])
    np.save(second, wide[:-1])
    with pytest.raises(BadInput, match=r"400 rows.*399 rows"):
        load_pair(first, second, paired=True)


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for i, pixels in enumerate(X[:60]):
        folder = tmp_path / "pictures" / "abc"[i % 3]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{i:02}.png")
    broken = tmp_path / "pictures" / "a" / "03.png"
    broken.write_bytes(broken.read_bytes()[:60])
    return tmp_path / "pictures"


def test_pictures_are_decoded_once_into_the_cache(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.stat().st_mtime_ns for path in pictures.rglob("*")}
    fits = load(pictures)
    monkeypatch.setattr(capacity, "usable", lambda: 1000)
    data = load(pictures)
    assert data.fingerprint == fits.fingerprint
    assert (data.label_names, len(streamed(data))) == (("a", "b", "c"), 49)
    assert any("03.png" in note and "cannot be read" in note for note in data.notes)
    monkeypatch.setattr("kullback.data.pictures._decode", None)  # nothing is decoded again
    again = load(pictures)
    assert again.notes == data.notes
    assert np.array_equal(streamed(again), streamed(data))
    assert {path: path.stat().st_mtime_ns for path in pictures.rglob("*")} == before
    with pytest.raises(BadInput, match=r"03\.png.*strict"):
        load(pictures, strict=True)


def test_changed_pictures_are_decoded_again(
    pictures: Path, little_memory: pytest.MonkeyPatch
) -> None:
    before = load(pictures)
    Image.fromarray(X[100]).save(pictures / "b" / "01.png")
    assert load(pictures).fingerprint != before.fingerprint


def test_nothing_half_decoded_is_left(pictures: Path, little_memory: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="strict"):
        load(pictures, strict=True)
    cache = pictures.parent / "cache" / "kullback"
    assert list(cache.iterdir()) == []
    cache.rmdir()
    cache.write_text("in the way")
    with pytest.raises(BadInput, match="XDG_CACHE_HOME") as told:
        load(pictures)
    assert "\n" not in str(told.value)


def test_a_folder_whose_pictures_are_all_broken_is_refused(
    tmp_path: Path, little_memory: pytest.MonkeyPatch
) -> None:
    little_memory.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "pictures").mkdir()
    path = tmp_path / "pictures" / "a.png"
    Image.fromarray(X[0].repeat(4, axis=1)).save(path)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(BadInput, match="no usable picture"):
        load(tmp_path / "pictures")
