from __future__ import annotations

import numpy as np
import pytest

from kullback.errors import BadInput
from kullback.evaluation import neighbours
from kullback.evaluation.neighbours import nearest

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 3)), RNG.normal(size=(50, 3))


@pytest.fixture(params=[(1024, 2048, 64), (7, 11, 64), (16, 3, 64), (7, 23, 8), (50, 40, 4)])
def tiles(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(("ROWS", "COLUMNS", "_GROUPS"), request.param, strict=True):
        monkeypatch.setattr(neighbours, name, value)


@pytest.mark.usefixtures("tiles")
@pytest.mark.parametrize("k", [1, 2, 13, 50])
def test_they_are_those_of_all_distances_sorted(k: int) -> None:
    every = np.linalg.norm(X[:, None] - Y[None], axis=-1)
    distances, indices = nearest(X, Y, k)
    np.testing.assert_allclose(distances, np.sort(every, 1)[:, :k], rtol=1e-12)
    assert np.array_equal(indices, np.argsort(every, 1)[:, :k])


@pytest.mark.usefixtures("tiles")
def test_no_row_is_its_own_neighbour_but_its_copy_is() -> None:
    x = np.concatenate([X, X[5:6]])
    every = np.linalg.norm(x[:, None] - x[None], axis=-1)
    np.fill_diagonal(every, np.inf)
    distances, indices = nearest(x, x, 4, leave_self_out=True)
    np.testing.assert_allclose(distances, np.sort(every, 1)[:, :4], rtol=1e-12, atol=0)
    assert indices[5, 0] == len(X)
    assert indices[len(X), 0] == 5


@pytest.mark.usefixtures("tiles")
@pytest.mark.parametrize("k", [1, 2, 13])
def test_ties_are_as_near_as_they_are(k: int) -> None:
    x = RNG.integers(0, 3, (150, 3))
    every = ((x[:, None] - x[None]) ** 2).sum(-1)
    squares, indices = neighbours.nearest_squares(x, x, k)
    assert np.array_equal(squares, np.sort(every, 1)[:, :k])
    assert np.array_equal(np.take_along_axis(every, indices, 1), squares)


@pytest.mark.usefixtures("tiles")
def test_a_copy_is_at_distance_zero_even_far_from_the_origin() -> None:
    far = 1e5 + 0.1 * RNG.random((200, 30))
    distances, indices = nearest(far[:20].copy(), far, 1)
    assert (distances == 0).all()
    assert np.array_equal(indices[:, 0], np.arange(20))


def test_neighbours_are_in_the_order_of_their_exact_distances() -> None:
    """Two far groups: what the product of their norms leaves of a distance is noise."""
    far = np.concatenate([RNG.normal(size=(30, 3)), RNG.normal(size=(30, 3)) + 1e8])
    distances, indices = nearest(far, far, 20)
    assert (np.diff(distances) >= 0).all()
    exact = np.linalg.norm(far[:, None] - far[indices], axis=-1)
    np.testing.assert_allclose(distances, exact, rtol=1e-12)


def test_integers_and_single_floats_are_measured_as_numbers() -> None:
    x = np.array([[0, 250], [3, 4]], np.uint8)
    y = np.array([[0, 0], [255, 255]], np.uint8)
    distances, indices = nearest(x, y, 1)
    assert distances[:, 0].tolist() == [250, 5]
    assert indices[:, 0].tolist() == [0, 0]
    assert nearest(x.astype(np.float32), y.astype(np.float32), 1)[0][:, 0].tolist() == [250, 5]


def test_no_rows_have_no_neighbours() -> None:
    distances, indices = nearest(X[:0], Y, 3)
    assert distances.shape == indices.shape == (0, 3)


def test_more_neighbours_than_there_are_cannot_be_had() -> None:
    with pytest.raises(BadInput, match="among 49; give 1 to 49"):
        nearest(Y, Y, 50, leave_self_out=True)
    with pytest.raises(BadInput, match="0 nearest"):
        nearest(X, Y, 0)
