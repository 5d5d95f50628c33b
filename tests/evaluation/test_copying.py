from __future__ import annotations

import numpy as np
import pytest

from kullback.evaluation.copying import Copying, numbered
from kullback.evaluation.metric import Floats


def rows(n: int, width: int, seed: int) -> Floats:
    return np.random.default_rng(seed).standard_normal((n, width))


@pytest.mark.parametrize("width", [2, 8, 30])
def test_the_share_of_replayed_rows_is_found_in_any_dimension(width: int) -> None:
    train, unseen, fresh = rows(1500, width, 0), rows(1000, width, 1), rows(1000, width, 2)
    copying = Copying(train, numbered(train), unseen)
    noise = 1e-5 * rows(1000, width, 3)
    for share in (0.0, 0.3, 1.0):
        copies = round(1000 * share)
        samples = np.concatenate([train[:copies] + noise[:copies], fresh[copies:]])
        found = copying.rate(copying.pairs(samples))
        low, high = found.details["interval"]
        assert low <= share <= high
        assert found.value == pytest.approx(share, abs=0.05)


def test_leaving_a_row_out_does_as_well_as_rows_held_out() -> None:
    train, fresh = rows(1500, 5, 0), rows(1000, 5, 2)
    copying = Copying(train, numbered(train))
    assert copying.rate(copying.pairs(fresh)).details["interval"][0] == 0
    assert copying.rate(copying.pairs(train[:1000])).value == pytest.approx(1)


def test_near_to_all_rows_is_no_copy_of_one() -> None:
    train, unseen = rows(1500, 20, 0), rows(1000, 20, 1)
    blurred = 0.3 * rows(1000, 20, 2)
    copying = Copying(train, numbered(train), unseen)
    pairs = copying.pairs(blurred)
    assert np.median(pairs.distance) < np.median(copying.pairs(unseen).distance)
    assert copying.rate(pairs).value == 0


def test_data_that_repeat_their_rows_raise_no_alarm() -> None:
    law = np.random.default_rng(0)
    train, unseen, fresh = (law.integers(0, 3, (1000, 4)).astype(float) for _ in range(3))
    for held_out in (unseen, None):
        copying = Copying(train, numbered(train), held_out)
        assert copying.rate(copying.pairs(fresh)).details["interval"][0] == 0


def test_a_copy_of_a_row_that_stands_twice_is_a_copy() -> None:
    train = rows(600, 6, 0)
    train = np.concatenate([train, train[:30]])
    copying = Copying(train, numbered(train))
    assert copying.rate(copying.pairs(train[:30])).value == pytest.approx(1)


def test_the_closest_pairs_are_the_copies_and_each_row_stands_once() -> None:
    train = rows(300, 4, 0)
    samples = np.concatenate([rows(50, 4, 1), train[[7, 7, 9]] + 1e-6])
    pairs = Copying(train, numbered(train)).pairs(samples).closest(2)
    assert sorted(pairs.row.tolist()) == [7, 9]
    assert set(pairs.sample.tolist()) <= {50, 51, 52}
    assert (pairs.ratio < 1e-4).all()


def test_equal_rows_have_one_number() -> None:
    x = np.array([[1, 2], [3, 4], [1, 2]], np.uint8)
    assert numbered(x).tolist() == [0, 1, 0]


def test_one_training_row_leaves_nothing_to_compare_with() -> None:
    train = np.zeros((20, 3))
    copying = Copying(train, numbered(train))
    assert copying.rate(copying.pairs(rows(15, 3, 0))).value == 0
