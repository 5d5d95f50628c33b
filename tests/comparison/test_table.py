from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from kullback.comparison.answers import answers, proposal
from kullback.comparison.table import Row, Table, Trial


def metric(value: float | None, stderr: float | None = None, **about: Any) -> dict[str, Any]:
    plain = {"n": 100, "unit": "nats", "floor": None, "details": {}}
    return {"value": value, "stderr": stderr, **plain, **about}


def row(name: str, *values: float | None, of: str = "frechet", **about: Any) -> Row:
    trials = [Trial(f"{name}-{k}", k, {of: metric(v, 0.1)}) for k, v in enumerate(values)]
    return Row(name, name, "", trials, **about)


def marks(table: Table, column: int = 0) -> list[str | None]:
    cells = [table.cell(row, table.columns[column]) for row in table.rows]
    return [None if cell is None else cell.mark for cell in cells]


def test_the_best_is_marked_and_what_the_seeds_set_apart_from_it() -> None:
    rows = [row("a", 5.0, 5.1, 4.9), row("b", 5.0, 5.2, 5.1), row("c", 9.0, 9.1, 9.2)]
    assert marks(Table.of(rows)) == ["best", "level", "worse"]


def test_up_is_better_where_the_metric_says_so() -> None:
    rows = [row("a", 0.9, 0.91, 0.92, of="recall"), row("b", 0.2, 0.21, 0.22, of="recall")]
    assert marks(Table.of(rows)) == ["best", "worse"]
    assert marks(Table.of([row("a", 1.0, 1.1, of="odd"), row("b", 2.0, 2.2, of="odd")])) == [
        None,
        None,
    ]


def test_where_real_data_are_the_aim_the_nearest_to_them_is_best() -> None:
    def sharp(name: str, *values: float) -> Row:
        trials = [
            Trial(f"{name}-{k}", k, {"sharpness": metric(v, floor=1.0)})
            for k, v in enumerate(values)
        ]
        return Row(name, name, "", trials)

    table = Table.of([sharp("noise", 3.0, 3.1, 3.2), sharp("near", 0.9, 0.92, 1.1)])
    assert marks(table) == ["worse", "best"]
    assert table.columns[0].real == 1.0


def test_one_seed_has_the_error_over_points_and_tells_nothing_apart() -> None:
    table = Table.of([row("a", 5.0), row("b", 9.0)])
    cell = table.cell(table.rows[0], table.columns[0])
    assert cell is not None
    assert (cell.error, cell.low, cell.high) == ("points", 5.0 - 0.196, 5.0 + 0.196)
    assert marks(table) == ["best", None]


@pytest.mark.parametrize("seeds", [1, 2])
def test_an_exact_model_has_no_interval_and_is_compared_all_the_same(seeds: int) -> None:
    table = Table.of([row("a", 5.0, 5.1, 4.9), row("pca", *seeds * [9.0], exact=True)])
    cell = table.cell(table.rows[1], table.columns[0])
    assert cell is not None
    assert (cell.low, cell.error, cell.mark) == (None, None, "worse")


def test_numbers_that_measure_different_things_stand_in_columns_apart() -> None:
    def scored(name: str, measure: str, value: float) -> Row:
        found = metric(value, 0.1, details={"measure": measure})
        return Row(name, name, "", [Trial(f"{name}-0", 0, {"nll": found})])

    rows = [scored("vae", "mass", 200.0), scored("pca", "density", -20.0)]
    table = Table.of([*rows, scored("gmm", "density", -60.0)])
    assert [column.name for column in table.columns] == ["nll (mass)", "nll (density)"]
    assert marks(table, 0) == [None, None, None]
    assert marks(table, 1) == [None, None, "best"]
    assert [answer.best.name for answer in answers(table)] == ["gmm"]


def test_a_value_that_is_not_finite_and_a_failed_run_leave_gaps() -> None:
    rows = [row("a", None, 5.0, 5.2), row("b", 1.0, 1.1, 1.2)]
    failed = Row("c", "c", "", [Trial("c-0", 0, failure="loss is nan at step 3")])
    table = Table.of([*rows, failed])
    cell = table.cell(rows[0], table.columns[0])
    assert cell is not None
    assert list(cell.values) == [None, 5.0, 5.2]
    assert cell.mean == pytest.approx(5.1)
    assert table.cell(failed, table.columns[0]) is None
    assert failed.failures


def test_the_table_is_plain_json() -> None:
    table = Table.of([row("a", 5.0, 5.1), row("b", None)])
    found = json.loads(json.dumps(table.to_json(), allow_nan=False))
    assert found["rows"][0]["metrics"]["frechet"]["values"] == [5.0, 5.1]
    assert found["rows"][1]["runs"][0]["seed"] == 0
    assert found["real"] == {"frechet": None}


def ill(name: str, values: Sequence[float], grades: Sequence[str]) -> Row:
    trials = [
        Trial(
            f"{name}-{k}",
            k,
            {"frechet": metric(value)},
            [{"id": "mode-collapse", "verdict": grade, "evidence": grade, "remedy": ""}],
        )
        for k, (value, grade) in enumerate(zip(values, grades, strict=True))
    ]
    return Row(name, name, "", trials)


def test_a_disease_is_found_at_its_worst_over_seeds() -> None:
    (found,) = ill("a", [1, 1, 1], ["warn", "ok", "fail"]).findings()
    assert (found["verdict"], found["evidence"], found["seeds"]) == ("fail", "fail", [0, 2])
    assert ill("a", [1], ["ok"]).findings() == []


def test_the_proposal_is_first_by_mean_place_and_free_of_disease() -> None:
    table = Table.of([ill("sick", [1, 1.1], ["ok", "fail"]), row("well", 2, 2.1), row("c", 3, 3.1)])
    found = proposal(table, answers(table))
    assert found is not None
    assert (found.row.name, found.place, found.of) == ("well", 2.0, 3)
    assert [row.name for row in found.refused] == ["sick"]
    assert proposal(Table.of(table.rows[:1]), []) is None
