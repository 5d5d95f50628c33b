"""What a comparison consists of, decided once: ``comparison.json`` beside the folders of its runs.

    models       those asked for, each with every seed
    pca, gmm     classical models, which need no network: what a number is worth is seen beside them
    real data    the floors of the metrics; needs no run

All runs have the same data, the same split (its seed is not the training's), and the same budget;
batches and networks are the defaults of each model, which are the same for the same data wherever
two models have the same part, unless a setting says otherwise. The classical models have a budget
of their own, moves that are exact: one for ``pca``, which is the same for every seed and so runs
once; for ``gmm`` its rounds of EM. A classical model that cannot be fitted to the data is left out,
and the recipe says why.

It is written before torch is imported, and holds the whole recipe of every run, so that going on
decides nothing anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kullback.data import Dataset
from kullback.data.raw import Raw
from kullback.errors import BadInput
from kullback.models.catalogue import find
from kullback.models.entry import Entry
from kullback.names import nearest
from kullback.runs.folder import Folder, write_json
from kullback.runs.options import Options
from kullback.runs.recipe import Recipe, read_recipe
from kullback.runs.start import Resolved, resolve

FORMAT_VERSION: Literal[1] = 1
CLASSICAL = {"pca": 1, "gmm": 30}
"""Their rounds. From the 30th on, one of EM moved the KL by at most .06 nats (digits, mnist5k)."""

EXACT = ("pca",)
MOST_SEEDS = 100


@dataclass(frozen=True)
class Request:
    """What was asked for; ``None`` was not."""

    models: Sequence[str] = ()
    data: object = None
    source: object = None
    paired: bool | None = None
    seeds: int | None = None
    steps: int | None = None
    minutes: float | None = None
    threads: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


class Asked(BaseModel):
    """The request, as far as it decides the comparison."""

    model_config = ConfigDict(extra="forbid")

    models: list[str]
    data: str
    source: str | None
    paired: bool
    seeds: int
    steps: int | None
    minutes: float | None
    threads: int | None
    settings: dict[str, Any]


class Planned(BaseModel):
    """A run: its row, its folder (relative to the comparison's unless absolute), its recipe."""

    model_config = ConfigDict(extra="forbid")

    row: str
    folder: str
    recipe: Recipe

    @property
    def given(self) -> bool:
        """Whether it was trained before, and only measured here."""
        return Path(self.folder).is_absolute()


class ComparisonRecipe(BaseModel):
    """What ``comparison.json`` holds."""

    model_config = ConfigDict(extra="forbid")

    format_version: Literal[1] = FORMAT_VERSION
    asked: Asked | None = Field(None, description="None for a comparison of finished runs")
    runs: list[Planned]
    left_out: dict[str, str] = Field(
        default_factory=dict, description="classical models that cannot be fitted, and why"
    )
    notes: list[str] = Field(default_factory=list)

    @property
    def rows(self) -> dict[str, list[Planned]]:
        """The runs of each row, in the order of the table."""
        found: dict[str, list[Planned]] = {}
        for run in self.runs:
            found.setdefault(run.row, []).append(run)
        return dict(sorted(found.items(), key=lambda item: self._is_added(item[0])))

    def _is_added(self, row: str) -> bool:
        asked = self.asked.models if self.asked else [r.row for r in self.runs if r.given]
        return row not in asked

    def classical(self, row: str) -> bool:
        """Say whether a row was added to give the others a meaning."""
        return self._is_added(row)


@dataclass(frozen=True)
class Plan:
    """A recipe, the data if they have been read already, and those rows that no path leads to."""

    recipe: ComparisonRecipe
    dataset: Dataset | None = None
    memory: Mapping[str, Raw] = field(default_factory=dict)


def path_of(out: Path) -> Path:
    """Return where the recipe of a comparison is."""
    return out / "comparison.json"


def read_comparison(out: Path) -> ComparisonRecipe:
    """Read the recipe of a comparison; a folder that is none raises ``BadInput``."""
    path = path_of(out)
    if not path.is_file():
        raise BadInput(f"{out} is no comparison: it has no comparison.json")
    try:
        return ComparisonRecipe.model_validate_json(path.read_text("utf-8"))
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise BadInput(f"{path} cannot be used: {where} {problem['msg'].lower()}") from None


def write_comparison(out: Path, plan: Plan) -> None:
    """Write the recipe, after the rows that have no file of their own."""
    for part, rows in plan.memory.items():
        Folder(out).write_data(part, rows)
    write_json(path_of(out), plan.recipe.model_dump(mode="json"))


def plan(out: Path, request: Request) -> Plan:
    """Decide everything; whatever cannot be used raises ``BadInput``, and nothing is written."""
    seeds = _check(request)
    entries = [find(name) for name in request.models]
    _check_settings(entries, request.settings)
    first = _resolved(entries[0], request, None)
    dataset = first.dataset
    alike = replace(request, threads=first.recipe.threads)
    found = [first, *(_resolved(entry, alike, dataset) for entry in entries[1:])]
    recipes = [_placed(resolved.recipe, out) for resolved in found]
    added, left_out = _classical(alike, request.models, dataset)
    recipes += [_placed(recipe, out) for recipe in added]
    asked = Asked(
        models=[*request.models],
        data=str(recipes[0].data.place),
        source=None if recipes[0].source is None else recipes[0].source.place,
        paired=recipes[0].paired,
        seeds=seeds,
        steps=request.steps,
        minutes=request.minutes,
        threads=request.threads,
        settings=dict(request.settings),
    )
    recipe = ComparisonRecipe(
        asked=asked,
        runs=_by_seed(recipes, seeds),
        left_out=left_out,
        notes=_notes(entries, request.settings),
    )
    return Plan(recipe, dataset, first.memory)


def plan_again(out: Path, request: Request, resume: bool) -> Plan:
    """Return the plan of a comparison that was begun; what is asked otherwise now is refused.

    To ``resume``, what is not asked is as it was; else the whole request has to be the same.
    """
    recipe = read_comparison(out)
    was = recipe.asked
    if was is None:
        raise BadInput(f"{out} compares finished runs; repeat the command that compared them")
    if resume:
        kept = was.model_dump()
        request = replace(
            request,
            **{name: kept[name] for name in kept if getattr(request, name) in (None, (), [], {})},
        )
    now = plan(out, request)
    assert now.recipe.asked is not None
    for name, value in now.recipe.asked.model_dump().items():
        before = getattr(was, name)
        if value != before:
            raise BadInput(
                f"{out} was begun with {name}={_told(before)}, not {_told(value)}; it goes on as "
                "it was begun, or give another --out"
            )
    if now.recipe.runs[0].recipe.data.fingerprint != recipe.runs[0].recipe.data.fingerprint:
        raise BadInput(f"{was.data} is not what it was when {out} was begun")
    return Plan(recipe, now.dataset)


def plan_finished(folders: Sequence[Path]) -> Plan:
    """Put finished runs in rows, with the classical models that are not among them.

    Runs are in one row if they differ in nothing but their seed. Raises ``BadInput`` for runs of
    different data, without weights, or twice the same.
    """
    recipes = {folder.resolve(): read_recipe(folder) for folder in folders}
    first = next(iter(recipes.values()))
    for folder, recipe in recipes.items():
        if not Folder(folder).model.is_file():
            raise BadInput(
                f"{folder} has no model yet; `kullback train --resume --out {folder}` goes on"
            )
        if _data_of(recipe) != _data_of(first):
            raise BadInput(
                f"{folder} was trained on other data than the first ({recipe.data.name}, "
                f"{first.data.name}); only runs of the same data, split alike, can be compared"
            )
    names = _row_names(recipes)
    runs = [
        Planned(row=names[folder], folder=str(folder), recipe=recipe)
        for folder, recipe in recipes.items()
    ]
    _check_seeds(runs)
    most = max(sum(run.row == row for run in runs) for row in names.values())
    request = Request(
        data=first.data.place or Folder(next(iter(recipes))).data("data"),
        source=first.source and (first.source.place or Folder(next(iter(recipes))).data("source")),
        paired=first.paired or None,
        threads=first.threads,
    )
    models = [recipe.model for recipe in recipes.values()]
    added, left_out = _classical(request, models, None)
    runs += _by_seed(added, most)
    return Plan(ComparisonRecipe(asked=None, runs=runs, left_out=left_out))


def _check(request: Request) -> int:
    """Check what no single run would notice, and return the number of seeds."""
    if not request.models:
        raise BadInput("which models? `kullback models` lists them")
    twice = [name for name in request.models if list(request.models).count(name) > 1]
    if twice:
        raise BadInput(f"{twice[0]} stands twice among the models; give each once")
    if (request.steps is None) == (request.minutes is None):
        raise BadInput("a comparison gives every model the same: give --steps N or --minutes M")
    seeds = 3 if request.seeds is None else request.seeds
    if not 1 <= seeds <= MOST_SEEDS:
        raise BadInput(f"--seeds is {seeds}; give how many, from 1 to {MOST_SEEDS}")
    return seeds


def _check_settings(entries: Sequence[Entry], settings: Mapping[str, Any]) -> None:
    for name in settings:
        if not any(_has(entry, name) for entry in entries):
            known = sorted({field for e in entries for field in e.settings.model_fields})
            raise BadInput(f"none of the models has a setting {name!r}{nearest(name, known)}")


def _has(entry: Entry, setting: str) -> bool:
    known = setting in entry.settings.model_fields
    return known and (setting != "latent_dim" or entry.latent is not None)


def _notes(entries: Sequence[Entry], settings: Mapping[str, Any]) -> list[str]:
    """Say which models a setting did not reach."""
    found = []
    for name, value in settings.items():
        without = [entry.name for entry in entries if not _has(entry, name)]
        if without:
            found.append(f"{name}={_told(value)} is no setting of {', '.join(without)}")
    return found


def _resolved(entry: Entry, request: Request, dataset: Dataset | None) -> Resolved:
    own = CLASSICAL.get(entry.name)
    options = Options(
        model=entry.name,
        data=request.data,
        source=request.source,
        paired=request.paired,
        steps=own or request.steps,
        minutes=None if own else request.minutes,
        threads=request.threads,
        settings={name: v for name, v in request.settings.items() if _has(entry, name)},
    )
    return resolve(options, dataset)


def _classical(
    request: Request, models: Sequence[str], dataset: Dataset | None
) -> tuple[list[Recipe], dict[str, str]]:
    """Return the recipes of the classical models that were not asked for, as they are by default.

    Those that do not fit the data stand apart, each with its reason.
    """
    plain = replace(request, settings={})
    found, left_out = [], {}
    for name in CLASSICAL:
        if name in models:
            continue
        try:
            found.append(_resolved(find(name), plain, dataset).recipe)
        except BadInput as error:
            left_out[name] = str(error).partition("; ")[0]
    return found, left_out


def _by_seed(recipes: Sequence[Recipe], seeds: int) -> list[Planned]:
    """Seed by seed: a comparison cut short has all of its models, and knows their times."""
    return [
        Planned(
            row=recipe.model,
            folder=f"{recipe.model}-{seed}",
            recipe=recipe.model_copy(update={"seed": seed}),
        )
        for seed in range(seeds)
        for recipe in recipes
        if seed == 0 or recipe.model not in EXACT
    ]


def _placed(recipe: Recipe, out: Path) -> Recipe:
    """Let rows in memory have a file, one for all runs."""
    update = {}
    for part in ("data", "source"):
        about = getattr(recipe, part)
        if about is not None and about.place is None:
            place = str(Folder(out).data(part).resolve())
            update[part] = about.model_copy(update={"place": place})
    return recipe.model_copy(update=update)


def _data_of(recipe: Recipe) -> tuple[object, ...]:
    source = recipe.source and recipe.source.fingerprint
    return recipe.data.fingerprint, recipe.data.split_seed, source, recipe.paired


def _row_names(recipes: Mapping[Path, Recipe]) -> dict[Path, str]:
    """Name rows by their models; models that stand in several, by what sets these apart too."""
    told = {folder: _facts(recipe) for folder, recipe in recipes.items()}
    found = {}
    for folder, recipe in recipes.items():
        rivals = [told[other] for other, r in recipes.items() if r.model == recipe.model]
        apart = [
            f"{name}={_told(value)}"
            for name, value in told[folder].items()
            if any(rival[name] != value for rival in rivals)
        ]
        found[folder] = " ".join([recipe.model, *apart])
    return found


def _facts(recipe: Recipe) -> dict[str, Any]:
    """What decides a training of a model, its seed apart."""
    facts = {name: getattr(recipe, name) for name in ("steps", "minutes", "batch_size")}
    return {**recipe.settings, **facts, "own_networks": recipe.own_networks}


def _check_seeds(runs: Sequence[Planned]) -> None:
    seen: dict[tuple[str, int], str] = {}
    for run in runs:
        key = run.row, run.recipe.seed
        if key in seen:
            raise BadInput(
                f"{seen[key]} and {run.folder} are one model with one seed, "
                f"{run.recipe.seed}; give seeds that differ"
            )
        seen[key] = run.folder


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
