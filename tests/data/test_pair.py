from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kullback.data import Dataset, Outline, Part, load, load_pair, named
from kullback.data.raw import Raw
from kullback.errors import BadInput

ROWS = np.arange(150, dtype=np.float32).reshape(50, 3)
LABELS = np.array([5, 7, 7, 9, 7] * 10)
PARTS = ("train", "validation", "test")


def both(data: Dataset) -> list[tuple[Part, Part]]:
    assert data.source is not None
    return [(getattr(data, part), getattr(data.source, part)) for part in PARTS]


@given(st.integers(0, 1000))
def test_paired_rows_correspond_in_every_part(seed: int) -> None:
    data = load_pair(ROWS, ROWS[:, :2] * 10, paired=True, split_seed=seed)
    assert data.paired
    for mine, yours in both(data):
        assert np.array_equal(yours.x, mine.x[:, :2] * 10)
    assert np.array_equal(data.train.x, load(ROWS, split_seed=seed).train.x)


@given(st.integers(0, 1000))
def test_unpaired_sets_are_split_apart(seed: int) -> None:
    data = load_pair(ROWS, ROWS + 0.5, paired=False, split_seed=seed)
    assert not data.paired
    for mine, yours in both(data)[:1]:
        assert (yours.x == mine.x + 0.5).all(axis=1).mean() < 0.25
    assert np.array_equal(data.train.x, load(ROWS, split_seed=seed).train.x)
    together = np.concatenate([yours.x for _, yours in both(data)])
    assert np.array_equal(np.sort(together[:, 0]), ROWS[:, 0] + 0.5)


def test_unpaired_sets_may_differ_in_everything() -> None:
    data = load_pair((ROWS, LABELS), np.zeros((20, 8, 8), np.uint8), paired=False)
    assert data.source is not None
    assert data.label_names == ("5", "7", "9")
    assert [len(yours) for _, yours in both(data)] == [16, 2, 2]
    assert (data.notes, data.source.notes) == ((), ())


@pytest.mark.parametrize("seed", [0, 3])
def test_unpaired_views_of_one_set_never_show_the_same_row(seed: int) -> None:
    data = load_pair("digits", "digits:negative", paired=False, split_seed=seed)
    whole = load("digits", split_seed=seed)
    rows = named.read_digits().x.reshape(1797, -1)
    assert len(np.unique(rows, axis=0)) == 1797
    seen: list[bytes] = []
    for (mine, yours), part in zip(both(data), PARTS, strict=True):
        pictures = np.concatenate([mine.x, 255 - yours.x])
        assert np.array_equal(pictures, getattr(whole, part).x)
        assert abs(len(mine) - len(yours)) <= 1
        seen += [picture.tobytes() for picture in pictures]
    assert len(seen) == len(set(seen)) == 1797
    assert "each is taken from one half of its rows" in data.notes[-1]


def test_halves_keep_fingerprints_labels_and_measure_their_own_space() -> None:
    data = load_pair("grid", "grid", paired=False)
    assert data.source is not None
    assert data.fingerprint == data.source.fingerprint == load("grid").fingerprint
    for half in (data, data.source):
        assert half.space.shift == pytest.approx(half.train.x.mean(axis=0, dtype=np.float64))
        assert half.truth is not None
        error = np.abs(half.truth.centres[half.train.y] - half.train.x)
        assert error.max() < 0.5
    assert data.space != data.source.space


@pytest.mark.parametrize(
    ("first", "second", "halved"),
    [
        ("digits:edges", "digits:upper", True),
        ("digits", "moon", False),
        ("mixture", "mixture:0", True),
        ("mixture:1", "mixture:01", True),
        ("mixture:1", "mixture:2", False),
    ],
)
def test_which_sets_are_views_of_one(first: str, second: str, halved: bool) -> None:
    data = load_pair(first, second, paired=False)
    assert data.source is not None
    assert bool(data.notes) is halved
    rows = len(load(first).train)
    assert len(data.train) == (rows // 2 if halved else rows)


def test_pictures_drawn_to_bits_are_still_the_same_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (50, 8, 8), dtype=np.uint8)
    for part, rows in (("train", pictures[:40]), ("t10k", pictures[40:])):
        for what, array in (("images-idx3", rows), ("labels-idx1", rows[:, 0, 0] % 10)):
            header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
            (tmp_path / f"{part}-{what}-ubyte").write_bytes(header + array.tobytes())
    monkeypatch.setenv("KULLBACK_DATA", str(tmp_path))
    apart = load_pair("fashion-mnist", "fashion-mnist-binary", paired=False)
    assert [(len(mine), len(yours)) for mine, yours in both(apart)] == [(18, 18), (2, 2), (5, 5)]
    pair = load_pair("fashion-mnist", "fashion-mnist:negative", paired=True)
    for mine, yours in both(pair):
        assert np.array_equal(255 - mine.x, yours.x)
    assert len(pair.test) == 10


def test_paired_sets_need_equally_many_rows_and_test_rows() -> None:
    with pytest.raises(BadInput, match=r"50 rows.*49 rows.*equally many"):
        load_pair(ROWS, ROWS[1:], paired=True)
    with_test = Raw("a", ROWS, test=Part(ROWS[:5]))
    for other in (ROWS, Raw("b", ROWS, test=Part(ROWS[:4]))):
        with pytest.raises(BadInput, match="5 test rows") as refusal:
            load_pair(with_test, other, paired=True)
        assert "\n" not in str(refusal.value)
    assert load_pair(with_test, Raw("b", ROWS, test=Part(ROWS[:5])), paired=True).paired
    assert load_pair(with_test, ROWS, paired=False).source is not None


def test_either_set_is_checked_as_load_checks() -> None:
    for first, second in ((ROWS[:9], ROWS), (ROWS, ROWS[:9])):
        with pytest.raises(BadInput, match="9 rows"):
            load_pair(first, second, paired=False)
    with pytest.raises(BadInput, match="split seed"):
        load_pair(ROWS, ROWS, paired=False, split_seed=-1)


def test_the_outline_is_what_a_model_must_fit() -> None:
    plain, labelled = load(ROWS), load((ROWS, LABELS))
    assert plain.outline == Outline(plain.space, rows=40)
    assert labelled.outline == Outline(labelled.space, rows=40, classes=3)
    pair = load_pair((ROWS, LABELS), np.zeros((50, 2)), paired=True)
    assert pair.source is not None
    assert pair.outline == Outline(pair.space, 40, 3, pair.source.space, paired=True)
    hash(pair.outline)


def test_labels_are_counted_among_training_rows() -> None:
    data = load((ROWS, LABELS))
    assert data.label_counts is not None
    assert data.train.y is not None
    assert data.label_counts == tuple((data.train.y == k).sum() for k in range(3))
    assert all(type(count) is int for count in data.label_counts)
    assert load(ROWS).label_counts is None
    test_row = np.random.default_rng(0).permutation(50)[0]
    lonely = load((ROWS, (np.arange(50) - test_row - 1) % 50))
    assert sorted(lonely.label_counts or ()) == [0] * 10 + [1] * 40
    assert lonely.label_counts is not None
    assert lonely.label_counts[49] == 0
