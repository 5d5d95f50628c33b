from __future__ import annotations

import numpy as np

from kullback.data import moon


def test_the_lit_area_is_the_fraction() -> None:
    fractions = np.linspace(0, 1, 51)
    light = moon(fractions).sum(axis=(1, 2)) / 255
    np.testing.assert_allclose(light, fractions * np.pi * 25, atol=0.2)


def test_new_is_black_and_full_is_symmetric() -> None:
    new, half, full = moon(np.array([0.0, 0.5, 1.0]))
    assert not new.any()
    assert np.array_equal(full, full[:, ::-1])
    np.testing.assert_allclose(full.astype(int), full.T, atol=1)
    assert not half[:, :6].any()
    assert np.array_equal(half[:, 6:], full[:, 6:])


def test_light_only_grows_with_the_fraction() -> None:
    pictures = moon(np.linspace(0, 1, 200)).astype(int)
    assert (np.diff(pictures, axis=0) >= 0).all()
    assert pictures.shape == (200, 12, 12)
