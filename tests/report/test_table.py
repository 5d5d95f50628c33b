from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kullback.report.subject import name_runs
from kullback.report.table import comparison
from kullback.runs.run import Run

Taker = Callable[[str], Any]


def evaluate(run: Run, metrics: dict[str, Any]) -> None:
    run.folder.evaluation.write_text(json.dumps({"metrics": metrics, "verdicts": []}), "utf-8")


def metric(value: float | None, stderr: float | None, floor: float | None = None) -> dict[str, Any]:
    about = {"n": 40, "unit": "nats", "details": {}}
    return {"value": value, "stderr": stderr, "floor": floor, **about}


@pytest.fixture
def runs(vae: Run, gan: Run) -> Iterator[list[Run]]:
    yield [vae, gan]
    for run in (vae, gan):
        run.folder.evaluation.unlink(missing_ok=True)


def test_metrics_stand_with_their_errors_and_what_real_data_score(
    runs: list[Run], page_of: Taker
) -> None:
    evaluate(runs[0], {"nll": metric(172.4412, 1.8312), "reverse_kl": metric(41.2, 1.1, 3.25)})
    evaluate(runs[1], {"reverse_kl": metric(20.2, 0.9, 3.25), "odd_one": metric(None, None)})
    page = page_of(comparison(name_runs(runs)))
    nll, kl, odd = (page.texts["abbr"][i : i + 2] for i in (0, 2, 4))
    assert nll == ["172.4 ± 1.8 nats", "–"]
    assert kl == ["41.2 ± 1.1 nats", "20.20 ± 0.90 nats"]
    assert odd == ["–", "–"]
    assert page.values("abbr", "title")[-1] == "not a finite number"
    assert page.text.count("real data 3.250") == 2
    assert "has no meaning for gan: it states no likelihood" in page.values("abbr", "title")
    assert "odd one" in page.texts["th"]
    assert "not evaluated" not in page.text


def test_an_evaluated_run_may_stand_beside_one_that_is_not(runs: list[Run], page_of: Taker) -> None:
    evaluate(runs[0], {"nll": metric(1.0, 0.1)})
    page = page_of(comparison(name_runs(runs)))
    assert page.values("abbr", "title")[-1] == "not evaluated yet"
    assert page.text.count("not evaluated yet") == 1


def test_parameters_are_counted_by_network(runs: list[Run], page_of: Taker) -> None:
    page = page_of(comparison(name_runs(runs)))
    roles = {text.split()[0] for text in page.texts["span"]}
    assert {"encoder", "decoder", "generator", "critic"} <= roles
