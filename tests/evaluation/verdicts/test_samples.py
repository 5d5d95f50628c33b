"""Twelve diseases planted in digits and in points, and what is healthy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, cast

import numpy as np
import pytest

from kullback.data import Part, Space, load
from kullback.data.mixture import ring
from kullback.data.sequences import masked
from kullback.errors import BadInput
from kullback.evaluation.classifier import Classifier
from kullback.evaluation.diversity import Diversity
from kullback.evaluation.examine import examine
from kullback.evaluation.judge import Judge
from kullback.evaluation.metric import Array, Floats, Metric
from kullback.evaluation.neighbours import nearest
from kullback.evaluation.ranges import fit
from kullback.evaluation.reference import Reference
from kullback.evaluation.shares import Shares
from kullback.evaluation.verdicts import Verdict
from kullback.evaluation.verdicts.samples import mode_collapse, mode_dropping, samples_verdicts

N = 600
Rng = np.random.Generator


@pytest.fixture(scope="module")
def digits() -> Reference:
    data = load("digits")
    assert data.validation.y is not None
    assert data.test.y is not None
    unseen = Part(
        np.concatenate([data.validation.x, data.test.x]),
        np.concatenate([data.validation.y, data.test.y]),
    )
    return Reference(data.space, data.train, unseen, data.label_names)


class Nearest:
    """The class of the nearest training row, as sure as can be: quicker than a trained judge."""

    def __init__(self, real: Reference) -> None:
        assert real.train.y is not None
        self.x, self.y = real.train.x.reshape(len(real.train), -1), real.train.y

    def probabilities(self, x: Array) -> Floats:
        _, near = nearest(x.reshape(len(x), -1), self.x, 1)
        return np.eye(10)[self.y[near[:, 0]]]


@pytest.fixture(scope="module")
def judge(digits: Reference) -> Judge:
    reader, unseen = Nearest(digits), digits.unseen
    assert digits.label_names is not None
    assert unseen.y is not None
    found = reader.probabilities(unseen.x)
    return Judge(cast(Classifier, reader), digits.label_names, found, unseen.y)


@pytest.fixture(scope="module")
def points() -> Reference:
    rng = np.random.default_rng(0)
    train, unseen = (ring().sample(n, rng)[0].astype(np.float32) for n in (2000, 1000))
    return Reference(Space.of(train), Part(train), Part(unseen), None, ring())


def found_in(
    samples: Array, real: Reference, judge: Judge | None = None
) -> tuple[dict[str, Metric], list[Verdict]]:
    return samples_verdicts(fit(samples, real.space, real.train.x), real, judge)


def failed(verdicts: list[Verdict]) -> set[str]:
    return {verdict.id for verdict in verdicts if verdict.verdict == "fail"}


def drawn(part: Part, rng: Rng) -> Array:
    return part.x[rng.integers(0, len(part), N)]


def noisy(x: Array, size: float, rng: Rng) -> Array:
    moved = x + size * rng.standard_normal(x.shape)
    return np.asarray(np.clip(np.rint(moved), 0, 255), np.uint8)


def of_classes(part: Part, kept: list[int], rng: Rng) -> Array:
    assert part.y is not None
    return part.take(rng.choice(np.flatnonzero(np.isin(part.y, kept)), N)).x


def blurred(x: Array) -> Array:
    soft = x.astype(np.float64)
    for _ in range(2):
        for axis in (1, 2):
            soft = (np.roll(soft, 1, axis) + 2 * soft + np.roll(soft, -1, axis)) / 4
    return np.rint(soft).astype(np.uint8)


SICK: dict[str, tuple[str, Callable[[Reference, Rng], Array]]] = {
    "one picture": ("mode-collapse", lambda r, g: np.repeat(r.train.x[:1], N, 0)),
    "five pictures with noise": (
        "mode-collapse",
        lambda r, g: noisy(r.train.x[:5][g.integers(0, 5, N)], 4, g),
    ),
    "3 of 10 classes": ("mode-collapse", lambda r, g: of_classes(r.unseen, [1, 4, 8], g)),
    "9 of 10 classes": (
        "mode-dropping",
        lambda r, g: of_classes(r.unseen, [0, 1, 2, 3, 4, 5, 6, 7, 9], g),
    ),
    "replay": ("memorisation", lambda r, g: noisy(drawn(r.train, g), 5, g)),
    "replay of half": (
        "memorisation",
        lambda r, g: np.where(
            g.random((N, 1, 1)) < 0.5, noisy(drawn(r.train, g), 5, g), drawn(r.unseen, g)
        ),
    ),
    "blur": ("blur", lambda r, g: blurred(drawn(r.unseen, g))),
    "uniform noise": (
        "wrong-data",
        lambda r, g: g.integers(0, 256, (N, 8, 8)).astype(np.uint8),
    ),
    "grey noise": ("wrong-data", lambda r, g: noisy(np.full((N, 8, 8), 80, np.uint8), 60, g)),
    "inverted": ("wrong-data", lambda r, g: 255 - drawn(r.unseen, g)),
    "0 to 1": ("wrong-data", lambda r, g: drawn(r.unseen, g) / 255),
    "-1 to 1": ("wrong-data", lambda r, g: drawn(r.unseen, g) / 127.5 - 1),
}


@pytest.mark.parametrize("name", SICK)
def test_a_planted_disease_of_pictures_is_found(name: str, digits: Reference, judge: Judge) -> None:
    disease, make = SICK[name]
    _, verdicts = found_in(make(digits, np.random.default_rng(1)), digits, judge)
    assert disease in failed(verdicts)
    if disease == "wrong-data":
        assert failed(verdicts) == {"wrong-data"}
    if disease in ("mode-dropping", "memorisation", "blur"):
        assert "mode-collapse" not in failed(verdicts)
    for verdict in verdicts:
        assert bool(verdict.remedy) == (verdict.verdict != "ok")


HEALTHY: dict[str, Callable[[Reference, Rng], Array]] = {
    "unseen": lambda r, g: r.unseen.x,
    "repeated": lambda r, g: drawn(r.unseen, g),
    "as floats": lambda r, g: drawn(r.unseen, g).astype(np.float64),
    "a little noise": lambda r, g: noisy(drawn(r.unseen, g), 5, g),
    "ten": lambda r, g: r.unseen.x[:10],
}


@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("held_out", [True, False])
def test_healthy_pictures_have_no_disease(
    name: str, held_out: bool, digits: Reference, judge: Judge
) -> None:
    real = digits if held_out else replace(digits, held_out=None)
    samples = HEALTHY[name](digits, np.random.default_rng(2))
    metrics, verdicts = found_in(samples, real, judge)
    assert failed(verdicts) == set()
    assert [v.id for v in verdicts] == [
        "wrong-data", "mode-collapse", "mode-dropping", "memorisation", "blur"
    ]  # fmt: skip
    assert metrics["copy_rate"].value < 0.05


@pytest.mark.parametrize("known", [True, False])
def test_diseases_of_points_are_found_with_and_without_the_density(
    known: bool, points: Reference
) -> None:
    real = points if known else replace(points, truth=None)
    rng = np.random.default_rng(3)
    good, mode = ring().sample(800, rng)
    good = good.astype(np.float32)

    def found(samples: Array) -> set[str]:
        return failed(found_in(samples, real)[1])

    assert found(good) == set()
    assert "mode-dropping" in found(good[mode != 3])
    assert "mode-collapse" not in found(good[mode != 3])
    assert "mode-collapse" in found(good[mode < 2])
    assert found(points.train.x[:800] + np.float32(1e-6)) == {"memorisation"}
    assert found(rng.uniform(-1, 1, (400, 2))) == {"wrong-data"}
    assert "mode-collapse" in found(np.repeat(good[:1], 40, 0))


def test_columns_of_a_table_count_alike_whatever_their_units() -> None:
    rng = np.random.default_rng(5)
    units = np.array([1e3, 1, 1, 1, 1e-3, 1])

    def law(n: int) -> Array:
        return np.asarray(np.exp(0.3 * rng.standard_normal((n, 6))) * units)

    train = law(800)
    real = Reference(Space.of(train), Part(train))
    assert failed(found_in(law(500), real)[1]) == set()
    copies = train[:500] * (1 + 0.01 * rng.standard_normal((500, 6)))
    assert failed(found_in(copies, real)[1]) == {"memorisation"}
    assert failed(found_in(train[rng.integers(0, 9, 500)], real)[1]) > {"mode-collapse"}
    standardised = (law(500) - train.mean(0)) / train.std(0)
    assert failed(found_in(standardised, real)[1]) == {"wrong-data"}


def test_pictures_without_labels_are_judged_by_regions(digits: Reference) -> None:
    rng = np.random.default_rng(4)
    _, verdicts = found_in(of_classes(digits.unseen, [0, 1, 6], rng), digits)
    assert "mode-collapse" in failed(verdicts)


def test_sequences_are_samples_like_others() -> None:
    data = load("strokes")
    real = Reference(data.space, data.train, data.test)
    good = masked(data.validation.x, data.validation.mask)
    assert failed(found_in(good, real)[1]) == set()
    replayed = data.train.observations[:300]
    assert "memorisation" in failed(found_in(replayed, real)[1])


def test_ten_rows_of_data_and_ten_samples_are_enough_to_be_judged(digits: Reference) -> None:
    few = Reference(digits.space, digits.train.take(np.arange(10)))
    assert failed(found_in(digits.unseen.x[:10], few)[1]) == set()
    assert "mode-collapse" in failed(found_in(digits.unseen.x[[0] * 10], few)[1])


def test_bounds_of_few_unseen_rows_are_said_to_be_weak(digits: Reference) -> None:
    def told(rows: int) -> str:
        real = replace(digits, held_out=digits.unseen.take(np.arange(rows)))
        _, verdicts = found_in(digits.unseen.x[100:160], real)
        return next(v.text for v in verdicts if v.id == "memorisation")

    assert "from 20 unseen rows" in told(20)
    assert "only many copies show" not in told(40)


def test_identical_samples_of_a_wrong_range_are_collapsed_too(digits: Reference) -> None:
    samples = np.repeat(digits.train.x[:1] / 255, 50, 0)
    assert failed(found_in(samples, digits)[1]) == {"wrong-data", "mode-collapse"}


def test_verdicts_depend_on_the_seed_alone(digits: Reference) -> None:
    state = np.random.get_state()[1].copy()  # type: ignore[index]
    samples = digits.unseen.x[:100]
    first, second = (found_in(samples, digits)[1] for _ in range(2))
    assert [v.to_json() for v in first] == [v.to_json() for v in second]
    assert (np.random.get_state()[1] == state).all()  # type: ignore[index]


def test_the_closest_pairs_are_the_rows_that_were_replayed(digits: Reference) -> None:
    samples = np.concatenate([digits.unseen.x[:40], digits.train.x[[5, 11]]])
    metrics, _ = found_in(samples, digits)
    closest = metrics["copy_rate"].details["closest"]
    pairs = list(zip(closest["samples"], closest["training_rows"], strict=True))
    assert sorted(pairs[:2]) == [(40, 5), (41, 11)]


@pytest.mark.parametrize(
    "samples",
    [np.zeros((20, 9, 8)), np.zeros((9, 8, 8)), np.full((20, 8, 8), np.nan)],
    ids=["shape", "few", "nan"],
)
def test_what_cannot_be_laid_beside_the_data_is_refused(samples: Array, digits: Reference) -> None:
    with pytest.raises(BadInput):
        examine(samples, digits)


def test_noise_for_data_that_are_all_equal_is_wrong_data() -> None:
    constant = np.full((60, 8, 8), 7, np.uint8)
    real = Reference(Space.of(constant), Part(constant))
    noise = np.random.default_rng(0).integers(0, 256, (40, 8, 8)).astype(np.uint8)
    assert failed(found_in(noise, real)[1]) == {"wrong-data"}
    verdicts = found_in(constant[:40], real)[1]
    assert "blur" not in {verdict.id for verdict in verdicts}  # no edges to compare with
    for verdict in verdicts:
        assert all(np.isfinite(v) for v in verdict.figures.values() if v is not None)


def test_blur_explains_regions_and_pairs_but_not_classes_or_one_picture() -> None:
    share = np.array([0.5, 0.5])
    gone = np.array([0.0, 1.0])

    def parts(kind: Literal["classes", "regions"]) -> list[Shares]:
        return [Shares(kind, ("a", "b"), gone, share, 200 * gone, share)]

    few, one = Diversity(20, 5000, 99, 0.5, 200), Diversity(1.5, 5000, 9999, 0.1, 200)
    many = Diversity(5000, 5000, 0, 1.0, 200)
    assert mode_collapse(few, []).verdict == "fail"
    assert mode_collapse(few, [], washed_out=True).verdict == "warn"
    assert mode_collapse(one, [], washed_out=True).verdict == "fail"
    cases: list[tuple[Literal["classes", "regions"], str]]
    cases = [("regions", "warn"), ("classes", "fail")]
    for kind, grade in cases:
        collapse = mode_collapse(many, parts(kind), washed_out=True)
        assert collapse.verdict == grade
        assert collapse.text.startswith(f"1 of 2 {kind} are missing")
        assert mode_dropping(parts(kind), images=True, washed_out=True).verdict == grade
        assert mode_dropping(parts(kind), images=True).verdict == "fail"
