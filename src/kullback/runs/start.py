"""From options to a trained run: resolve, write the recipe, and only then import torch."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kullback.data import Dataset
from kullback.data import load as load_data
from kullback.data.memory import read_memory
from kullback.errors import BadInput
from kullback.models.catalogue import find
from kullback.runs.folder import Folder
from kullback.runs.options import Options
from kullback.runs.recipe import (
    Recipe,
    describe_data,
    parse_settings,
    read_recipe,
    resolve_steps,
    versions,
)

if TYPE_CHECKING:
    from kullback.runs.learn import Watcher
    from kullback.runs.run import Run


def resolve(options: Options) -> tuple[Recipe, Dataset]:
    """Decide everything that decides the training; whatever cannot be used raises ``BadInput``."""
    if options.model is None:
        raise BadInput("which model? `kullback models` lists them")
    if options.data is None:
        raise BadInput(
            "which data? give --data NAME or --data PATH; `kullback data` lists the names"
        )
    entry = find(options.model)
    chosen = parse_settings(entry, options.settings)
    steps, minutes = resolve_steps(entry, options.steps, options.epochs, options.minutes, 1)
    source, named = _source(options.data)
    dataset = load_data(source, strict=bool(options.strict))
    rows = len(dataset.train)
    batch_size = options.batch_size
    if batch_size is None:
        batch_size = min(entry.batch_size, rows)
    if not 1 <= batch_size <= rows:
        raise BadInput(
            f"a batch of {batch_size} cannot be drawn from {rows} training rows; "
            f"give --batch-size from 1 to {rows}"
        )
    if options.epochs is not None:
        steps, minutes = resolve_steps(entry, None, options.epochs, None, rows / batch_size)
    seed = options.seed or 0
    if not 0 <= seed < 2**63:
        raise BadInput(f"--seed is {seed}; give a whole number from 0 up")
    recipe = Recipe(
        model=entry.name,
        settings=entry.resolve(chosen, dataset.space).model_dump(),
        own_networks=sorted(options.networks),
        data=describe_data(dataset, named, 0, bool(options.strict)),
        steps=steps,
        minutes=minutes,
        batch_size=batch_size,
        seed=seed,
        threads=_threads(options.threads),
        device=_device(options.device),
        precision=_precision(options.precision),
        compile=bool(options.compile),
        versions=versions(),
    )
    return recipe, dataset


def start(
    out: Path,
    options: Options,
    resume: bool = False,
    stop_at: int | None = None,
    watch: Watcher | None = None,
) -> Run:
    """Train as the options say, or go on with the run in ``out``, and return the run.

    ``stop_at`` ends early, at that step, and leaves the horizon where it was. ``watch`` hears of
    every report. Raises ``BadInput`` before anything is written, or leaves nothing behind.
    """
    if stop_at is not None and stop_at < 1:
        raise BadInput(f"--stop-at is {stop_at}; give a step from 1 up")
    recipe = check_resumed(out, options) if resume else prepare(out, options)
    from kullback.runs.learn import learn

    try:
        return learn(out, recipe, options.networks, stop_at, watch)
    except BadInput:
        if not resume:
            abandon(out)
        raise


def prepare(out: Path, options: Options) -> Recipe:
    """Claim the folder: write the recipe, and the rows where they have no file of their own.

    An existing folder with anything in it raises ``BadInput``.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"{out} is taken; give another --out, or --resume to go on with a run there")
    recipe, _ = resolve(options)
    folder = Folder(out)
    if recipe.data.source is None:
        (x, y), _ = _source(options.data)
        folder.write_data(x, y)
    folder.write_recipe(recipe)
    return recipe


def check_resumed(out: Path, options: Options) -> Recipe:
    """Return the recipe of a run to go on with; an option that differs raises ``BadInput``."""
    recipe = read_recipe(out)
    given = {
        "model": options.model,
        "steps": options.steps,
        "minutes": options.minutes,
        "batch_size": options.batch_size,
        "seed": options.seed,
        "threads": options.threads,
        "device": options.device,
        "precision": options.precision,
        "compile": options.compile,
    }
    if options.epochs is not None:
        batches = recipe.data.rows["train"] / recipe.batch_size
        given["steps"], _ = resolve_steps(recipe.entry, None, options.epochs, None, batches)
    kept: dict[str, Any] = {name: getattr(recipe, name) for name in given}
    if options.data is not None:
        given["data"], kept["data"] = _source(options.data)[1], recipe.data.source
    settings = parse_settings(recipe.entry, {**recipe.settings, **options.settings}).model_dump()
    for name in options.settings:
        given[name], kept[name] = settings[name], recipe.settings[name]
    for name, value in given.items():
        if value is not None and value != kept[name]:
            raise BadInput(
                f"{out} was begun with {name}={kept[name]}, not {value}; --resume finishes it as "
                "it was begun"
            )
    if set(options.networks) != set(recipe.own_networks):
        names = ", ".join(recipe.own_networks) or "none"
        raise BadInput(f"{out} was begun with these networks of your own: {names}; give the same")
    return recipe


def abandon(out: Path) -> None:
    """Remove a run folder in which nothing has been learnt yet."""
    folder = Folder(out)
    if not folder.last.is_file():
        shutil.rmtree(out, ignore_errors=True)


def _source(data: object) -> tuple[Any, str | None]:
    """Return what to load, and its name or absolute path; rows in memory have none."""
    if isinstance(data, str) and not Path(data).exists():
        return data, data
    if isinstance(data, (str, os.PathLike)):
        path = str(Path(data).resolve())
        return path, path
    read = read_memory(data)
    return (read.x, read.y), None


def _threads(chosen: int | None) -> int:
    if chosen is None:
        own = os.environ.get("OMP_NUM_THREADS", "")
        return int(own) if own.isdigit() and int(own) > 0 else len(os.sched_getaffinity(0))
    if not 1 <= chosen <= 1024:
        raise BadInput(f"--threads is {chosen}; give a whole number from 1 up")
    return chosen


def _device(chosen: str | None) -> str:
    name = chosen or ("cuda" if Path("/proc/driver/nvidia/version").exists() else "cpu")
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or (number and not number.isdigit()):
        raise BadInput(f"--device is {name!r}; give cpu, cuda, cuda:N or mps")
    return name


def _precision(chosen: str | None) -> Any:
    if chosen not in (None, "fp32", "bf16"):
        raise BadInput(f"--precision is {chosen!r}; give fp32 or bf16")
    return chosen or "fp32"
