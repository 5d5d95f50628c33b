"""What the page is about: runs under names, those of the same data together."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kullback.data import Dataset
from kullback.report.views import View, view_of
from kullback.runs.recipe import Recipe
from kullback.runs.run import Run


@dataclass(frozen=True)
class Subject:
    """A run, and the name that it has on the page."""

    run: Run
    name: str

    @property
    def recipe(self) -> Recipe:
        return self.run.recipe

    @property
    def title(self) -> str:
        """What it is, as one says it."""
        recipe = self.recipe
        source = "" if recipe.source is None else f" from {recipe.source.name}"
        return f"{recipe.model} on {recipe.data.name}{source}"

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The reports of the training."""
        return self.run.metrics()

    @cached_property
    def evaluation(self) -> dict[str, Any] | None:
        """The last evaluation."""
        return self.run.folder.read_evaluation()

    @property
    def metrics(self) -> dict[str, dict[str, Any]]:
        """The last evaluation's metrics, none without one."""
        return {} if self.evaluation is None else self.evaluation["metrics"]

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        """The last evaluation's verdicts, none without one."""
        return [] if self.evaluation is None else self.evaluation["verdicts"]

    @property
    def is_game(self) -> bool:
        """Whether several players have losses."""
        return len({name.split("/")[0] for line in self.lines for name in line["terms"]}) > 1

    @property
    def command(self) -> str:
        """The command that repeats the training."""
        recipe = self.recipe
        folder = self.run.folder
        words = ["kullback", "train", recipe.model]
        words += ["--data", recipe.data.place or str(folder.data("data"))]
        if recipe.source is not None:
            words += ["--source", recipe.source.place or str(folder.data("source"))]
            words += ["--paired"] if recipe.paired else []
        words += ["--out", "DIR"]
        if recipe.steps is not None:
            words += ["--steps", str(recipe.steps)]
        if recipe.minutes is not None:
            words += ["--minutes", f"{recipe.minutes:g}"]
        for option in ("batch_size", "seed", "threads", "device", "precision"):
            words += [f"--{option.replace('_', '-')}", str(getattr(recipe, option))]
        words += ["--compile", "on"] if recipe.compile else []
        words += ["--strict"] if recipe.data.strict else []
        for name, value in recipe.settings.items():
            if value is not None:
                text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
                words += ["--set", f"{name}={text}"]
        return shlex.join(words)


@dataclass(frozen=True)
class Group:
    """Runs of the same data, and how rows of it, and of a second data set, are shown."""

    dataset: Dataset
    view: View
    second: View | None
    subjects: list[Subject]


def name_runs(runs: Sequence[Run]) -> list[Subject]:
    """Name each run by its folder; by the whole path where two folders have one name."""
    names = [run.path.resolve().name for run in runs]
    often = Counter(names)
    return [
        Subject(run, name if often[name] == 1 else str(run.path))
        for run, name in zip(runs, names, strict=True)
    ]


def group_by_data(subjects: Sequence[Subject]) -> list[Group]:
    """Put runs of the same data, split alike, together, in the order of their first."""
    groups: dict[tuple[object, ...], Group] = {}
    for subject in subjects:
        recipe = subject.recipe
        source = None if recipe.source is None else recipe.source.fingerprint
        key = (recipe.data.fingerprint, recipe.data.split_seed, source, recipe.paired)
        if key not in groups:
            dataset = subject.run.data
            second = None if dataset.source is None else view_of(dataset.source)
            groups[key] = Group(dataset, view_of(dataset), second, [])
        groups[key].subjects.append(subject)
    return list(groups.values())
