from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kullback.cli import show


def evaluation(value: float | None, stderr: float | None, floor: float | None) -> dict[str, Any]:
    metric = {"value": value, "stderr": stderr, "n": 4, "unit": "nats", "floor": floor}
    return {"metrics": {"nll": metric}}


def run(name: str, found: dict[str, Any] | None) -> Any:
    folder = SimpleNamespace(read_evaluation=lambda: found)
    return SimpleNamespace(path=Path(name), folder=folder)


def test_a_number_that_is_not_there_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    show.metrics(evaluation(None, None, None))
    line = capsys.readouterr().out.splitlines()[-2]
    assert line.split() == ["nll", "nats", "–"]


def test_runs_with_and_without_a_number_stand_side_by_side(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.side_by_side(
        [
            run("lost", evaluation(None, None, 1.5)),
            run("found", evaluation(2.25, 0.1, 1.5)),
            run("not-yet", None),
        ]
    )
    line = capsys.readouterr().out.splitlines()[-2]
    assert line.split() == ["nll", "nats", "–", "2.25", "–", "1.5"]
