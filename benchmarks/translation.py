"""Measure runs that translate one data set into another, on the test part.

    python benchmarks/translation.py RUN … [--json FILE]

    label kept     share of outputs in which the judge, a classifier of the real data, reads the
                   label of the row that was translated; the floor is what it reads of real rows
    confident      share of outputs to which it gives some class a probability over .9
    error          mean absolute difference from the corresponding row, in model units
    error given    the same, over the values that vary and are the same in a row and its source,
                   as those of the upper half are; absent where the source gives none
    variety        mean distance of two outputs for one source, over the mean distance of two real
                   rows of one class; 0 for a model without a latent

The errors are of rows that correspond, so they are absent for data sets that are not paired.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

import kullback as kb
from kullback.errors import BadInput
from kullback.evaluation import judge
from kullback.evaluation.reference import Reference
from kullback.runs.run import Run

Array = npt.NDArray[Any]

SEED = 0
SOURCES = 100
OUTPUTS = 10


def measured(run: Run, cache: Path) -> dict[str, float]:
    """Return the figures of one run by name."""
    data = run.data
    if data.source is None:
        raise BadInput(f"{run.path} translates nothing: it was trained on one data set")
    source, expert = data.source.test, judge.judge_of(Reference.of(data), cache)
    shown_rows = run.sample(len(source), seed=SEED, source=source.x)
    made, seen = data.space.to_model(shown_rows), expert.probabilities(shown_rows)
    assert source.y is not None
    found = {
        "label kept": float((seen.argmax(1) == source.y).mean()),
        "label kept, floor": expert.accuracy,
        "confident": float((seen.max(1) > judge.CONFIDENT).mean()),
    }
    if data.paired:
        real, shown = data.space.to_model(data.test.x), data.source.space.to_model(source.x)
        found |= errors(made, real, shown)
    found["variety"] = variety(run)
    return found


def errors(made: Array, real: Array, shown: Array) -> dict[str, float]:
    """Return how far outputs are from real rows, everywhere and where the source gives them.

    In model units, (N, …), row by row; ``shown``, the sources, may have another shape.
    """
    error = np.abs(made - real)
    found = {"error": float(error.mean())}
    if real.shape == shown.shape:
        given = (real == shown).all(0) & (real != real[0]).any(0)
        if given.any():
            found["error given"] = float(error[:, given].mean())
    return found


def variety(run: Run) -> float:
    """Return how far apart outputs for one source are, in units of real rows of one class."""
    data = run.data
    assert data.source is not None
    if not run.can("interpolate"):
        return 0.0
    rows = data.source.test.x[:SOURCES]
    outputs = [run.sample(len(rows), seed=seed, source=rows) for seed in range(OUTPUTS)]
    made = data.space.to_model(np.concatenate(outputs)).reshape(OUTPUTS, len(rows), -1)
    real = data.space.to_model(data.test.x).reshape(len(data.test), -1)
    assert data.test.y is not None
    of_class = [mean_distance(real[data.test.y == label]) for label in np.unique(data.test.y)]
    of_source = [mean_distance(made[:, i]) for i in range(len(rows))]
    return float(np.mean(of_source) / np.mean(of_class))


def mean_distance(rows: Array) -> float:
    """Return the mean Euclidean distance of two different rows (N, D)."""
    squares = (rows**2).sum(1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * rows @ rows.T, 0))
    return float(distances.sum() / (len(rows) * (len(rows) - 1)))


def main() -> None:
    """Print the figures of the runs as a table, and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "kullback")
    given = parser.parse_args()
    figures = {}
    for path in given.runs:
        run = kb.load(path)
        about = {
            "model": run.recipe.model,
            "data": run.data.name,
            "steps": run.metrics()[-1]["step"],
        }
        figures[str(path)] = about | measured(run, given.cache)
    table = Table("run", "model", "steps", *(names := _names(figures.values())))
    for path, row in figures.items():
        shown = [f"{row[name]:.3f}" if name in row else "" for name in names]
        table.add_row(path, row["model"], str(row["steps"]), *shown)
    Console().print(table)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


def _names(rows: Any) -> list[str]:
    found = dict.fromkeys(name for row in rows for name in row)
    return [name for name in found if name not in ("model", "data", "steps")]


if __name__ == "__main__":
    main()
