"""Every model of the catalogue goes through the same steps: what it can do it does, what it cannot
it refuses by name, and stopping anywhere changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kullback as kb
from kullback.models.catalogue import CATALOGUE
from kullback.runs.run import Run

STEPS = 24
SMALL: dict[str, Any] = {"data": "digits", "batch_size": 32, "threads": 1, "seed": 3}


def sizes(name: str) -> dict[str, Any]:
    fields = CATALOGUE[name].settings.model_fields
    return {"latent_dim": 4} | ({"hidden": [16]} if "hidden" in fields else {})


def steps(name: str) -> int:
    return STEPS if name != "pca" else 3


def trained(name: str, out: Path, **more: Any) -> Run:
    return kb.train(name, out=out, steps=steps(name), **SMALL, **sizes(name), **more)


@pytest.fixture(scope="module", params=sorted(CATALOGUE))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(request.param, tmp_path_factory.mktemp(request.param) / "run")


def weights(run: Run) -> bytes:
    return run.folder.model.read_bytes()


def test_stopping_and_resuming_ends_in_the_same_bytes(run: Run, tmp_path: Path) -> None:
    name = run.recipe.model
    part = trained(name, tmp_path / "again", stop_at=steps(name) // 2)
    assert json.loads((tmp_path / "again/recipe.json").read_text())["steps"] == steps(name)
    assert part.folder.metrics()[-1]["step"] == steps(name) // 2
    whole = kb.train(out=tmp_path / "again", resume=True)
    assert weights(whole) == weights(run)


def test_a_loaded_run_gives_the_samples_of_the_trained_one(run: Run) -> None:
    again = kb.load(run.path)
    first, second = run.sample(10, seed=5), again.sample(10, seed=5)
    assert first.dtype == np.uint8
    assert first.shape == (10, 8, 8)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, again.sample(10, seed=6))


def test_resuming_a_finished_run_changes_no_file(run: Run) -> None:
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    kb.train(out=run.path, resume=True)
    assert {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()} == before


def test_it_encodes_and_reconstructs_or_says_why_not(run: Run) -> None:
    x = run.data.test.x[:7]
    if run.can("encode"):
        assert run.encode(x).shape == (7, 4)
        assert run.reconstruct(x).shape == x.shape
        assert run.reconstruct(x).dtype == x.dtype
    else:
        with pytest.raises(kb.Unsupported, match="has no encoder"):
            run.encode(x)
        with pytest.raises(kb.Unsupported, match="has no encoder"):
            run.reconstruct(x)


def test_it_states_a_likelihood_or_says_why_not(run: Run) -> None:
    x = run.data.test.x[:7]
    if run.can("likelihood"):
        value, error = run.log_likelihood(x, samples=8)
        assert value.shape == error.shape == (7,)
        assert np.isfinite(value).all()
        assert np.array_equal(value, run.log_likelihood(x, samples=8)[0])
    else:
        with pytest.raises(kb.Unsupported, match="likelihood"):
            run.log_likelihood(x)


def test_it_interpolates_from_end_to_end(run: Run) -> None:
    walk = run.between(0, 1, 5)
    assert walk.shape == (5, 8, 8)
    assert not np.array_equal(walk[0], walk[-1])
    if run.can("encode"):
        assert np.array_equal(walk[[0, -1]], run.reconstruct(run.data.test.x[:2]))


def test_it_refuses_a_label_it_was_never_given(run: Run) -> None:
    with pytest.raises(kb.Unsupported, match="label"):
        run.sample(3, label=1)


def test_metrics_name_every_players_terms(run: Run) -> None:
    lines = run.metrics()
    assert [line["step"] for line in lines] == sorted({line["step"] for line in lines})
    assert lines[-1]["step"] == steps(run.recipe.model)
    players = {name.split("/")[0] for name in lines[-1]["terms"]}
    assert players == {name for name, player in run.model.objective.items() if not player.closing}
    rows = 1439 if run.recipe.model == "pca" else 32 * steps(run.recipe.model) * batches(run)
    assert lines[-1]["samples"] == rows


def batches(run: Run) -> int:
    return sum(p.moves for p in run.model.objective.values() if p.observes and not p.closing)


def test_only_models_of_one_player_have_a_best_checkpoint(run: Run) -> None:
    playing = [player for player in run.model.objective.values() if not player.closing]
    assert run.folder.best.is_file() == (len(playing) == 1)


def test_evaluation_has_exactly_the_metrics_that_mean_something(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = run.evaluate()
    expected = {"modes", "high_quality"}
    if run.can("reconstruct"):
        expected |= {"reconstruction_mse"}
    if run.can("likelihood"):
        expected |= {"nll", "elbo"}
        if run.recipe.settings.get("likelihood") == "discretised-logistic":
            expected |= {"bits_per_dim"}
    assert set(found["metrics"]) == expected
    assert found["verdicts"] == []
    assert json.loads(run.folder.evaluation.read_text()) == found
    for metric in found["metrics"].values():
        assert set(metric) == {"value", "stderr", "n", "unit", "floor", "details"}
    run.folder.evaluation.unlink()


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_it_learns_from_points_and_vectors(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for width in (2, 5):
        x = rng.normal(3, 2, (200, width))
        small: dict[str, Any] = {"latent_dim": 1} | ({} if name == "pca" else {"hidden": [8]})
        run = kb.train(
            name, data=x, out=tmp_path / str(width), steps=2, batch_size=20, threads=1, **small
        )
        made = run.sample(40, seed=0)
        assert made.shape == (40, width)
        assert made.dtype == np.float64
        assert (tmp_path / str(width) / "data.npz").is_file()
        assert np.array_equal(kb.load(run.path).data.train.x, run.data.train.x)
