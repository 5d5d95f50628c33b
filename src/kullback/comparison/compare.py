"""A comparison as a whole: decided, conducted, and put into a table."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kullback.comparison.answers import Answer, answers
from kullback.comparison.conduct import Follower, conduct, failures, folder_of, is_finished
from kullback.comparison.recipe import (
    EXACT,
    ComparisonRecipe,
    Plan,
    Planned,
    Request,
    path_of,
    plan,
    plan_again,
    plan_finished,
    read_comparison,
    write_comparison,
)
from kullback.comparison.table import Row, Table, Trial
from kullback.errors import BadInput
from kullback.runs.folder import Folder
from kullback.runs.start import check_free

if TYPE_CHECKING:
    from kullback.runs.run import Run


@dataclass(frozen=True)
class Comparison:
    """A finished comparison: ``path`` is its folder, ``recipe`` what it consists of."""

    path: Path
    recipe: ComparisonRecipe

    @cached_property
    def table(self) -> Table:
        """The metrics of all runs, a row a model."""
        failed = failures(self.path)
        return Table.of(
            [
                Row(
                    name=name,
                    model=runs[0].recipe.model,
                    about=self._about(runs[0]),
                    trials=[_trial(self.path, run, failed.get(run.folder)) for run in runs],
                    exact=runs[0].recipe.model in EXACT,
                    classical=self.recipe.classical(name),
                )
                for name, runs in self.recipe.rows.items()
            ]
        )

    @property
    def runs(self) -> dict[str, list[Run]]:
        """The runs of each row that came to something, in the order of their seeds."""
        from kullback.runs.run import Run

        failed = failures(self.path)
        return {
            name: [Run(folder_of(self.path, run)) for run in runs if run.folder not in failed]
            for name, runs in self.recipe.rows.items()
        }

    @property
    def answers(self) -> list[Answer]:
        """What the table says to the questions that one asks before choosing a model."""
        return answers(self.table)

    @property
    def command(self) -> str | None:
        """The command that makes the comparison; finished runs were made by their own."""
        asked = self.recipe.asked
        if asked is None:
            return None
        words = ["kullback", "compare", *asked.models, "--data", asked.data]
        if asked.source is not None:
            words += ["--source", asked.source, *(["--paired"] if asked.paired else [])]
        words += ["--seeds", str(asked.seeds)]
        words += ["--steps", str(asked.steps)] if asked.steps is not None else []
        words += ["--minutes", f"{asked.minutes:g}"] if asked.minutes is not None else []
        words += ["--threads", str(asked.threads)] if asked.threads is not None else []
        for name, value in asked.settings.items():
            text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            words += ["--set", f"{name}={text}"]
        return shlex.join([*words, "--out", str(self.path)])

    def to_json(self) -> dict[str, Any]:
        """Plain values: what was compared, the table with every seed's values, and the answers."""
        asked = self.recipe.asked
        about = self.recipe.runs[0].recipe.data
        return {
            "data": {"name": about.name, "fingerprint": about.fingerprint, "rows": about.rows},
            "asked": None if asked is None else asked.model_dump(),
            **self.table.to_json(),
            "left_out": self.recipe.left_out,
            "notes": self.recipe.notes,
            "answers": [answer.to_json() for answer in self.answers],
        }

    def _about(self, run: Planned) -> str:
        recipe = run.recipe
        if recipe.model == "pca":
            return f"{recipe.settings['latent_dim']} components and a Gaussian, exact"
        if recipe.model == "gmm":
            many, shape = recipe.settings["latent_dim"], recipe.settings["covariance"]
            return f"{many} Gaussians with {shape} covariance, by EM"
        return recipe.entry.summary


def compare(
    out: Path, request: Request, resume: bool = False, follow: Follower | None = None
) -> Comparison:
    """Compare models as asked in the folder ``out``, or go on with the comparison there.

    A comparison that was begun there goes on if the same is asked again, or with ``resume``.
    Raises ``BadInput`` before anything is written, ``Interrupted`` after a signal.
    """
    if resume and read_comparison(out).asked is None and not request.models:
        return compare_finished(out, _given(out), follow)
    if resume or path_of(out).is_file():
        found = plan_again(out, request, resume)
    else:
        check_free(out)
        found = plan(out, request)
        write_comparison(out, found)
    conduct(out, found, follow)
    return Comparison(out, found.recipe)


def compare_finished(
    out: Path, folders: Sequence[Path], follow: Follower | None = None
) -> Comparison:
    """Compare runs that are finished; ``out`` gets the classical models that are not among them.

    A folder of a finished comparison stands for its runs. Runs without an evaluation are measured.
    """
    found = plan_finished(expanded(folders))
    if path_of(out).is_file():
        was = read_comparison(out)
        if [run.folder for run in was.runs] != [run.folder for run in found.recipe.runs]:
            raise BadInput(f"{out} compares other runs; give another --out")
        found = Plan(was)
    else:
        check_free(out)
        write_comparison(out, found)
    conduct(out, found, follow)
    return Comparison(out, found.recipe)


def expanded(folders: Sequence[Path]) -> list[Path]:
    """Put the runs of a comparison in the place of its folder."""
    found: list[Path] = []
    for folder in folders:
        if not path_of(folder).is_file():
            found.append(folder)
            continue
        runs = read_comparison(folder).runs
        left = sum(not is_finished(folder, run) for run in runs)
        if left:
            raise BadInput(
                f"{folder} has {left} of {len(runs)} runs to go; "
                f"`kullback compare --resume --out {folder}` goes on"
            )
        failed = failures(folder)
        found += [folder_of(folder, run) for run in runs if run.folder not in failed]
    return found


def _given(out: Path) -> list[Path]:
    return [folder_of(out, run) for run in read_comparison(out).runs if run.given]


def _trial(out: Path, run: Planned, failure: str | None) -> Trial:
    folder = Folder(folder_of(out, run))
    lines = folder.metrics()
    last: dict[str, Any] = lines[-1] if lines else {"seconds": None, "step": 0, "samples": 0}
    evaluation = {} if failure else folder.read_evaluation() or {}
    return Trial(
        name=run.folder,
        seed=run.recipe.seed,
        metrics=evaluation.get("metrics", {}),
        verdicts=evaluation.get("verdicts", []),
        seconds=last["seconds"],
        steps=last["step"],
        rows_seen=last["samples"],
        failure=failure,
    )
