from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kullback.data import Batches
from kullback.data.batches import Indices
from kullback.data.blocks import WINDOW, BlockOrder, Stretch


def by_blocks(rows: int, seed: int, epoch: int) -> BlockOrder:
    return BlockOrder(rows, seed, epoch, 2, lambda _: None)


def told(rows: int, size: int) -> tuple[BlockOrder, list[list[Stretch]]]:
    heard: list[list[Stretch]] = []
    return BlockOrder(rows, 0, 0, size, lambda blocks: heard.append(list(blocks))), heard


@given(st.integers(1, 900), st.integers(1, 5), st.integers(0, 2**32), st.integers(0, 3))
def test_every_row_is_visited_once(rows: int, size: int, seed: int, epoch: int) -> None:
    order = BlockOrder(rows, seed, epoch, size, lambda _: None)[:]
    assert order.dtype == np.int64
    assert np.array_equal(np.sort(order), np.arange(rows))


@given(st.integers(1, 900), st.integers(0, 900), st.integers(0, 900))
def test_a_stretch_is_the_same_however_it_is_reached(rows: int, start: int, length: int) -> None:
    walked = by_blocks(rows, 7, 1)
    whole = np.concatenate([walked[at : at + 50] for at in range(0, rows, 50)])
    assert np.array_equal(by_blocks(rows, 7, 1)[start : start + length], whole[start:][:length])


@given(st.integers(1, 700).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))))
def test_batches_by_blocks_see_every_row_once_an_epoch(size: tuple[int, int]) -> None:
    rows, batch_size = size
    batches = Batches(rows, batch_size, 3, by_blocks)
    stream = np.concatenate([batches.indices(k) for k in range(-(-2 * rows // batch_size))])
    for epoch in range(2):
        seen = stream[epoch * rows : (epoch + 1) * rows]
        assert np.array_equal(np.sort(seen), np.arange(rows))
    k = rows // batch_size
    direct = Batches(rows, batch_size, 3, by_blocks).indices(k)
    assert np.array_equal(direct, stream[k * batch_size :][:batch_size])


def test_seeds_epochs_and_windows_differ() -> None:
    orders = [tuple(by_blocks(600, s, e)[:].tolist()) for s in range(3) for e in range(3)]
    assert len(set(orders)) == 9
    first, second = (by_blocks(4 * WINDOW, 0, 0)[:].reshape(2, -1)[w] for w in (0, 1))
    ranks = [np.argsort(np.argsort(window)).tolist() for window in (first, second)]
    assert ranks[0] != ranks[1]


def test_only_a_windows_blocks_are_looked_at_together_and_those_are_mixed() -> None:
    size = 10
    order = BlockOrder(5 * WINDOW * size, 0, 0, size, lambda _: None)[:]
    for window in order.reshape(5, -1):
        blocks, counts = np.unique(window // size, return_counts=True)
        assert len(blocks) == WINDOW
        assert set(counts) == {size}
        assert len(np.unique(window[:64] // size)) > 40  # of 128, where 64 draws find 51
    starts = order.reshape(5, -1).min(axis=1)
    assert starts.max() < order.max() / 10  # windows are from all over the rows


def test_the_next_windows_blocks_are_announced_before_they_are_wanted() -> None:
    rows, size = 5 * 3 * WINDOW + 4, 5
    order, heard = told(rows, size)
    announced: set[int] = set()
    for at in range(0, rows, 50):
        wanted = order[at : at + 50]
        announced = {
            row for blocks in heard for start, stop in blocks for row in range(start, stop)
        }
        assert announced.issuperset(wanted.tolist())
        window = at // (size * WINDOW)
        assert len(announced) >= min(rows, (window + 2) * size * WINDOW - size)
    assert announced == set(range(rows))
    assert sum(len(blocks) for blocks in heard) == -(-rows // size)  # each once


@pytest.mark.parametrize("sizes", [(1, 1), (128, 1), (129, 1), (257, 2)])
def test_rows_just_beyond_a_window(sizes: tuple[int, int]) -> None:
    order: Indices = BlockOrder(sizes[0], 1, 2, sizes[1], lambda _: None)[:]
    assert np.array_equal(np.sort(order), np.arange(sizes[0]))
