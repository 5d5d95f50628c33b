"""Printing facts: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from kullback.grades import SEVERITY

if TYPE_CHECKING:
    from kullback.data import Dataset
    from kullback.runs.run import Run


def as_json(value: Any) -> None:
    """Print JSON, and nothing else."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def doing(what: str) -> None:
    """Tell a person who waits at a terminal what is being done."""
    if sys.stderr.isatty():
        typer.echo(f"{what} …", err=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0) -> None:
    """Print a table; its last ``numbers`` columns are set right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(columns):
        drawn.add_column(column, justify="right" if i >= len(columns) - numbers else "left")
    for row in rows:
        drawn.add_row(*row)
    Console().print(drawn)


def facts(values: dict[str, Any]) -> None:
    """Print names and values, a line each."""
    for name, value in values.items():
        if value is not None:
            typer.echo(f"{name + ':':<16}{_text(value)}")


def data_facts(dataset: Dataset) -> dict[str, Any]:
    """Return what can be said of a data set; a toy's true density among it."""
    space = dataset.space
    found: dict[str, Any] = {
        "name": dataset.name,
        "kind": space.kind,
        "shape": list(space.shape),
        "dtype": space.dtype,
        "train": dataset.outline.rows,
        "validation": len(dataset.validation),
        "test": len(dataset.test),
        "labels": None if dataset.label_names is None else list(dataset.label_names),
        "notes": list(dataset.notes),
        "fingerprint": dataset.fingerprint,
    }
    return found | ({} if dataset.truth is None else dataset.truth.to_json())


def trained(run: Run) -> None:
    """Say what was trained and what can be done with it."""
    recipe, lines = run.recipe, run.metrics()
    seconds = f", {lines[-1]['seconds']:.0f} s" if lines else ""
    typer.echo(f"{run.path}: {recipe.model} on {recipe.data.name}, {recipe.budget}{seconds}")
    for note in [*recipe.notes, *recipe.data.notes]:
        typer.echo(f"note: {note}")
    done = lines[-1]["step"] if lines else 0
    if recipe.steps is not None and done < recipe.steps:
        typer.echo(f"stopped at step {done}; kullback train --resume --out {run.path} goes on")
    typer.echo(f"next: kullback evaluate {run.path}, kullback report {run.path} --out report.html")


def metrics(evaluation: dict[str, Any]) -> None:
    """Print an evaluation's metrics as a table."""
    rows = []
    for name, metric in evaluation["metrics"].items():
        error = "" if metric["stderr"] is None else f"± {metric['stderr']:.3g}"
        rows.append((name, metric["unit"], _value(metric), error, _floor(metric)))
    table(("metric", "unit", "value", "", "real data"), rows, numbers=3)


def diagnosis(found: dict[str, Any]) -> None:
    """Print verdicts, the worst first: what was found, the figures it was found by, what to try."""
    from kullback.report.words import grounds

    verdicts = sorted(found["verdicts"], key=lambda verdict: -SEVERITY[verdict["verdict"]])
    for verdict in verdicts:
        evidence = verdict["evidence"]
        typer.echo(f"{verdict['verdict']:<6}{verdict['id']}")
        _indented(evidence["text"])
        if verdict["verdict"] == "ok":
            continue
        _indented(grounds(evidence))
        if verdict["remedy"]:
            _indented(f"try: {verdict['remedy']}")


def _indented(text: str) -> None:
    lines = textwrap.wrap(text, 94, break_long_words=False, break_on_hyphens=False)
    typer.echo("\n".join(f"      {line}" for line in lines))


def side_by_side(runs: Sequence[Run]) -> None:
    """Print the evaluations of several runs as one table, a column a run."""
    found = [(run.folder.read_evaluation() or {"metrics": {}})["metrics"] for run in runs]
    names = list(dict.fromkeys(name for metrics in found for name in metrics))
    rows = []
    for name in names:
        here = [metrics.get(name) for metrics in found]
        first = next(metric for metric in here if metric)
        rows.append((name, first["unit"], *map(_value, here), _floor(first)))
    if rows:
        columns = ("metric", "unit", *(str(run.path) for run in runs), "real data")
        table(columns, rows, numbers=len(runs) + 1)


def _value(metric: dict[str, Any] | None) -> str:
    return "–" if metric is None or metric["value"] is None else f"{metric['value']:.4g}"


def _floor(metric: dict[str, Any]) -> str:
    return "" if metric["floor"] is None else f"{metric['floor']:.4g}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)
