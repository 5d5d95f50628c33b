"""The table: a row a model, a column a metric, in each cell the mean over seeds and its interval.

Two values stand in one column only if they measure the same: a negative log-likelihood of 8-bit
levels and one of a density over pixels are columns apart, and so are distances by other features.

In a column that has an aim the best mean is marked, and so is every row that differs from it by
more than the seeds do (see ``statistics``). With one seed there is no such mark: the error is then
that over test points, which says nothing of other seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Literal

from kullback.comparison.aims import Aim, aim_of, loss, place_of
from kullback.comparison.statistics import LEVEL, Sample, holm, interval, welch
from kullback.grades import SEVERITY

Mark = Literal["best", "level", "worse"]
Metrics = Mapping[str, Mapping[str, Any]]

_NORMAL = 1.96


@dataclass(frozen=True)
class Trial:
    """What one run came to; ``failure`` says why it has no metrics, where it has none."""

    name: str
    seed: int
    metrics: Metrics = field(default_factory=dict)
    verdicts: Sequence[Mapping[str, Any]] = ()
    seconds: float | None = None
    steps: int = 0
    rows_seen: int = 0
    failure: str | None = None


@dataclass(frozen=True)
class Row:
    """A model, by its trials; ``exact`` where every seed gives the same run, which is then one."""

    name: str
    model: str
    about: str
    trials: Sequence[Trial]
    exact: bool = False
    classical: bool = False

    @property
    def seconds(self) -> float | None:
        """How long training took, mean over seeds."""
        known = [trial.seconds for trial in self.trials if trial.seconds is not None]
        return sum(known) / len(known) if known else None

    @property
    def failures(self) -> list[Trial]:
        """The trials that came to nothing."""
        return [trial for trial in self.trials if trial.failure is not None]

    def findings(self) -> list[dict[str, Any]]:
        """The diseases that were found, each at its worst over seeds, and in which seeds."""
        found: dict[str, dict[str, Any]] = {}
        for trial in self.trials:
            for verdict in trial.verdicts:
                grade = verdict["verdict"]
                if grade == "ok":
                    continue
                here = found.setdefault(verdict["id"], {**verdict, "seeds": []})
                here["seeds"].append(trial.seed)
                if SEVERITY[grade] > SEVERITY[here["verdict"]]:
                    here.update(verdict)
        return sorted(found.values(), key=lambda one: -SEVERITY[one["verdict"]])


@dataclass(frozen=True)
class Column:
    """A metric, measured in one way; ``real`` is what real data score by it."""

    name: str
    metric: str
    unit: str
    measure: str
    aim: Aim | None
    real: float | None


@dataclass(frozen=True)
class Cell:
    """The values of a row's seeds, and what they say together.

    ``error`` says what the interval (low, high) is over: "seeds", "points" of the test part, or
    nothing. ``loss`` is smaller where the value is better, in a column that has an aim. ``mark``
    says how it stands to the best of the column, where seeds can say, and ``p`` is the adjusted
    p-value of being equal to it.
    """

    values: Sequence[float | None]
    mean: float | None
    low: float | None = None
    high: float | None = None
    error: Literal["seeds", "points"] | None = None
    loss: float | None = None
    mark: Mark | None = None
    p: float | None = None


@dataclass(frozen=True)
class Table:
    """Rows, columns, and the cells that there are, by the names of both."""

    rows: Sequence[Row]
    columns: Sequence[Column]
    cells: Mapping[tuple[str, str], Cell]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Table:
        """Put the metrics of all trials together."""
        columns = _columns(rows)
        cells: dict[tuple[str, str], Cell] = {}
        for column in columns:
            for name, cell in _cells(column, rows).items():
                cells[name, column.name] = cell
        return cls(rows, columns, cells)

    def cell(self, row: Row, column: Column) -> Cell | None:
        """Return a cell, ``None`` where the metric has no meaning for the model."""
        return self.cells.get((row.name, column.name))

    def ranked(self, column: Column) -> list[tuple[Row, Cell]]:
        """Return the rows that have a value in a column with an aim, the best first."""
        found = [(row, cell) for row in self.rows if (cell := self.cell(row, column))]
        known = [(row, cell) for row, cell in found if cell.loss is not None]
        return sorted(known, key=lambda pair: pair[1].loss or 0.0)

    def to_json(self) -> dict[str, Any]:
        """Plain values: columns, and rows with every seed's value."""
        return {
            "columns": [vars(column) for column in self.columns],
            "rows": [self._row(row) for row in self.rows],
            "real": {column.name: column.real for column in self.columns},
        }

    def _row(self, row: Row) -> dict[str, Any]:
        cells = {column.name: self.cell(row, column) for column in self.columns}
        runs = [
            {
                "name": trial.name,
                "seed": trial.seed,
                "steps": trial.steps,
                "rows_seen": trial.rows_seen,
                "seconds": trial.seconds,
                "failure": trial.failure,
            }
            for trial in row.trials
        ]
        return {
            "name": row.name,
            "model": row.model,
            "about": row.about,
            "classical": row.classical,
            "exact": row.exact,
            "seconds": row.seconds,
            "runs": runs,
            "metrics": {
                name: {**vars(cell), "values": list(cell.values)}
                for name, cell in cells.items()
                if cell is not None
            },
            "verdicts": row.findings(),
        }


def _measure(metric: Mapping[str, Any]) -> tuple[str, str]:
    """What a value measures beside its name: its unit, and the measure or the features."""
    details = metric.get("details") or {}
    features = details.get("features")
    told = [
        details.get("measure"),
        f"{features} features" if isinstance(features, str) else None,
        details.get("alternative"),
    ]
    return str(metric.get("unit", "")), ", ".join(text for text in told if isinstance(text, str))


def _columns(rows: Sequence[Row]) -> list[Column]:
    kinds: dict[str, dict[tuple[str, str], list[float]]] = {}
    for row in rows:
        for trial in row.trials:
            for name, metric in trial.metrics.items():
                floors = kinds.setdefault(name, {}).setdefault(_measure(metric), [])
                if metric.get("floor") is not None:
                    floors.append(metric["floor"])
    found = []
    for name, ways in kinds.items():
        for (unit, measure), floors in ways.items():
            title = name if len(ways) == 1 else f"{name} ({measure or unit})"
            real = sum(floors) / len(floors) if floors else None
            found.append(Column(title, name, unit, measure, aim_of(name), real))
    return sorted(found, key=lambda column: place_of(column.metric))


def _cells(column: Column, rows: Sequence[Row]) -> dict[str, Cell]:
    found = {row.name: cell for row in rows if (cell := _cell(column, row)) is not None}
    if column.aim is None:
        return found
    samples = {
        row.name: _sample([_loss(v, column) for v in found[row.name].values], row)
        for row in rows
        if row.name in found and found[row.name].mean is not None
    }
    return found | _marked(found, samples)


def _marked(cells: Mapping[str, Cell], losses: Mapping[str, Sample]) -> dict[str, Cell]:
    """Compare losses with the least of them, every pair of rows taken into account."""
    best = min(losses, key=lambda name: losses[name].mean, default="")
    tested = {
        pair: p
        for pair in combinations(losses, 2)
        if (p := welch(losses[pair[0]], losses[pair[1]])) is not None
    }
    adjusted = dict(zip(tested, holm(list(tested.values())), strict=True))
    marked = {}
    for name, sample in losses.items():
        p = adjusted.get((name, best), adjusted.get((best, name)))
        mark: Mark | None = None if p is None else "worse" if p < 1 - LEVEL else "level"
        if name == best:
            mark = "best" if len(losses) > 1 else None
        marked[name] = replace(cells[name], loss=sample.mean, mark=mark, p=p)
    return marked


def _loss(value: float | None, column: Column) -> float | None:
    if value is None or column.aim is None:
        return None
    return loss(value, column.aim, column.real)


def _cell(column: Column, row: Row) -> Cell | None:
    metrics = [trial.metrics.get(column.metric) for trial in row.trials]
    here = [
        metric if metric and _measure(metric) == (column.unit, column.measure) else None
        for metric in metrics
    ]
    if not any(here):
        return None
    values = [None if metric is None else metric["value"] for metric in here]
    sample = _sample(values, row)
    if not sample.values:
        return Cell(values, None)
    between = interval(sample)
    if between is not None:
        return Cell(values, sample.mean, *between, "seeds")
    if row.exact:
        return Cell(values, sample.mean)
    (error,) = (m["stderr"] for m in here if m is not None and m["value"] is not None)
    if error is None:
        return Cell(values, sample.mean)
    half = _NORMAL * error
    return Cell(values, sample.mean, sample.mean - half, sample.mean + half, "points")


def _sample(values: Sequence[float | None], row: Row) -> Sample:
    return Sample(tuple(value for value in values if value is not None), row.exact)
