"""Every model of the catalogue goes through the same steps: what it can do it does, what it cannot
it refuses by name, and stopping anywhere changes nothing."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

import kullback as kb
from kullback.evaluation.verdicts import Disease
from kullback.models.catalogue import CATALOGUE
from kullback.report import write_report
from kullback.runs.run import Run

STEPS = 24
SMALL: dict[str, Any] = {"batch_size": 32, "threads": 1, "seed": 3}
NEEDED = {"sequences": "strokes"}


def sizes(name: str) -> dict[str, Any]:
    fields = CATALOGUE[name].settings.model_fields
    code = {"latent_dim": 4} if CATALOGUE[name].latent else {}
    return code | ({"hidden": [16]} if "hidden" in fields else {})


def second(name: str, data: Any) -> dict[str, Any]:
    """The second data set, where the model learns from one."""
    needs = CATALOGUE[name].needs
    sources = {"source": {"source": data}, "paired source": {"source": data, "paired": True}}
    return sources.get(needs or "", {})


def steps(name: str) -> int:
    return STEPS if name != "pca" else 3


def trained(name: str, out: Path, **more: Any) -> Run:
    data = NEEDED.get(CATALOGUE[name].needs or "", "digits")
    more |= sizes(name) | second(name, "digits:negative")
    return kb.train(name, data=data, out=out, steps=steps(name), **SMALL, **more)


@pytest.fixture(scope="module", params=sorted(CATALOGUE))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(request.param, tmp_path_factory.mktemp(request.param) / "run")


def labels(run: Run, count: int) -> Any:
    """The first test rows' labels, where the model reads them."""
    y = run.data.test.y
    return None if y is None else run.labels_for(y[:count])


def weights(run: Run) -> bytes:
    return run.folder.model.read_bytes()


def test_stopping_and_resuming_ends_in_the_same_bytes(run: Run, tmp_path: Path) -> None:
    name = run.recipe.model
    part = trained(name, tmp_path / "again", stop_at=steps(name) // 2)
    assert json.loads((tmp_path / "again/recipe.json").read_text())["steps"] == steps(name)
    assert part.folder.metrics()[-1]["step"] == steps(name) // 2
    whole = kb.train(out=tmp_path / "again", resume=True)
    assert weights(whole) == weights(run)


def test_in_half_precision_its_first_round_is_nearly_the_same(run: Run, tmp_path: Path) -> None:
    half = trained(run.recipe.model, tmp_path / "half", precision="bf16", stop_at=1)
    found, single = (each.metrics()[0]["terms"] for each in (half, run))
    assert found.keys() == single.keys()
    for key in (key for key in found if not key.endswith("gradient_norm")):
        assert found[key] == pytest.approx(single[key], rel=0.05, abs=0.05)


def test_a_loaded_run_gives_the_samples_of_the_trained_one(run: Run) -> None:
    again = kb.load(run.path)
    first, second = run.sample(10, seed=5), again.sample(10, seed=5)
    assert first.dtype == run.space.dtype
    assert first.shape == (10, *run.space.shape)
    assert np.array_equal(first, second)
    draws = any(factor.variable == "z" for factor in run.model.p.latents)
    assert np.array_equal(first, again.sample(10, seed=6)) != draws


def test_resuming_a_finished_run_changes_no_file(run: Run) -> None:
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    kb.train(out=run.path, resume=True)
    assert {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()} == before


def test_it_encodes_and_reconstructs_or_says_why_not(run: Run) -> None:
    x, label = run.data.test.observations[:7], labels(run, 7)
    if run.can("encode"):
        assert run.encode(x, label).shape == (7, 4)
        assert run.reconstruct(x, label).shape == x.shape
        assert run.reconstruct(x, label).dtype == x.dtype
    else:
        with pytest.raises(kb.Unsupported, match="has no encoder"):
            run.encode(x)
        with pytest.raises(kb.Unsupported, match="has no encoder"):
            run.reconstruct(x)


def test_it_names_clusters_or_says_that_it_seeks_none(run: Run) -> None:
    x = run.data.test.x[:7]
    if run.recipe.model == "clustering-vae":
        found = run.cluster(x)
        assert found.shape == (7,)
        assert set(found.tolist()) <= set(range(10))
        assert np.array_equal(found[:2], run.cluster(x[:2]))
    else:
        with pytest.raises(kb.Unsupported, match="seeks no clusters"):
            run.cluster(x)


def test_it_states_a_likelihood_or_says_why_not(run: Run) -> None:
    x, label = run.data.test.observations[:7], labels(run, 7)
    if run.can("likelihood"):
        value, error = run.log_likelihood(x, samples=8, label=label)
        assert value.shape == error.shape == (7,)
        assert np.isfinite(value).all()
        assert np.array_equal(value, run.log_likelihood(x, samples=8, label=label)[0])
    else:
        with pytest.raises(kb.Unsupported, match="likelihood"):
            run.log_likelihood(x)


def test_it_interpolates_from_end_to_end_or_says_why_not(run: Run) -> None:
    if not run.can("interpolate"):
        with pytest.raises(kb.Unsupported, match="has no latent"):
            run.between(0, 1, 5)
        return
    end = 1
    if run.can("encode"):
        rebuilt = run.reconstruct(run.data.test.observations[:9], labels(run, 9))
        end = next(i for i in range(1, 9) if not np.array_equal(rebuilt[i], rebuilt[0]))
    walk = run.between(0, end, 5)
    assert walk.shape == (5, *run.space.shape)
    assert not np.array_equal(walk[0], walk[-1])
    if run.can("encode"):
        # Equal as 8-bit values; what is not rounded may differ in its last bits.
        np.testing.assert_allclose(walk[[0, -1]], rebuilt[[0, end]], rtol=1e-5, atol=1e-6)


def test_it_samples_the_label_asked_for_or_says_that_it_was_never_given_one(run: Run) -> None:
    x = run.data.test.observations[:3]
    if "y" in run.model.given:
        ones, twos = (run.sample(3, label=label, seed=0) for label in (1, 2))
        assert ones.shape == (3, 8, 8)
        assert not np.array_equal(ones, twos)
        assert np.array_equal(run.sample(2, label=np.array([1, 2]), seed=0)[0], ones[0])
    else:
        with pytest.raises(kb.Unsupported, match="cannot sample label 1: it was not given labels"):
            run.sample(3, label=1)
        for read in (run.encode, run.reconstruct):
            if run.can("encode"):
                with pytest.raises(kb.Unsupported, match="cannot read label 1: it was not given"):
                    read(x, 1)


def test_metrics_name_every_players_terms(run: Run) -> None:
    lines = run.metrics()
    assert [line["step"] for line in lines] == sorted({line["step"] for line in lines})
    assert lines[-1]["step"] == steps(run.recipe.model)
    players = {name.split("/")[0] for name in lines[-1]["terms"]}
    assert players == {name for name, player in run.model.objective.items() if not player.closing}
    exact = sum(p.solve is not None and not p.closing for p in run.model.objective.values())
    passes = exact * (steps(run.recipe.model) if exact > 1 else 1)
    rows = 32 * steps(run.recipe.model) * batches(run) if not exact else 1439 * passes
    assert lines[-1]["samples"] == rows


def batches(run: Run) -> int:
    return sum(p.moves for p in run.model.objective.values() if p.observes and not p.closing)


def test_only_models_of_one_player_have_a_best_checkpoint(run: Run) -> None:
    playing = [player for player in run.model.objective.values() if not player.closing]
    scores_new_rows = "index" not in run.model.observed
    assert run.folder.best.is_file() == (len(playing) == 1 and scores_new_rows)


def test_evaluation_has_exactly_the_metrics_that_mean_something(
    run: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One judge for all models: it is the same for the same data.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    found = run.evaluate()
    measured, verdicts = set(found["metrics"]), {v["id"]: v for v in found["verdicts"]}
    expected = {"frechet", "kid", "precision", "recall", "density", "coverage", "c2st"}
    if run.space.is_image:
        expected |= {"modes", "high_quality", "sharpness"}
    if "y" in run.model.given or run.recipe.paired:
        expected |= {"label_accuracy"}
    if run.can("reconstruct"):
        expected |= {"reconstruction_mse"}
    if run.can("likelihood"):
        expected |= {"nll", "elbo"}
        if run.recipe.settings.get("likelihood") == "discretised-logistic":
            expected |= {"bits_per_dim"}
    if verdicts["wrong-data"]["verdict"] != "fail":
        expected |= {"copy_rate"}
    assert measured - {"active_units", "label_probe", "prior_c2st"} == expected
    assert set(verdicts) <= {*get_args(Disease)}
    assert {"wrong-data", "divergence", "under-training"} <= set(verdicts)
    assert len(verdicts) == len(found["verdicts"])
    assert json.loads(run.folder.evaluation.read_text()) == found
    for metric in found["metrics"].values():
        assert set(metric) == {"value", "stderr", "n", "unit", "floor", "details"}
    for verdict in verdicts.values():
        assert set(verdict) == {"id", "verdict", "evidence", "remedy"}
        assert bool(verdict["remedy"]) == (verdict["verdict"] != "ok")
    run.folder.evaluation.unlink()


def test_its_report_says_what_it_minimised_and_shows_it(run: Run, tmp_path: Path) -> None:
    write_report([run], tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    said = "".join(unescape(re.sub(r"<[^>]*>", "", page)).replace("_", "").split())
    for line in run.formula.splitlines():
        assert "".join(line.replace("_", "").split()) in said
    assert page.count("data:image/png") >= 2  # samples, and curves or real rows


SPECIAL = [name for name, entry in CATALOGUE.items() if entry.needs in ("images", "sequences")]


@pytest.mark.parametrize("name", SPECIAL)
def test_what_learns_from_pictures_or_sequences_refuses_points(name: str, tmp_path: Path) -> None:
    with pytest.raises(kb.BadInput, match=r"learns from (pictures|sequences)"):
        kb.train(name, data=np.zeros((50, 2)), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - set(SPECIAL)))
def test_it_learns_from_points_and_vectors(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for width in (2, 5):
        x, y = rng.normal(3, 2, (200, width)), np.arange(200) % 3
        learned = "hidden" in CATALOGUE[name].settings.model_fields
        code = {"latent_dim": 1} if CATALOGUE[name].latent else {}
        small = code | ({"hidden": [8]} if learned else {}) | second(name, x[:, ::-1].copy())
        run = kb.train(
            name, data=(x, y), out=tmp_path / str(width), steps=2, batch_size=20, threads=1, **small
        )
        made = run.sample(40, seed=0)
        assert made.shape == (40, width)
        assert made.dtype == np.float64
        assert (tmp_path / str(width) / "data.npz").is_file()
        assert np.array_equal(kb.load(run.path).data.train.x, run.data.train.x)
