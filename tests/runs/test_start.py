from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch._dynamo.exc import Unsupported
from torch._inductor.exc import InvalidCxxCompiler

import kullback as kb
from kullback.errors import BadInput
from kullback.runs import start
from kullback.runs.begin import begin
from kullback.runs.options import gather
from kullback.runs.recipe import Recipe
from kullback.training import Report

POINTS = np.random.default_rng(0).normal(size=(300, 2))
PICTURES = np.random.default_rng(0).integers(0, 256, size=(300, 8, 8), dtype=np.uint8)


@pytest.mark.parametrize(
    ("given", "compiled"),
    [
        ({"data": POINTS, "steps": 10_000}, True),
        ({"data": POINTS, "minutes": 2}, True),
        ({"data": POINTS, "steps": 9_999}, False),
        ({"data": POINTS, "minutes": 1}, False),
        ({"data": POINTS, "steps": 10_000, "compile": "off"}, False),
        ({"data": POINTS, "steps": 10, "compile": "on"}, True),
        ({"data": POINTS, "steps": 10_000, "device": "cuda"}, False),
        ({"data": POINTS, "steps": 10_000, "generator": nn.Linear(4, 2)}, False),
        ({"data": PICTURES, "steps": 10_000}, False),
    ],
)
def test_long_runs_of_our_small_networks_are_compiled_unless_told_otherwise(
    given: dict[str, Any], compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda name: f"/bin/{name}")  # type: ignore[attr-defined]
    found = start.resolve(gather(None, (), {"model": "gan-noise", **given}))
    assert found.recipe.compile is compiled


def test_without_a_compiler_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda name: None)  # type: ignore[attr-defined]
    given = {"model": "gan-noise", "data": POINTS, "steps": 10_000}
    assert not start.resolve(gather(None, (), given)).recipe.compile


def test_a_resumed_run_has_the_previews_of_an_uninterrupted_one(tmp_path: Path) -> None:
    options: dict[str, Any] = {"data": POINTS, "steps": 100, "batch_size": 10, "hidden": [4]}
    kb.train("vae", out=tmp_path / "whole", threads=1, **options)
    kb.train("vae", out=tmp_path / "part", threads=1, stop_at=33, **options)
    kb.train(out=tmp_path / "part", resume=True)
    whole, part = (
        sorted(path.name for path in (tmp_path / name / "samples").iterdir())
        for name in ("whole", "part")
    )
    assert whole == part
    assert len(whole) == 5


@pytest.mark.parametrize("data", [POINTS + 5, PICTURES], ids=["points", "pictures"])
def test_the_encoder_of_a_vae_sees_training_rows_of_mean_zero(data: Any) -> None:
    found = start.resolve(gather(None, (), {"model": "vae", "data": data, "steps": 1}))
    model, training = begin(found.recipe, {}, found.dataset)
    join = model.q["z"].network.body.join  # type: ignore[union-attr]
    rows = torch.cat([join(batch["x"]) for batch in training.rows.all()])  # type: ignore[operator]
    torch.testing.assert_close(rows.mean(0), torch.zeros(rows[0].shape), atol=1e-5, rtol=0)


def test_a_comparison_of_samples_trains_on_few_rows(tmp_path: Path) -> None:
    run = kb.train("mmd-vae", data=POINTS[:12], out=tmp_path / "few", steps=30, threads=1)
    assert run.metrics()[-1]["step"] == 30


@pytest.mark.parametrize("rows", [np.zeros((0, 8, 8), np.uint8), np.uint8(3)])
def test_a_source_without_rows_is_refused(rows: Any, tmp_path: Path) -> None:
    run = kb.train(
        "paired-gan",
        data=PICTURES,
        source=255 - PICTURES,
        paired=True,
        out=tmp_path / "pairs",
        steps=1,
        batch_size=8,
        hidden=[4],
    )
    with pytest.raises(BadInput, match="no rows"):
        run.sample(3, source=rows)


def test_a_critic_that_does_not_take_what_it_is_given_is_refused_in_one_line(
    tmp_path: Path,
) -> None:
    critic = nn.Sequential(nn.Linear(2, 1))
    with pytest.raises(BadInput, match=r"D\(x, s\)") as refusal:
        kb.train("gan-noise", data=POINTS, out=tmp_path / "own", steps=1, critic=critic)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("failure", [Unsupported("a print\n\nat line 3"), InvalidCxxCompiler()])
def test_a_round_that_cannot_be_compiled_is_refused_in_one_line_and_nothing_left(
    failure: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise failure

    monkeypatch.setattr(torch, "compile", lambda function, **_: fails)
    for own in ({}, {"generator": nn.Linear(2, 2)}):
        options: dict[str, Any] = {"steps": 1, "compile": "on", "latent_dim": 2, **own}
        with pytest.raises(BadInput, match="--compile off") as refusal:
            kb.train("gan", data=POINTS, out=tmp_path / "run", **options)
        assert "\n" not in str(refusal.value)
        assert not any(tmp_path.iterdir())


def test_what_was_learned_before_a_failure_stays(tmp_path: Path) -> None:
    class Broken(Exception):
        pass

    def watch(recipe: Recipe, report: Report) -> None:
        if report.step == 2:
            raise Broken

    given = {"model": "vae", "data": POINTS, "steps": 4, "hidden": [4], "threads": 1}
    with pytest.raises(Broken):
        start.start(tmp_path / "run", gather(None, (), given), watch=watch)
    assert kb.train(out=tmp_path / "run", resume=True).metrics()[-1]["step"] == 4
