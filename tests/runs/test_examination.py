"""The doctor's visit to tiny runs, sick and hurried ones."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import kullback as kb
from kullback.errors import TrainingFailed
from kullback.evaluation.verdicts import Verdict
from kullback.runs.examination import examine_run
from kullback.runs.run import Run

POINTS = np.random.default_rng(0).normal(size=(400, 3)) @ np.diag([3.0, 1.0, 0.3])
LABELS = (POINTS[:, 0] > 0).astype(np.int64)
IDS = {
    "vae": {"posterior-collapse", "no-noise", "divergence", "under-training", "wrong-likelihood"},
    "aae": {"overfitted-critic", "saturated-critic", "divergence", "under-training"},
    "pca": {"posterior-collapse", "no-noise", "divergence", "under-training", "wrong-likelihood"},
    "gmm": {"divergence", "under-training"},
    "gan": {
        *("overfitted-critic", "saturated-critic", "vanishing-generator", "exploding-penalty"),
        *("divergence", "under-training"),
    },
    "wgan": {
        *("overfitted-critic", "polarised-weights", "vanishing-generator"),
        *("divergence", "under-training"),
    },
    "cgan": {
        *("overfitted-critic", "saturated-critic", "vanishing-generator", "exploding-penalty"),
        *("divergence", "under-training"),
    },
    "ali": {
        *("overfitted-critic", "saturated-critic", "exploding-penalty"),
        *("posterior-collapse", "no-noise", "divergence", "under-training"),
    },
    "gan-noise": {
        *("overfitted-critic", "saturated-critic", "vanishing-generator", "exploding-penalty"),
        *("divergence", "under-training"),
    },
}


def trained(out: Path, model: str, data: Any = (POINTS, LABELS), **options: Any) -> Run:
    settings: dict[str, Any] = {"steps": 12, "batch_size": 32, "threads": 1}
    if model not in ("pca", "gmm"):
        settings["hidden"] = [8]
    return kb.train(model, data=data, out=out, **settings | options)


def found(run: Run) -> dict[str, Verdict]:
    _, verdicts = examine_run(run)
    ids = [verdict.id for verdict in verdicts]
    assert len(ids) == len(set(ids))
    return {verdict.id: verdict for verdict in verdicts}


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("model", IDS)
def test_what_can_be_wrong_with_a_model_is_looked_for(model: str, tmp_path: Path) -> None:
    verdicts = found(trained(tmp_path / "run", model))
    assert verdicts.keys() == IDS[model]
    hurried = "ok" if model in ("pca", "gmm") else "fail"
    assert verdicts["under-training"].verdict == hurried
    for verdict in verdicts.values():
        assert (verdict.remedy == "") == (verdict.verdict == "ok")


def test_a_visit_changes_nothing_and_repeats_itself(tmp_path: Path) -> None:
    trained(tmp_path / "run", "gan")
    before, state = contents(tmp_path), torch.get_rng_state()
    of_numpy = str(np.random.get_state())
    first, again = (examine_run(Run(tmp_path / "run")) for _ in range(2))
    assert [v.to_json() for v in first[1]] == [v.to_json() for v in again[1]]
    assert contents(tmp_path) == before
    assert torch.equal(torch.get_rng_state(), state)
    assert str(np.random.get_state()) == of_numpy


def test_networks_of_ones_own_keep_the_weights_that_sampling_uses(tmp_path: Path) -> None:
    generator, critic = nn.Linear(2, 3), nn.Linear(3, 1)
    trained(tmp_path / "run", "gan", generator=generator, critic=critic, latent_dim=2)
    run = kb.load(tmp_path / "run", generator=generator, critic=critic)
    before = run.sample(5, seed=0)
    assert found(run)["overfitted-critic"].figures["rows"] == 320
    assert (run.sample(5, seed=0) == before).all()


def test_codes_are_measured(tmp_path: Path) -> None:
    metrics, _ = examine_run(trained(tmp_path / "run", "pca", latent_dim=2))
    units = metrics["active_units"]
    assert units.value == 2
    assert len(units.details["kl"]) == len(units.details["noise_ratio"]) == 2
    assert metrics["label_probe"].value > 0.9
    assert 0.4 <= metrics["prior_c2st"].value < 0.8
    assert "active_units" not in examine_run(trained(tmp_path / "gan", "gan"))[0]


def test_a_kl_weighed_a_hundredfold_collapses_the_latent(tmp_path: Path) -> None:
    options = {"steps": 150, "beta": 100.0, "lr": 0.02}
    verdicts = found(trained(tmp_path / "run", "vae", **options))
    assert verdicts["posterior-collapse"].verdict == "fail"
    assert verdicts["no-noise"].verdict == "ok"


def test_without_the_kl_codes_have_no_noise(tmp_path: Path) -> None:
    options = {"steps": 500, "beta": 0.0, "lr": 0.02, "hidden": [16]}
    verdicts = found(trained(tmp_path / "run", "vae", **options))
    assert verdicts["no-noise"].verdict == "fail"
    assert verdicts["posterior-collapse"].verdict == "ok"


def test_a_critic_clipped_at_a_thousandth_is_flat(tmp_path: Path) -> None:
    tight = found(trained(tmp_path / "tight", "wgan", bound=0.001, steps=30))
    assert tight["polarised-weights"].verdict == "fail"
    loose = found(trained(tmp_path / "loose", "wgan", bound=0.5, steps=30))
    assert loose["polarised-weights"].verdict == "ok"


def test_a_large_critic_knows_a_hundred_rows_by_heart(tmp_path: Path) -> None:
    rows = np.random.default_rng(1).normal(size=(100, 20))
    options = {"hidden": [256], "steps": 150, "r1": 0.0, "lr": 1e-4, "critic_lr": 5e-3}
    verdicts = found(trained(tmp_path / "run", "gan", data=rows, **options))
    assert verdicts["overfitted-critic"].verdict == "fail"


def test_a_density_on_zeros_and_ones_is_told(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    bits = rng.integers(0, 2, (3, 16), np.uint8)[rng.integers(0, 3, 200)]
    options = {"likelihood": "gaussian", "steps": 300, "lr": 0.02, "hidden": [16]}
    verdict = found(trained(tmp_path / "run", "vae", data=bits, **options))["wrong-likelihood"]
    assert verdict.verdict == "fail"
    assert verdict.remedy == "--set likelihood=bernoulli"


def test_a_training_that_broke_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed) as failure:
        trained(tmp_path / "run", "vae", lr=1e30, steps=200)
    lines = Run(tmp_path / "run").metrics()
    assert lines[-1]["failed"] == str(failure.value)
    verdicts = found(Run(tmp_path / "run"))
    assert verdicts["divergence"].verdict == "fail"
    assert "under-training" not in verdicts


def test_a_run_stopped_at_once_hardly_began(tmp_path: Path) -> None:
    verdict = found(trained(tmp_path / "run", "vae", steps=4000, stop_at=30))["under-training"]
    assert verdict.verdict == "fail"
    assert "--resume" in verdict.remedy
