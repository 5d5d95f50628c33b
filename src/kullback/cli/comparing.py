"""The command ``compare``: models to train, or finished runs, and what is seen of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from kullback.cli import show
from kullback.cli.progress import Progress
from kullback.comparison import Cell, Column, Comparison, Request, Standing, Table, compare
from kullback.comparison import compare_finished as compare_runs
from kullback.errors import BadInput
from kullback.models.catalogue import CATALOGUE, find

if TYPE_CHECKING:
    from kullback.runs.learn import Watcher

_COLUMNS = 4
_MARKS = {"best": " ●", "level": " ≈", "worse": " *", None: ""}


def run(
    subjects: Sequence[str], request: Request, out: Path | None, resume: bool, json: bool
) -> None:
    """Compare models, or finished runs where ``subjects`` are their folders; print the table."""
    folders = [name for name in subjects if name not in CATALOGUE and Path(name).is_dir()]
    if not folders:
        for name in subjects:
            find(name)
        _models(replace(request, models=tuple(subjects)), out, resume, json)
        return
    if len(folders) < len(subjects):
        other = next(name for name in subjects if name not in folders)
        raise BadInput(f"{other} is no run folder; give models, or folders of finished runs")
    if resume or request != Request():
        raise BadInput("finished runs are compared as they are; leave out all options but --out")
    with _somewhere(out) as place, _Stages() as stages:
        found = compare_runs(place, [Path(name) for name in folders], stages)
        _tell(found, None if out is None else place, json)


def _models(request: Request, out: Path | None, resume: bool, json: bool) -> None:
    if out is None:
        raise BadInput("where should the comparison be kept? give --out DIR")
    if not resume and not request.models:
        raise BadInput("which models? `kullback models` lists them; or give folders of runs")
    with _Stages() as stages:
        found = compare(out, request, resume, stages)
    _tell(found, out, json)


@contextmanager
def _somewhere(out: Path | None) -> Iterator[Path]:
    """The place for the classical models; without ``out`` it does not outlive the command."""
    if out is not None:
        yield out
        return
    with TemporaryDirectory() as place:
        yield Path(place) / "comparison"


def _tell(comparison: Comparison, out: Path | None, json: bool) -> None:
    """Write the report if there is a place for it, and print the table."""
    if out is not None:
        from kullback.report import write_comparison

        write_comparison(comparison, out / "report.html")
    if json:
        show.as_json(comparison.to_json())
        return
    from kullback.report.sentences import findings, in_words, proposed, question, speed

    table = comparison.table
    for start in range(0, max(1, len(table.columns)), _COLUMNS):
        _print(table, table.columns[start : start + _COLUMNS])
    typer.echo("● best mean  ≈ seeds do not tell it from the best  * they do  ± 95 % interval\n")
    for answer in comparison.answers:
        typer.echo(f"{question(answer)}: {in_words(answer, table)}")
    typer.echo(f"Fastest: {speed(comparison)}")
    typer.echo(f"Any disease? {findings(table)}")
    typer.echo(proposed(comparison))
    notes = [*comparison.recipe.notes]
    notes += [f"no row for {name}: {why}" for name, why in comparison.recipe.left_out.items()]
    for note in notes:
        typer.echo(f"note: {note}")
    if out is not None:
        typer.echo(f"wrote {out / 'report.html'}")


def _print(table: Table, columns: Sequence[Column]) -> None:
    from kullback.report.words import number

    rows = [
        (row.name, *(_cell(table.cell(row, column)) for column in columns)) for row in table.rows
    ]
    real = ["–" if column.real is None else number(column.real) for column in columns]
    names = [column.name for column in columns]
    show.table(("model", *names), [*rows, ("real data", *real)], numbers=len(columns))


def _cell(cell: Cell | None) -> str:
    from kullback.report.sentences import value

    return "–" if cell is None else value(cell) + _MARKS[cell.mark]


class _Stages:
    """Says on standard error which run begins and how long all will take, and watches each."""

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def __enter__(self) -> _Stages:
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def __call__(self, standing: Standing) -> Watcher:
        self._end()
        left = standing.seconds_left
        about = "" if left is None else f", about {left // 60:.0f}:{left % 60:02.0f} left"
        print(
            f"run {standing.number} of {standing.of}: {standing.name}{about}",
            file=sys.stderr,
            flush=True,
        )
        self._progress = Progress()
        return self._progress

    def _end(self) -> None:
        if self._progress is not None:
            self._progress.__exit__()
            self._progress = None
