"""Comparisons in folders: what is decided, what a kill leaves, what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kullback as kb
from kullback.cli.app import app
from kullback.comparison import Comparison, Request, compare, compare_finished
from kullback.comparison.recipe import CLASSICAL
from kullback.data import read_rows
from kullback.errors import BadInput, Interrupted, TrainingFailed
from kullback.runs import learn as learning
from kullback.runs import run as opened
from kullback.runs.folder import write_json
from kullback.runs.learn import learn
from kullback.runs.run import Run

QUICK: dict[str, Any] = {"steps": 20, "threads": 1, "settings": {"hidden": [8], "latent_dim": 3}}

# Measuring takes longer than these trainings; what is compared here is what was trained.
MEASURED = """
def measured(run, announce, features):
    rows = run.sample(40, seed=0).astype(float)
    values = {"frechet": rows.mean(), "recall": rows.std() / 128, "precision": rows.max() / 256}
    metrics = {
        name: {"value": v, "stderr": 0.1, "n": 40, "unit": "", "floor": 0.5, "details": {}}
        for name, v in values.items()
    }
    evaluation = {"metrics": metrics, "verdicts": []}
    write_json(run.folder.evaluation, evaluation)
    return evaluation
"""
scope: dict[str, Any] = {"write_json": write_json}
exec(MEASURED, scope)

PATCHED = f"""
from kullback.comparison import recipe
from kullback.runs import run
from kullback.runs.folder import write_json
{MEASURED}
recipe.CLASSICAL.pop("gmm")
run.evaluate_run = measured
from kullback.cli import main
main()
"""


@pytest.fixture(autouse=True)
def measured_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "evaluate_run", scope["measured"])


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "digits.npy"
    np.save(path, read_rows("digits").x[:200])
    return path


@pytest.fixture
def only_pca(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kullback.comparison.recipe.CLASSICAL", {"pca": 1})


def normal(*shape: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).normal(size=shape)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def numbers(comparison: Comparison) -> Any:
    found = comparison.table.to_json()
    for row in found["rows"]:
        del row["seconds"]
        for run in row["runs"]:
            del run["seconds"]
    return found


@pytest.mark.usefixtures("only_pca")
def test_killed_and_resumed_it_comes_to_the_same_table(digits: Path, tmp_path: Path) -> None:
    whole = compare(tmp_path / "whole", Request(("vae", "gan"), data=str(digits), seeds=2, **QUICK))
    out = tmp_path / "killed"
    options = ["--data", digits, "--seeds", "2", "--steps", "20", "--threads", "1"]
    options += ["--set", "hidden=[8]", "--set", "latent_dim=3", "--out", out]
    command = [sys.executable, "-c", PATCHED, "compare", "vae", "gan", *map(str, options)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (out / "gan-0" / "recipe.json").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (out / "vae-1").exists()
    before = contents(out / "vae-0")
    assert "evaluation.json" in before

    again = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert contents(out / "vae-0") == before
    assert "run 2 of 5: gan-0" in again.stderr
    assert "run 1 of 5" not in again.stderr
    assert (out / "report.html").is_file()
    resumed = compare(out, Request(), resume=True)
    assert numbers(resumed) == numbers(whole)
    assert [run.folder for run in resumed.recipe.runs] == [
        *("vae-0", "gan-0", "pca-0", "vae-1", "gan-1"),
    ]

    fewer = [*command[:3], "compare", "vae", *map(str, options)]
    refused = subprocess.run(fewer, capture_output=True, text=True, check=False, timeout=60)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.count("\n") == 1
    assert "was begun with models=vae, gan, not vae" in refused.stderr
    with pytest.raises(BadInput, match=r"begun with steps=20, not 30"):
        compare(out, Request(steps=30), resume=True)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Points of the plane, with both classical models."""
    out = tmp_path_factory.mktemp("comparisons") / "points"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened, "evaluate_run", scope["measured"])
        patch.setitem(CLASSICAL, "gmm", 2)
        return kb.compare(["vae", "gan"], data=normal(60, 3), out=out, seeds=2, steps=3, threads=1)


def test_each_model_has_its_seeds_and_classical_models_their_own_budget(table: Comparison) -> None:
    rows = {row.name: row for row in table.table.rows}
    assert list(rows) == ["vae", "gan", "pca", "gmm"]
    assert [trial.seed for trial in rows["vae"].trials] == [0, 1]
    assert [trial.steps for trial in rows["gan"].trials] == [3, 3]
    assert [trial.steps for trial in rows["gmm"].trials] == [2, 2]
    assert (rows["pca"].exact, len(rows["pca"].trials)) == (True, 1)
    assert [row.classical for row in rows.values()] == [False, False, True, True]
    vae = rows["vae"].trials
    assert vae[0].metrics["frechet"]["value"] != vae[1].metrics["frechet"]["value"]


def test_all_runs_have_the_same_rows(table: Comparison) -> None:
    recipes = [run.recipe for runs in table.runs.values() for run in runs]
    assert len({(r.data.fingerprint, r.data.split_seed) for r in recipes}) == 1
    assert {r.data.place for r in recipes} == {str(table.path / "data.npz")}
    assert not (table.path / "vae-0" / "data.npz").exists()


def test_models_with_codes_of_one_size_sample_from_the_same_draws(table: Comparison) -> None:
    vae, gan = (table.runs[name][0] for name in ("vae", "gan"))
    assert np.array_equal(vae.prior_codes(5, 0), gan.prior_codes(5, 0))


def test_the_report_begins_with_a_choice_and_needs_nothing_but_itself(table: Comparison) -> None:
    html = (table.path / "report.html").read_text("utf-8")
    assert "is the one to begin with" in html
    assert html.index("Which model?") < html.index("The table") < html.index("Every seed")
    for text in ("Quality against diversity", "real data", "classical: 1 components", "into vae"):
        assert text in html
    assert "http" not in html.replace("http://www.w3.org", "")


def test_finished_runs_are_put_in_rows_beside_classical_models(
    table: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CLASSICAL, "gmm", 2)
    folders = [table.path / name for name in ("vae-0", "vae-1", "gan-0")]
    before = [contents(folder) for folder in folders]
    found = compare_finished(tmp_path / "c", folders)
    assert [contents(folder) for folder in folders] == before
    rows = {row.name: row for row in found.table.rows}
    assert list(rows) == ["vae", "gan", "pca", "gmm"]
    assert [len(row.trials) for row in rows.values()] == [2, 1, 1, 2]
    whole = {row.name: row for row in table.table.rows}
    assert [t.metrics for t in rows["vae"].trials] == [t.metrics for t in whole["vae"].trials]
    assert [t.metrics for t in rows["gmm"].trials] == [t.metrics for t in whole["gmm"].trials]
    again = compare_finished(tmp_path / "whole", [table.path])
    assert numbers(again)["columns"] == numbers(table)["columns"]


def test_runs_of_other_data_or_one_run_twice_are_refused(table: Comparison, tmp_path: Path) -> None:
    other = kb.train("ae", data=normal(50, 3), out=tmp_path / "other", steps=1, threads=1).path
    vae = table.path / "vae-0"
    for folders, reason in (([vae, other], "same data"), ([vae, vae.resolve(), vae], None)):
        if reason:
            with pytest.raises(BadInput, match=reason):
                compare_finished(tmp_path / "c", folders)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("recipe.json", "model.safetensors"):
        (copy / name).write_bytes((vae / name).read_bytes())
    with pytest.raises(BadInput, match="one model with one seed"):
        compare_finished(tmp_path / "c", [vae, copy])
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (Request(("vae", "vae"), steps=1), "twice"),
        (Request(("vae",)), "--steps N or --minutes M"),
        (Request(("vae",), steps=1, minutes=1.0), "--steps N or --minutes M"),
        (Request(("vae",), steps=1, seeds=0), "from 1 to 100"),
        (Request(("vea",), steps=1), "did you mean vae"),
        (Request(("vae", "gan"), steps=1, settings={"betta": 2}), "did you mean beta"),
        (Request(("vae",), steps=1, settings={"beta": -2}), "beta"),
        (Request((), steps=1), "which models"),
    ],
)
def test_what_cannot_be_compared_is_refused_and_nothing_is_written(
    request_: Request, reason: str, tmp_path: Path
) -> None:
    request_ = Request(**{**vars(request_), "data": normal(50, 2)})
    with pytest.raises(BadInput, match=reason):
        compare(tmp_path / "c", request_)
    assert not (tmp_path / "c").exists()


@pytest.mark.usefixtures("only_pca")
def test_a_setting_reaches_the_models_that_have_it_and_the_rest_is_told(tmp_path: Path) -> None:
    settings = {"beta": 2, "hidden": [4]}
    request = Request(("vae", "gan"), normal(50, 4), seeds=1, steps=1, settings=settings)
    found = compare(tmp_path / "c", request)
    used = {run.row: run.recipe.settings for run in found.recipe.runs}
    assert used["vae"]["beta"] == 2
    assert used["vae"]["hidden"] == used["gan"]["hidden"] == [4]
    assert found.recipe.notes == ["beta=2 is no setting of gan"]


def test_a_model_that_cannot_be_fitted_is_left_out_with_the_reason(tmp_path: Path) -> None:
    sequences = {"x": normal(40, 5, 2), "mask": np.ones((40, 5), bool)}
    request = Request(("sequence-vae",), sequences, seeds=1, steps=1, settings={"hidden": [4]})
    found = compare(tmp_path / "c", request)
    assert found.recipe.left_out == {
        "pca": "pca does not learn from sequences",
        "gmm": "gmm does not learn from sequences",
    }
    assert [row.name for row in found.table.rows] == ["sequence-vae"]


@pytest.mark.usefixtures("only_pca")
def test_a_run_that_fails_is_a_result_and_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def failing(out: Path, *rest: Any) -> Run:
        tried.append(out.name)
        if out.name == "vae-1":
            raise TrainingFailed("loss is nan at step 3")
        return learn(out, *rest)

    monkeypatch.setattr(learning, "learn", failing)
    request = Request(("vae",), data=normal(50, 2), seeds=3, steps=1)
    compare(tmp_path / "c", request)
    assert tried == ["vae-0", "pca-0", "vae-1", "vae-2"]
    found = compare(tmp_path / "c", Request(), resume=True)
    assert len(tried) == 4
    row = found.table.rows[0]
    assert [trial.failure for trial in row.trials] == [None, "loss is nan at step 3", None]
    assert json.loads((tmp_path / "c" / "failures.json").read_text()) == {
        "vae-1": "loss is nan at step 3"
    }
    assert [run.path.name for run in found.runs["vae"]] == ["vae-0", "vae-2"]


@pytest.mark.usefixtures("only_pca")
def test_a_signal_while_measuring_stops_the_comparison_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(run: Run, announce: object, features: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    handler = signal.getsignal(signal.SIGTERM)
    request = Request(("vae",), data=normal(50, 2), seeds=1, steps=1)
    with monkeypatch.context() as patch:
        patch.setattr(opened, "evaluate_run", interrupted)
        with pytest.raises(Interrupted, match="compare --resume --out") as stopped:
            compare(tmp_path / "c", request)
    assert stopped.value.exit_code == 143
    assert signal.getsignal(signal.SIGTERM) is handler
    assert compare(tmp_path / "c", request).table.rows[0].trials[0].metrics


@pytest.mark.usefixtures("only_pca")
def test_data_that_changed_in_between_are_refused(tmp_path: Path) -> None:
    rows = tmp_path / "rows.npy"
    np.save(rows, normal(50, 2))
    request = Request(("vae",), data=str(rows), seeds=1, steps=1)
    compare(tmp_path / "c", request)
    np.save(rows, normal(60, 2))
    with pytest.raises(BadInput, match="is not what it was"):
        compare(tmp_path / "c", request)


def typed(*words: object) -> None:
    app(["compare", *map(str, words)], standalone_mode=False)


def test_finished_runs_are_printed_as_a_table_or_as_json(
    table: Comparison, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CLASSICAL, "gmm", 2)
    before = contents(table.path)
    typed(table.path)
    printed = capsys.readouterr().out
    assert "real data" in printed
    assert "is the one to begin with" in printed
    assert contents(table.path) == before
    typed(table.path / "vae-0", table.path / "gan-0", "--json")
    found = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in found["rows"]] == ["vae", "gan", "pca", "gmm"]
    assert found["rows"][0]["metrics"]["recall"]["error"] == "points"


def test_words_that_do_not_belong_together_are_refused(table: Comparison) -> None:
    for words, reason in (
        ((table.path, "--seeds", 2), "leave out all options but --out"),
        ((table.path, "vae"), "vae is no run folder"),
        (("vae", "--data", "digits", "--steps", 1), "give --out DIR"),
        (("--resume", "--out", table.path / "vae-0"), "no comparison"),
        (("vea",), "did you mean vae"),
    ):
        with pytest.raises(BadInput, match=reason):
            typed(*words)
