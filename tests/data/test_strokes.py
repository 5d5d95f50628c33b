from __future__ import annotations

import numpy as np

from kullback.data import load
from kullback.data.strokes import FIGURES, strokes, wave, zigzag
from kullback.data.values import Array

X, MASK, KINDS = strokes(1000)
LENGTHS = MASK.sum(axis=1)


TIMES = np.linspace(0, 1, 25)


def of(figure: str) -> list[Array]:
    """The points that exist of each stroke of this figure."""
    rows = np.flatnonzero(list(FIGURES).index(figure) == KINDS)
    return [X[row, : LENGTHS[row]].astype(np.float64) for row in rows]


def test_lengths_are_spread_over_16_to_48_and_the_rest_is_zero() -> None:
    assert (LENGTHS.min(), LENGTHS.max()) == (16, 48)
    assert LENGTHS.mean() == np.clip(LENGTHS.mean(), 31, 33)
    assert (np.diff(MASK.astype(int), axis=1) <= 0).all()
    assert not X[~MASK].any()
    assert np.bincount(KINDS).tolist() == [200] * 5


def test_strokes_are_always_the_same_and_never_twice() -> None:
    x, mask, _ = strokes(100)
    assert np.array_equal(x, X[:100])
    assert np.array_equal(mask, MASK[:100])
    assert len(np.unique(X.reshape(1000, -1), axis=0)) == 1000


def test_circles_close_and_keep_their_radius() -> None:
    for points in of("circle"):
        radius = np.linalg.norm(points, axis=1)
        np.testing.assert_allclose(radius, radius[0], rtol=1e-5)
        assert 0.5 <= radius[0] <= 1
        np.testing.assert_allclose(points[0], points[-1], atol=1e-5)


def test_spirals_turn_twice_and_grow_evenly() -> None:
    for points in of("spiral"):
        radius = np.linalg.norm(points, axis=1)
        growth = 0.9 * radius[-1] / (len(points) - 1)
        np.testing.assert_allclose(np.diff(radius), growth, rtol=1e-3)
        angle = np.unwrap(np.arctan2(points[:, 1], points[:, 0]))
        np.testing.assert_allclose(angle[-1] - angle[0], 4 * np.pi, rtol=1e-4)


def test_stars_have_five_corners_on_a_circle_and_close() -> None:
    for points in of("star"):
        np.testing.assert_allclose(points[0], points[-1], atol=1e-5)
        radius = np.linalg.norm(points, axis=1)
        assert np.isclose(radius[0], radius.max())
        # The inner pentagon that the lines enclose has cos 72° of the radius.
        assert radius.min() >= radius[0] * np.cos(np.deg2rad(72)) - 1e-5
        assert radius.min() <= radius[0] / 2


def test_a_wave_has_two_periods() -> None:
    rng = np.random.default_rng(0)
    waves = np.array([wave(TIMES, rng) for _ in range(100)])
    assert (waves[..., 0] == 2 * TIMES - 1).all()
    heights = waves[..., 1]
    np.testing.assert_allclose(heights[:, 12:], heights[:, :13], atol=1e-12)
    np.testing.assert_allclose(heights[:, 6:], -heights[:, :19], atol=1e-12)
    np.testing.assert_allclose(heights[:, :24].std(axis=1), 0.4 / np.sqrt(2))


def test_a_zigzag_has_three_teeth_up_or_down() -> None:
    rng = np.random.default_rng(0)
    zigzags = np.array([zigzag(TIMES, rng) for _ in range(100)])
    np.testing.assert_allclose(zigzags[..., 0], np.tile(2 * TIMES - 1, (100, 1)))
    corners = zigzags[:, ::4, 1]
    assert set(map(tuple, corners)) == {(0.5, -0.5) * 3 + (0.5,), (-0.5, 0.5) * 3 + (-0.5,)}
    np.testing.assert_allclose(zigzags[:, 2::4, 1], 0, atol=1e-12)


def test_lines_run_from_left_to_right_a_little_tilted() -> None:
    for points in of("zigzag"):
        run, rise = points[-1] - points[0]
        assert run > 0
        assert abs(np.arctan2(rise, run)) < 0.7
        assert 1 <= np.hypot(run, rise) <= 2


def test_the_named_set_is_two_thousand_labelled_sequences() -> None:
    data = load("strokes")
    assert [len(part) for part in (data.train, data.validation, data.test)] == [1600, 200, 200]
    assert data.label_names == tuple(FIGURES)
    assert (data.space.kind, data.space.model_shape) == ("real", (48, 2))
    assert data.space.sequence
    assert data.train.mask is not None
