from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch.nn import functional

from kullback.data import Part, Space
from kullback.errors import Unsupported
from kullback.evaluation.reference import Reference
from kullback.evaluation.sharpness import edges, sharpness

RNG = np.random.default_rng(0)
Images = npt.NDArray[np.float64]


def pictures(count: int) -> Images:
    """Grey discs on black."""
    centre = RNG.uniform(4, 12, (count, 2, 1, 1))
    rows, columns = np.mgrid[:16, :16]
    return np.where(np.hypot(rows - centre[:, 0], columns - centre[:, 1]) < 4, 0.8, 0.1)


def blurred(x: Images) -> Images:
    return (x + sum(np.roll(x, s, a) for s in (-1, 1) for a in (1, 2))) / 5


REFERENCE = Reference(Space.of(pictures(100)), Part(pictures(100)), Part(pictures(60)))


def test_edges_are_the_variance_of_the_laplacian() -> None:
    x = RNG.integers(0, 256, (300, 9, 10)).astype(np.uint8)
    kernel = torch.tensor([[[[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]]]]).double()
    laplacian = functional.conv2d(torch.from_numpy(x / 255)[:, None], kernel)
    np.testing.assert_allclose(edges(x, Space.of(x)), np.var(laplacian.numpy(), (1, 2, 3)), 1e-5)


def test_a_plane_has_no_edges_and_colours_count_alike() -> None:
    rows, columns = np.mgrid[:8, :8]
    plane = np.stack([rows * 3 + columns * 2] * 10).astype(np.uint8)
    np.testing.assert_allclose(edges(plane, Space.of(plane)), 0, atol=1e-12)
    colour = RNG.integers(0, 256, (10, 8, 8, 3)).astype(np.uint8)
    each = [edges(np.ascontiguousarray(colour[..., c]), Space.of(colour[..., c])) for c in range(3)]
    np.testing.assert_allclose(edges(colour, Space.of(colour)), np.mean(each, 0), rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "low", "high"),
    [
        (lambda x: x, 0.93, 1.07),
        (blurred, 0.0, 0.5),
        (lambda x: x + RNG.normal(size=x.shape) * 0.2, 1.5, 9.0),
    ],
)
def test_real_pictures_are_at_one_blur_under_and_noise_over(
    change: Callable[[Images], Images], low: float, high: float
) -> None:
    found = sharpness(change(pictures(80)), REFERENCE)
    assert low < found.value < high
    assert found.floor == pytest.approx(1, abs=0.07)
    assert found.n == 60
    assert found.unit == "ratio to real images"


def test_its_error_is_that_of_fresh_draws() -> None:
    found = [
        sharpness(
            2 * pictures(40),
            Reference(REFERENCE.space, Part(pictures(40)), Part(pictures(40))),
        )
        for _ in range(60)
    ]
    errors = [metric.stderr or 0 for metric in found]
    assert np.mean(errors) == pytest.approx(np.std([m.value for m in found], ddof=1), rel=0.35)
    floors = [metric.details["floor_stderr"] for metric in found]
    assert np.mean(floors) == pytest.approx(np.std([m.floor or 0 for m in found], ddof=1), rel=0.35)


def test_against_pictures_without_edges_there_is_no_ratio() -> None:
    black = np.zeros((20, 16, 16))
    found = sharpness(pictures(20), Reference(REFERENCE.space, Part(black), Part(black)))
    assert found.to_json()["value"] is None


def test_points_have_no_sharpness() -> None:
    points = RNG.normal(size=(20, 3))
    with pytest.raises(Unsupported, match="not"):
        sharpness(points, Reference(Space.of(points), Part(points)))
