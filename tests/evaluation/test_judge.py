from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from kullback.data import Dataset, load
from kullback.data.dataset import fingerprint
from kullback.errors import BadInput
from kullback.evaluation import judge
from kullback.evaluation.reference import Reference

ROWS = 300


def judge_of(data: Dataset, cache: Path, seed: int = 0) -> judge.Judge:
    return judge.judge_of(Reference.of(data), cache, seed)


def toy(sides: tuple[int, ...] = (8, 8), classes: int = 3, seed: int = 0) -> Dataset:
    """Grey noise with a bright band whose place is the label."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, ROWS)
    x = rng.integers(0, 120, (ROWS, *sides)).astype(np.uint8)
    for row, label in zip(x, y, strict=True):
        row[2 * label : 2 * label + 2] += np.uint8(120)
    return load((x, y))


@pytest.fixture(scope="module", autouse=True)
def short_training() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "STEPS", 100)
        yield


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("judges") / "new"


@pytest.fixture(scope="module")
def trained(cache: Path) -> judge.Judge:
    return judge_of(toy(), cache)


def test_an_easy_set_is_learned(trained: judge.Judge) -> None:
    assert trained.accuracy > 0.95
    assert trained.held_out.shape == (30, 3)
    np.testing.assert_allclose(trained.held_out.sum(1), 1)
    assert not trained.classifier.network.training


def test_the_second_judge_is_read_and_the_same(trained: judge.Judge, cache: Path) -> None:
    (path,) = cache.iterdir()
    assert fingerprint(toy().train)[:16] in path.name
    before = path.stat().st_mtime_ns
    again = judge_of(toy(), cache)
    assert path.stat().st_mtime_ns == before
    assert np.array_equal(again.held_out, trained.held_out)
    x = np.random.default_rng(0).integers(0, 256, (7, 8, 8)).astype(np.uint8)
    assert np.array_equal(again.probabilities(x), trained.probabilities(x))


def test_training_again_gives_the_same_bytes(
    trained: judge.Judge, cache: Path, tmp_path: Path
) -> None:
    (path,) = cache.iterdir()
    torch.rand(5)
    state = torch.get_rng_state()
    judge_of(toy(), tmp_path)
    assert torch.equal(torch.get_rng_state(), state)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_broken_file_is_replaced(trained: judge.Judge, cache: Path, tmp_path: Path) -> None:
    (path,) = cache.iterdir()
    (tmp_path / path.name).write_bytes(path.read_bytes()[:100])
    again = judge_of(toy(), tmp_path)
    assert np.array_equal(again.held_out, trained.held_out)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_a_cache_that_cannot_be_written_is_done_without(
    trained: judge.Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "mkdir", refuse)
    again = judge_of(toy(), tmp_path / "new")
    assert np.array_equal(again.held_out, trained.held_out)
    assert list(tmp_path.iterdir()) == []


def test_each_split_and_seed_has_its_own_judge(
    trained: judge.Judge, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "STEPS", 1)
    data = toy()
    judge_of(data, tmp_path)
    judge_of(data, tmp_path, seed=1)
    judge_of(load((data.train.x, data.train.y), split_seed=1), tmp_path)
    judge_of(load((data.train.x, data.train.y), split_seed=2), tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("sides", [(28, 28), (64, 64, 4), (3, 9, 33), (17, 8, 3)])
def test_any_picture_fits(
    sides: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "STEPS", 2)
    rng = np.random.default_rng(0)
    data = load((rng.integers(0, 256, (30, *sides)).astype(np.uint8), np.arange(30) % 5))
    found = judge_of(data, tmp_path).probabilities(data.train.x)
    assert found.shape == (24, 5)


def test_held_out_rows_score_the_floor(trained: judge.Judge) -> None:
    for metric in (
        judge.high_quality(trained, trained.held_out),
        judge.modes(trained, trained.held_out),
    ):
        assert metric.value == metric.floor
        assert metric.n == 30


def certain(*counts: int, confidence: float = 0.95) -> np.ndarray:
    classes = np.repeat(np.arange(len(counts)), counts)
    rest = (1 - confidence) / (len(counts) - 1)
    return np.where(np.eye(len(counts))[classes] > 0, confidence, rest)


def test_a_class_counts_from_two_in_a_hundred(trained: judge.Judge) -> None:
    metric = judge.modes(trained, certain(97, 2, 1))
    assert metric.value == 2
    assert metric.floor == 3
    assert metric.details["shares"] == {"0": 0.97, "1": 0.02, "2": 0.01}


def test_quality_is_confidence_over_nine_tenths(trained: judge.Judge) -> None:
    mixed = np.concatenate([certain(5, 5, 5), certain(5, 0, 0, confidence=0.9)])
    metric = judge.high_quality(trained, mixed)
    assert metric.value == 0.75
    assert metric.stderr == pytest.approx(np.sqrt(0.75 * 0.25 / 19))


def test_a_label_is_right_where_it_is_the_likeliest_class(trained: judge.Judge) -> None:
    asked = np.repeat([0, 1], [4, 4])
    metric = judge.label_accuracy(trained, certain(3, 4, 1, confidence=0.5), asked)
    assert metric.value == 6 / 8
    assert metric.details["by_class"] == {"0": 3 / 4, "1": 3 / 4}
    assert metric.stderr == pytest.approx(np.sqrt(0.75 * 0.25 / 7))


def test_held_out_rows_are_asked_of_their_own_labels(trained: judge.Judge) -> None:
    metric = judge.label_accuracy(trained, trained.held_out, trained.held_out_labels)
    assert metric.value == metric.floor == trained.accuracy
    assert metric.details["by_class"] == metric.details["held_out_by_class"]
    assert set(metric.details["by_class"]) == {"0", "1", "2"}


@pytest.mark.parametrize(
    ("probabilities", "word"),
    [(np.ones((2, 4)), "3"), (np.ones((0, 3)), "N > 0"), (np.full((2, 3), np.nan), "NaN")],
)
def test_probabilities_of_another_judge_are_refused(
    trained: judge.Judge, probabilities: np.ndarray, word: str
) -> None:
    for measure in (judge.high_quality, judge.modes):
        with pytest.raises(BadInput, match=word):
            measure(trained, probabilities)


def test_only_labelled_pictures_can_be_judged(tmp_path: Path) -> None:
    data = toy()
    with pytest.raises(BadInput, match="labels"):
        judge_of(load(data.train.x), tmp_path)
    with pytest.raises(BadInput, match="images"):
        judge_of(load((data.train.x.reshape(-1, 64), data.train.y)), tmp_path)
    with pytest.raises(BadInput, match="two classes"):
        judge_of(load((data.train.x, np.zeros(len(data.train), int))), tmp_path)
    assert list(tmp_path.iterdir()) == []
