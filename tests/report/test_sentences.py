from __future__ import annotations

import base64
import re
from typing import Any

from kullback.comparison.answers import answers
from kullback.comparison.table import Row, Table, Trial
from kullback.report.sentences import apart, findings, in_words, question
from kullback.report.tradeoff import tradeoff


def metric(value: float, **details: str) -> dict[str, Any]:
    about = {"n": 100, "unit": "share", "floor": 0.95, "details": details}
    return {"value": value, "stderr": 0.01, **about}


def row(name: str, precision: float, recall: float, grade: str = "ok", **about: Any) -> Row:
    verdict = {"id": "blur", "verdict": grade, "evidence": "", "remedy": ""}
    trials = [
        Trial(
            f"{name}-{k}",
            k,
            {"precision": metric(precision + k / 500), "recall": metric(recall - k / 500)},
            [verdict],
        )
        for k in range(3)
    ]
    return Row(name, name, "", trials, **about)


TABLE = Table.of(
    [row("vae", 0.6, 0.8), row("gan", 0.9, 0.4, "fail"), row("pca", 0.2, 0.3, classical=True)]
)


def test_an_answer_names_the_best_its_number_that_of_real_data_and_who_is_behind() -> None:
    faithful, widest = answers(TABLE)
    assert question(faithful) == "Most faithful samples"
    said = in_words(faithful, TABLE)
    assert said.startswith("gan (ill): precision 0.9020 ± 0.0050 (share; real data 0.9500).")
    assert said.endswith("Behind: vae 0.6020 ± 0.0050, pca (classical) 0.2020 ± 0.0050.")
    assert in_words(widest, TABLE).startswith("vae: recall")


def test_diseases_are_named_with_the_models_that_have_them() -> None:
    assert findings(TABLE) == "gan: blur (fail)."
    assert findings(Table.of([row("vae", 0.6, 0.8)])) == "None was found in any run."
    bare = Row("ae", "ae", "", [Trial("ae-0", 0), Trial("ae-1", 1, failure="nan")])
    assert findings(Table.of([bare])) == "No verdicts were recorded. Failed: ae-1."


def test_metrics_that_measure_different_things_are_said_not_to_be_comparable() -> None:
    rows = [
        Row(kind, kind, "", [Trial(f"{kind}-0", 0, {"nll": metric(1.0, measure=kind)})])
        for kind in ("mass", "density")
    ]
    (said,) = apart(Table.of(rows))
    assert "mass, density" in said
    assert apart(TABLE) == []


def test_quality_is_drawn_against_diversity_with_every_name_and_real_data() -> None:
    html = tradeoff(TABLE)
    assert html is not None
    (source,) = re.findall(r"base64,([^\"]+)", html)
    drawn = base64.b64decode(source).decode()
    for text in ("vae", "gan", "pca", "real data", "precision (share)", "recall (share)"):
        assert text in drawn


def test_without_a_pair_of_metrics_there_is_no_drawing() -> None:
    rows = [Row(n, n, "", [Trial(n, 0, {"precision": metric(0.5)})]) for n in ("a", "b")]
    assert tradeoff(Table.of(rows)) is None
    assert tradeoff(Table.of([row("alone", 0.5, 0.5)])) is None
