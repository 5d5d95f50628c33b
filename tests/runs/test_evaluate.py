"""Labels that were asked for, measured of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kullback as kb
from kullback.data import load
from kullback.evaluation import judge
from kullback.evaluation.reference import Reference
from kullback.runs.run import Run

QUICK: dict[str, Any] = {"steps": 2, "batch_size": 16, "threads": 1, "hidden": [8]}
LABELS = np.arange(200) % 3
BANDS = (60 + 90 * LABELS[:, None, None] + np.zeros((200, 8, 8))).astype(np.uint8)


@pytest.fixture(autouse=True)
def quick_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(judge, "STEPS", 60)


def accuracy(run: Run) -> Any:
    return run.evaluate()["metrics"].get("label_accuracy")


def test_points_are_asked_of_modes_as_often_as_the_data_have_them(tmp_path: Path) -> None:
    run = kb.train("cgan", data="mixture", out=tmp_path / "run", latent_dim=2, **QUICK)
    found, truth = accuracy(run), run.data.truth
    assert truth is not None
    asked = run.draw_labels(2500, 0)
    np.testing.assert_allclose(np.bincount(asked) / 2500, truth.weights, atol=0.03)
    made = run.sample(2500, asked, seed=0)
    away = np.linalg.norm(made[:, None] - truth.centres, axis=2) / truth.scales
    assert found["value"] == (away.argmin(1) == asked).mean()
    assert found["n"] == 2500
    assert 0.9 < found["floor"] < 1
    assert set(found["details"]["by_class"]) == {str(m) for m in range(12)}


def test_images_are_read_by_the_judge(tmp_path: Path) -> None:
    run = kb.train("cvae", data=(BANDS, LABELS), out=tmp_path / "run", latent_dim=2, **QUICK)
    found = accuracy(run)
    expert = judge.judge_of(Reference.of(run.data), tmp_path / "cache" / "kullback")
    asked = run.draw_labels(1000, 0)
    seen = expert.probabilities(run.sample(1000, asked, seed=0))
    assert found["value"] == (seen.argmax(1) == asked).mean()
    assert found["floor"] == expert.accuracy == 1
    assert set(found["details"]["by_class"]) == {"0", "1", "2"}


@pytest.mark.parametrize("labelled", ["data", "source"])
def test_translations_should_show_the_label_of_their_row(labelled: str, tmp_path: Path) -> None:
    two: dict[str, Any] = {"data": BANDS, "source": 255 - BANDS}
    two[labelled] = (two[labelled], LABELS)
    run = kb.train("denoising-gan", out=tmp_path / "run", paired=True, **two, **QUICK)
    found, data = accuracy(run), run.data
    assert data.source is not None
    y = data.test.y if labelled == "data" else data.source.test.y
    assert y is not None
    assert found["n"] == len(data.test) == 20
    expert = judge.judge_of(Reference.of(load((BANDS, LABELS))), tmp_path)
    seen = expert.probabilities(run.sample(20, source=data.source.test.x))
    assert found["value"] == (seen.argmax(1) == y).mean()
    assert found["floor"] == 1


def test_a_label_that_nobody_asked_for_is_not_measured(tmp_path: Path) -> None:
    unpaired: dict[str, Any] = {"data": (BANDS, LABELS), "source": (255 - BANDS, LABELS)}
    assert accuracy(kb.train("cyclegan", out=tmp_path / "two", **unpaired, **QUICK)) is None
    plain: dict[str, Any] = {"data": BANDS, "source": 255 - BANDS, "paired": True}
    assert accuracy(kb.train("denoising-gan", out=tmp_path / "plain", **plain, **QUICK)) is None
    assert accuracy(kb.train("gan", data=(BANDS, LABELS), out=tmp_path / "one", **QUICK)) is None
