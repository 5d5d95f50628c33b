from __future__ import annotations

import numpy as np
import pytest

from kullback.data import Part, Space
from kullback.evaluation import sets as module
from kullback.evaluation.reference import Reference
from kullback.evaluation.sets import equal_sets

ROWS = np.arange(100.0)[:, None]
TRAIN, HELD_OUT = Part(ROWS[:60]), Part(ROWS[60:90])
SPACE = Space.of(TRAIN.x)
SAMPLES = -ROWS[:40]


def numbers(x: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> set[float]:
    assert len(set(x.ravel())) == x.size
    return set(x.ravel().tolist())


def test_there_are_as_many_of_each_as_of_the_fewest() -> None:
    found = equal_sets(SAMPLES, Reference(SPACE, TRAIN, HELD_OUT))
    assert len(found) == len(found.samples) == len(found.real) == len(found.others) == 30
    assert numbers(found.samples) < set((-ROWS[:40]).ravel())
    assert numbers(found.real) == set(HELD_OUT.x.ravel())
    assert numbers(found.others) < set(TRAIN.x.ravel())
    assert len(equal_sets(SAMPLES[:12], Reference(SPACE, TRAIN, HELD_OUT))) == 12
    assert len(equal_sets(SAMPLES, Reference(SPACE, TRAIN.take(np.arange(11)), HELD_OUT))) == 11


def test_halves_of_the_training_rows_share_no_row() -> None:
    found = equal_sets(SAMPLES, Reference(SPACE, TRAIN))
    assert len(found) == 30
    assert numbers(found.real) | numbers(found.others) == set(TRAIN.x.ravel())


def test_sorted_files_are_mixed_and_the_seed_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Reference(SPACE, TRAIN, HELD_OUT)
    first, again, other = (equal_sets(SAMPLES, real, seed) for seed in (0, 0, 1))
    for name in ("samples", "real", "others"):
        one = getattr(first, name)
        assert not np.array_equal(one, np.sort(one, 0))
        assert np.array_equal(one, getattr(again, name))
        assert not np.array_equal(one, getattr(other, name))
    monkeypatch.setattr(module, "MOST", 15)
    few = equal_sets(SAMPLES, real)
    assert np.array_equal(few.samples, first.samples[:15])
    assert len(few) == 15


def test_sequences_keep_their_masks() -> None:
    mask = np.arange(4) < np.arange(80)[:, None] % 4 + 1
    x = np.random.default_rng(0).normal(size=(80, 4, 1))
    train = Part(x[:40], mask=mask[:40])
    held_out = Part(x[40:], mask=mask[40:])
    samples = np.ma.masked_array(x[:20], ~mask[:20, :, None])
    found = equal_sets(samples, Reference(Space.of(x, mask=mask), train, held_out))
    for rows in (found.samples, found.real, found.others):
        assert np.ma.isMaskedArray(rows)
        assert 0 < np.ma.getmaskarray(rows).mean() < 1
