from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kullback.data import Batches, order
from kullback.errors import BadInput

sizes = st.integers(1, 40).flatmap(lambda rows: st.tuples(st.just(rows), st.integers(1, rows)))


@given(sizes, st.integers(0, 2**32))
def test_every_epoch_sees_every_row_once(size: tuple[int, int], seed: int) -> None:
    rows, batch_size = size
    batches = Batches(rows, batch_size, seed)
    stream = np.concatenate([batches.indices(k) for k in range(3 * rows)])
    assert stream.dtype == np.int64
    assert len(stream) == 3 * rows * batch_size
    for epoch in range(3 * batch_size):
        seen = stream[epoch * rows : (epoch + 1) * rows]
        assert np.array_equal(np.sort(seen), np.arange(rows))
        assert np.array_equal(seen, order(rows, seed, epoch))


@given(sizes, st.integers(0, 200))
def test_a_batch_is_the_same_however_it_is_reached(size: tuple[int, int], k: int) -> None:
    rows, batch_size = size
    walked = Batches(rows, batch_size, seed=7)
    for step in range(k):
        walked.indices(step)
    direct = Batches(rows, batch_size, seed=7).indices(k)
    assert np.array_equal(walked.indices(k), direct)
    assert len(direct) == batch_size


def test_changing_a_batch_changes_no_other() -> None:
    batches = Batches(100, 10, seed=0)
    before = batches.indices(0)
    batches.indices(0)[:] = -1
    assert np.array_equal(batches.indices(0), before)


def test_seeds_and_epochs_differ() -> None:
    orders = [order(50, seed, epoch).tolist() for seed in range(3) for epoch in range(3)]
    assert len({tuple(each) for each in orders}) == 9


@pytest.mark.parametrize(("rows", "batch_size", "seed"), [(10, 11, 0), (10, 0, 0), (10, 5, -1)])
def test_impossible_batches_are_refused(rows: int, batch_size: int, seed: int) -> None:
    with pytest.raises(BadInput) as refusal:
        Batches(rows, batch_size, seed)
    assert "\n" not in str(refusal.value)
