from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kullback.data import NAMED_SETS, NAMES, VIEWS, load, named
from kullback.data.named import is_named, read_named
from kullback.data.raw import Part, Raw
from kullback.data.values import Array
from kullback.data.views import Pictures, View, corrupted, edges, negative, upper
from kullback.errors import BadInput

PICTURES = np.random.default_rng(0).integers(0, 256, (2000, 28, 28), dtype=np.uint8)

some_pictures = hnp.arrays(np.uint8, st.sampled_from([(1, 8, 8), (3, 9, 12), (2, 12, 9)]))


def same(labels: Array | None, others: Array | None) -> bool:
    return labels is not None and others is not None and np.array_equal(labels, others)


def read(name: str) -> Raw:
    raw = read_named(name)
    assert raw is not None
    return raw


@given(some_pictures)
def test_every_view_keeps_shape_and_type_and_leaves_the_picture_alone(pictures: Pictures) -> None:
    before = pictures.copy()
    for view in VIEWS:
        seen = view.apply(pictures)
        assert (seen.shape, seen.dtype.name) == (pictures.shape, "uint8"), view.name
        assert np.array_equal(view.apply(pictures), seen)
    assert np.array_equal(pictures, before)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: str(view.name))
def test_a_view_of_named_pictures_is_row_for_row(view: View) -> None:
    base, seen = read("digits"), read(f"digits:{view.name}")
    assert seen.name == f"digits:{view.name}"
    assert seen.label_names == base.label_names
    assert same(seen.y, base.y)
    assert np.array_equal(seen.x, view.apply(base.x))
    assert not np.array_equal(seen.x, base.x)


@given(some_pictures)
def test_outlines_run_along_the_dark_side_of_every_edge(pictures: Pictures) -> None:
    outlines = edges(pictures)
    _, height, width = pictures.shape
    for i, row, column in np.ndindex(pictures.shape):
        top, left = max(row - 1, 0), max(column - 1, 0)
        around = pictures[i, top : min(row + 2, height), left : min(column + 2, width)]
        step = int(around.max()) - int(pictures[i, row, column])
        assert outlines[i, row, column] == (255 if step > 80 else 0)


def test_a_bright_square_has_a_hollow_outline_one_pixel_wide() -> None:
    picture = np.zeros((1, 12, 12), np.uint8)
    picture[:, 4:8, 4:8] = 255
    expected = np.zeros((12, 12), np.uint8)
    expected[3:9, 3:9] = 255
    expected[4:8, 4:8] = 0
    assert np.array_equal(edges(picture)[0], expected)


@given(some_pictures)
def test_the_upper_half_stays_and_the_negative_undoes_itself(pictures: Pictures) -> None:
    middle = pictures.shape[1] // 2
    assert np.array_equal(upper(pictures)[:, :middle], pictures[:, :middle])
    assert not upper(pictures)[:, middle:].any()
    assert np.array_equal(negative(negative(pictures)), pictures)
    assert (negative(pictures).astype(int) + pictures == 255).all()


def test_corruption_is_a_grey_square_and_a_tenth_of_noise() -> None:
    for value in (0, 255):
        seen = corrupted(np.full_like(PICTURES, value))
        grey = (seen == 128).mean()
        assert grey == pytest.approx(0.9 * 9**2 / 28**2, abs=0.002)
        noise = seen[(seen != 128) & (seen != value)]
        outside_square = seen.size * (1 - 9**2 / 28**2)
        in_square = 0.1 * seen.size * 9**2 / 28**2
        assert (len(noise) - in_square) / outside_square == pytest.approx(0.1, abs=0.002)
        shares = np.histogram(noise, bins=8, range=(0, 256))[0] / len(noise)
        np.testing.assert_allclose(shares, 1 / 8, atol=0.005)


def test_the_square_is_whole_and_may_be_anywhere() -> None:
    seen = corrupted(np.zeros((2000, 28, 28), np.uint8))
    grey = seen == 128
    tall = np.array([np.ptp(np.flatnonzero(picture.sum(axis=1) > 3)) + 1 for picture in grey])
    assert (tall == 9).all()
    for corner in (grey[:, :9, :9], grey[:, -9:, -9:]):
        assert corner.mean(axis=(1, 2)).max() > 0.75


def test_what_happens_to_a_row_depends_on_its_number_alone() -> None:
    first, second = corrupted(PICTURES), corrupted(PICTURES[:100])
    assert np.array_equal(first[:100], second)
    blank = corrupted(np.zeros_like(PICTURES[:100]))
    touched = blank != 0
    assert np.array_equal(blank[touched], second[touched])
    same = corrupted(np.repeat(PICTURES[:1], 50, axis=0))
    assert len(np.unique(same.reshape(50, -1), axis=0)) == 50


def test_a_test_part_is_seen_as_the_rows_that_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Raw("digits", PICTURES[:30], test=Part(PICTURES[30:40]))
    table = tuple(
        named.NamedSet(each.name, "", lambda: raw, viewable=True) for each in NAMED_SETS[:1]
    )
    monkeypatch.setattr(named, "NAMED_SETS", table)
    for view in VIEWS:
        data = load(f"digits:{view.name}")
        assert np.array_equal(data.test.x, view.apply(PICTURES[:40])[30:]), view.name


def test_views_have_their_own_fingerprints_and_the_labels_of_the_set() -> None:
    sets = [load("digits"), *(load(f"digits:{view.name}") for view in VIEWS)]
    assert len({data.fingerprint for data in sets}) == 1 + len(VIEWS)
    assert all(same(data.train.y, sets[0].train.y) for data in sets)


def test_names_with_a_view_or_a_seed_are_named() -> None:
    assert all(map(is_named, [*NAMES, "mixture:3", "digits:edges", "digits:nonsense", "ring:"]))
    assert not any(map(is_named, ["", ":edges", "digit", "folder:edges", "a/digits:edges"]))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("digits:edge", ["digits:edge", "did you mean edges"]),
        ("mnist5k:zzz", ["mnist5k:zzz", "edges, upper, corrupted, negative"]),
        ("digits:", ["edges, upper"]),
        ("digits:edges:negative", ["digits:edges:negative"]),
        ("ring:edges", ["ring has no views", "digits, mnist5k, fashion-mnist"]),
        ("moon:negative", ["moon has no views"]),
        ("fashion-mnist-binary:edges", ["no views"]),
    ],
)
def test_a_view_that_is_not_there_is_answered_with_those_that_are(
    name: str, words: list[str]
) -> None:
    with pytest.raises(BadInput) as refusal:
        load(name)
    message = str(refusal.value)
    assert "\n" not in message
    assert all(word in message for word in words), message
