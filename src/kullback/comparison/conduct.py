"""Train and measure the runs of a comparison, one after the other, from where they stand.

A run that has its evaluation is finished and is not touched again. One that fails (a loss or a
sample that is not finite) is a result like another: ``failures.json`` keeps the diagnosis, and the
comparison goes on without it.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kullback.comparison.recipe import ComparisonRecipe, Plan, Planned
from kullback.errors import BadInput, Interrupted, TrainingFailed
from kullback.runs.folder import Folder, write_json

if TYPE_CHECKING:
    from types import FrameType

    from kullback.data import Dataset
    from kullback.runs.learn import Watcher


@dataclass(frozen=True)
class Standing:
    """How far a comparison is: at its ``number``-th run ``of`` so many.

    ``seconds_left`` is an estimate from the runs before, ``None`` before the first.
    """

    number: int
    of: int
    name: str
    seconds_left: float | None


Follower = Callable[[Standing], "Watcher | None"]
"""Hears of every run that begins, and returns who is to watch its training."""


def conduct(out: Path, plan: Plan, follow: Follower | None = None) -> None:
    """Finish the comparison whose recipe stands in ``out``.

    Raises ``Interrupted`` after SIGINT or SIGTERM, when what was done has been saved, and
    ``BadInput`` where the data have changed since.
    """
    recipe = plan.recipe
    left = [run for run in recipe.runs if not is_finished(out, run)]
    if not left:
        return
    dataset, pace = plan.dataset, _Pace(recipe, left)
    with _interruptible(out):
        for run in left:
            number = recipe.runs.index(run) + 1
            standing = Standing(number, len(recipe.runs), run.folder, pace.seconds_left())
            watcher = follow(standing) if follow else None
            begun = time.monotonic()
            dataset = _finish(out, run, dataset, watcher)
            pace.took(run, time.monotonic() - begun)


def folder_of(out: Path, run: Planned) -> Path:
    """Return where a run is."""
    return out / run.folder


def is_finished(out: Path, run: Planned) -> bool:
    """Say whether a run has been trained to its end and measured, or has failed."""
    if run.folder in failures(out):
        return True
    folder = Folder(folder_of(out, run))
    if not folder.evaluation.is_file():
        return False
    if run.given:
        return True
    lines = folder.metrics()
    if run.recipe.steps is not None:
        return bool(lines) and lines[-1]["step"] >= run.recipe.steps
    assert run.recipe.minutes is not None
    return bool(lines) and lines[-1]["seconds"] >= 60 * run.recipe.minutes


def failures(out: Path) -> dict[str, str]:
    """Return why runs came to nothing, by their folders."""
    path = out / "failures.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def _finish(
    out: Path, run: Planned, dataset: Dataset | None, watcher: Watcher | None
) -> Dataset | None:
    """Train and measure a run, and return the data, which the next one has as well."""
    from kullback.runs.learn import learn
    from kullback.runs.reading import read_again
    from kullback.runs.run import Run

    path = folder_of(out, run)
    folder = Folder(path)
    if run.given:
        Run(path).evaluate()
        return dataset
    if not (path / "recipe.json").is_file():
        folder.write_recipe(run.recipe)
    dataset = dataset or read_again(run.recipe, folder)
    try:
        trained = learn(path, run.recipe, dataset, {}, None, watcher)
    except TrainingFailed as error:
        _fail(out, run, str(error))
        return dataset
    try:
        trained.evaluate()
    except BadInput as error:
        _fail(out, run, str(error))
    return dataset


def _fail(out: Path, run: Planned, why: str) -> None:
    write_json(out / "failures.json", {**failures(out), run.folder: why})


class _Pace:
    """What is left, by what runs of the same row took, else by the mean of all."""

    def __init__(self, recipe: ComparisonRecipe, left: list[Planned]) -> None:
        self._left = [run.row for run in left]
        self._took: dict[str, float] = {}

    def took(self, run: Planned, seconds: float) -> None:
        self._left.remove(run.row)
        self._took[run.row] = seconds

    def seconds_left(self) -> float | None:
        if not self._took:
            return None
        usual = sum(self._took.values()) / len(self._took)
        return sum(self._took.get(row, usual) for row in self._left)


@contextmanager
def _interruptible(out: Path) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into ``Interrupted``, wherever they come (in the main thread only).

    Whatever was written was written whole, so that the comparison can stop at any line of it;
    training, which has a state to save, sees to the signal itself and then raises the same.
    """
    again = f"`kullback compare --resume --out {out}` goes on"

    def stop(number: int, _: FrameType | None) -> None:
        raise Interrupted(f"stopped; {again}", number)

    before: Mapping[signal.Signals, object] = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except Interrupted as error:
        raise Interrupted(
            f"{str(error).partition(';')[0]}; {again}", error.exit_code - 128
        ) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
