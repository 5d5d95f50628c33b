from __future__ import annotations

import json

import numpy as np
import pytest

from kullback.data import Part, Space
from kullback.errors import BadInput
from kullback.evaluation.features import values
from kullback.evaluation.fidelity import UNITS, fidelity
from kullback.evaluation.frechet import frechet
from kullback.evaluation.kernel_distance import kernel_distance
from kullback.evaluation.manifold import manifold, squared_radii
from kullback.evaluation.metric import Floats, Metric
from kullback.evaluation.reference import Reference

RNG = np.random.default_rng(0)
TRAIN, HELD_OUT = RNG.normal(size=(1000, 3)), RNG.normal(size=(500, 3))
SPACE = Space.of(TRAIN)
REFERENCE = Reference(SPACE, Part(TRAIN), Part(HELD_OUT))
PIXELS = values(SPACE)


def measured(samples: Floats, reference: Reference = REFERENCE, seed: int = 0) -> dict[str, Metric]:
    return fidelity(values(reference.space), samples, reference, seed)


def test_the_values_are_those_of_the_parts() -> None:
    samples = RNG.normal(size=(500, 3)) + 0.3
    found = measured(samples)
    x, y = PIXELS(samples), PIXELS(HELD_OUT)
    assert found["frechet"].value == pytest.approx(frechet(x, y)[0])
    assert found["frechet"].stderr == pytest.approx(frechet(x, y)[1])
    assert found["kid"].value == pytest.approx(kernel_distance(x, y)[0])
    assert found["kid"].stderr == pytest.approx(kernel_distance(x, y)[1])
    points = manifold(x, y, squared_radii(y))
    assert found["precision"].value == pytest.approx(points.precise.mean())
    assert found["recall"].value == pytest.approx(points.recalled.mean())
    assert found["density"].value == pytest.approx(points.dense.mean())
    assert found["coverage"].value == pytest.approx(points.covered.mean())


def test_everything_that_a_number_needs_stands_beside_it() -> None:
    found = measured(RNG.normal(size=(400, 3)))
    assert list(found) == ["frechet", "kid", "precision", "recall", "density", "coverage"]
    for name, metric in found.items():
        assert metric.n == 400
        assert metric.unit == UNITS[name]
        assert metric.stderr is not None
        assert metric.stderr > 0
        assert metric.floor is not None
        details = json.loads(json.dumps(metric.to_json()))["details"]
        assert details["features"] == "values"
        assert details["digest"] is None
        assert details["resize"] == "none"
        assert details["dimensions"] == 3
        assert details["n_samples"] == details["n_real"] == 400
        assert details["floor_stderr"] > 0
        assert ("k" in details) == (name in ("precision", "recall", "density", "coverage"))
        assert "alternative" not in details


def test_real_rows_are_at_the_floor_and_wrong_ones_are_not() -> None:
    real = measured(RNG.normal(size=(500, 3)))
    wrong = measured(RNG.normal(size=(500, 3)) * 0.3 + 2)
    for name, metric in real.items():
        floor, stderr, far = metric.floor, metric.stderr, wrong[name]
        assert floor is not None
        assert stderr is not None
        assert abs(metric.value - floor) < 4 * np.hypot(stderr, metric.details["floor_stderr"])
        assert far.floor == floor
        assert far.stderr is not None
        worse = far.value - floor if name in ("frechet", "kid") else floor - far.value
        assert worse > 4 * far.stderr


@pytest.mark.parametrize("name", ["precision", "recall", "density", "coverage"])
def test_errors_are_those_of_fresh_draws(name: str) -> None:
    metrics = _fresh()[name]
    spread = np.std([metric.value for metric in metrics], ddof=1)
    errors = [metric.stderr or 0 for metric in metrics]
    assert 0.6 < np.mean(errors) / spread < 1.9


_FRESH: dict[str, list[Metric]] = {}


def _fresh() -> dict[str, list[Metric]]:
    if not _FRESH:
        rng = np.random.default_rng(1)
        for _ in range(60):
            real = Part(rng.normal(size=(160, 3)))
            found = measured(rng.normal(size=(160, 3)) + 0.5, Reference(SPACE, real, real))
            for name, metric in found.items():
                _FRESH.setdefault(name, []).append(metric)
    return _FRESH


def test_without_held_out_rows_two_halves_are_compared() -> None:
    found = measured(RNG.normal(size=(300, 3)), Reference(SPACE, Part(TRAIN)))
    assert found["kid"].n == 300
    assert found["coverage"].floor == pytest.approx(0.97, abs=0.04)
    copies = measured(TRAIN, Reference(SPACE, Part(TRAIN)))
    assert copies["precision"].value < 1


def test_too_few_rows_for_a_covariance_are_reduced_and_it_is_said() -> None:
    wide = RNG.normal(size=(300, 60)) * np.linspace(3, 0.1, 60)
    reference = Reference(Space.of(wide), Part(wide[:150]), Part(wide[150:250]))
    found = measured(wide[200:300], reference)
    sentence = found["frechet"].details["alternative"]
    assert sentence.startswith("100 rows are too few for the covariance of 60 features")
    assert "first 20 principal components" in sentence
    share = int(sentence.split("hold ")[1].split("%")[0])
    assert 60 < share < 90
    assert found["frechet"].details["dimensions"] == 60
    assert all("alternative" not in found[name].details for name in found if name != "frechet")
    enough = measured(wide[:, :50][200:300], _narrow(reference, 50))
    assert "alternative" not in enough["frechet"].details


def _narrow(reference: Reference, width: int) -> Reference:
    assert reference.held_out is not None
    train, held_out = reference.train.x[:, :width], reference.held_out.x[:, :width]
    return Reference(Space.of(train), Part(train), Part(held_out))


def test_collapsed_samples_are_measured_not_refused() -> None:
    found = measured(np.tile(HELD_OUT[:1], (200, 1)))
    assert found["recall"].value == 0
    assert found["coverage"].value < 0.1
    assert found["precision"].value == 1
    assert np.isfinite(found["frechet"].value)
    floor = found["frechet"].floor
    assert floor is not None
    assert found["frechet"].value > 10 * floor


def test_few_rows_have_no_error_and_too_few_no_measure() -> None:
    found = measured(RNG.normal(size=(40, 3)))
    assert found["coverage"].stderr is None
    assert found["coverage"].details["floor_stderr"] is None
    assert found["kid"].stderr is not None
    few = Reference(SPACE, Part(TRAIN), Part(HELD_OUT[:9]))
    assert measured(RNG.normal(size=(40, 3)), few) == {}


def test_the_seed_decides_which_rows_and_nothing_else_is_drawn() -> None:
    samples = RNG.normal(size=(120, 3))
    first, again, other = (measured(samples, seed=seed)["kid"] for seed in (0, 0, 1))
    assert first.value == again.value != other.value


def test_samples_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(BadInput, match="the samples: the array has shape"):
        measured(RNG.normal(size=(120, 4)))
