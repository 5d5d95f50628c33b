from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kullback.data import Stream
from kullback.data.blocks import WINDOW
from kullback.data.files import read_numpy
from kullback.data.stream import BLOCK_BYTES
from kullback.data.values import ROWS_OF_A_BATCH, Array, chunks, pick

ROWS = np.arange(3000, dtype=np.int32).reshape(1000, 3)


@given(st.sets(st.integers(0, 999), max_size=900))
def test_rows_are_numbered_in_order_without_those_left_out(left_out: set[int]) -> None:
    out = np.array(list(left_out), np.int64)
    stream = Stream(ROWS, np.arange(1000), out)
    kept = np.delete(ROWS, out, axis=0)
    assert len(stream) == len(kept)
    assert np.array_equal(stream.take(np.arange(len(kept))), kept)
    assert stream.y is not None
    assert np.array_equal(ROWS[stream.y], kept)


def test_rows_come_in_the_order_asked_for_as_a_copy() -> None:
    stream = Stream(ROWS, None, np.array([0]))
    places = np.random.default_rng(0).integers(0, 999, 3 * ROWS_OF_A_BATCH + 7)
    found = stream.take(places)
    assert np.array_equal(found, ROWS[1:][places])
    found[:] = -1
    assert ROWS.min() == 0
    assert type(found) is np.ndarray


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.npy"
    x = np.lib.format.open_memmap(path, "w+", np.uint8, (100_000, 784))
    x[::1000] = 3
    x.flush()
    return path


def resident_of_files() -> int:
    """The bytes of files that count as this process's memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("RssFile"))


def test_what_was_looked_at_is_let_go(file: Path) -> None:
    x = read_numpy(file).x
    before = resident_of_files()
    np.asarray(x).max()
    assert resident_of_files() - before > x.nbytes // 2
    del x
    x = read_numpy(file).x
    before = resident_of_files()
    assert sum(int(part.any()) for part in chunks(x)) > 10
    held = [resident_of_files() - before]
    pick(x, np.random.default_rng(0).integers(0, len(x), 4096))
    held.append(resident_of_files() - before)
    assert max(held) < x.nbytes // 2


def test_a_batchs_rows_are_let_go_when_the_next_window_begins(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Array] = []
    monkeypatch.setattr("kullback.data.stream.let_go", calls.append)
    x = read_numpy(file).x
    stream = Stream(x, None, np.array([0]))
    batches = stream.batches(100, 0)
    for k in range(len(stream) // 100):
        stream.take(batches.indices(k))
    assert len(calls) == -(-len(stream) // (WINDOW * (BLOCK_BYTES // 784)))
    assert all(each is x for each in calls)


def test_a_copy_on_write_mapping_keeps_what_was_written(file: Path) -> None:
    x = np.load(file, mmap_mode="c")
    x[5] = 9
    assert max(int(part.max()) for part in chunks(x)) == 9
    assert (x[5] == 9).all()


def test_the_next_blocks_are_read_ahead_from_where_they_lie(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(
        "os.posix_fadvise", lambda fd, at, length, advice: asked.append((at, at + length))
    )
    x = read_numpy(file).x
    stream = Stream(x, None, np.array([3, 500]))
    rows = stream.batches(64, 0).indices(0)
    found = stream.take(rows)
    deadline = time.monotonic() + 10
    while len(asked) < 2 * WINDOW and time.monotonic() < deadline:
        time.sleep(0.01)
    whole = file.read_bytes()
    ahead = [bytes(row) for start, stop in asked for row in _rows(whole[start:stop])]
    assert {bytes(row) for row in found} <= set(ahead)
    assert all(start >= 128 and (start - 128) % 784 == 0 for start, _ in asked)
    of_blocks = 2 * WINDOW * (BLOCK_BYTES // 784)
    assert len(ahead) - of_blocks in (0, 1, 2)  # a row left out may lie between


def _rows(content: bytes) -> Array:
    return np.frombuffer(content, np.uint8).reshape(-1, 784)
