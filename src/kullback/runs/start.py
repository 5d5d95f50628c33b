"""From options to a trained run: resolve, write the recipe, and only then import torch."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from kullback.data import Dataset, Space, load
from kullback.data.memory import read_memory
from kullback.data.named import is_named
from kullback.data.raw import Raw
from kullback.errors import BadInput, Interrupted, TrainingFailed
from kullback.models.catalogue import find
from kullback.models.entry import Entry
from kullback.runs.folder import Folder
from kullback.runs.options import Options
from kullback.runs.reading import read_data
from kullback.runs.recipe import (
    DataRecipe,
    Recipe,
    describe_data,
    parse_settings,
    read_recipe,
    resolve_steps,
    versions,
)
from kullback.runs.threads import threads

if TYPE_CHECKING:
    from kullback.runs.learn import Watcher
    from kullback.runs.run import Run


_LONG_STEPS = 10_000
_LONG_MINUTES = 2.0


@dataclass(frozen=True)
class Resolved:
    """A recipe, the data it names, and the rows that no name or path leads to.

    These are by their part in the training, "data" or "source".
    """

    recipe: Recipe
    dataset: Dataset
    memory: Mapping[str, Raw]


def resolve(options: Options, dataset: Dataset | None = None) -> Resolved:
    """Decide everything that decides the training; whatever cannot be used raises ``BadInput``.

    ``dataset`` is what the options name, if it has been read already.
    """
    if options.model is None:
        raise BadInput("which model? `kullback models` lists them")
    if options.data is None:
        raise BadInput(
            "which data? give --data NAME or --data PATH; `kullback data` lists the names"
        )
    entry = find(options.model)
    chosen = parse_settings(entry, options.settings)
    steps, minutes = resolve_steps(entry, options.steps, options.epochs, options.minutes, 1)
    seed = options.seed or 0
    if not 0 <= seed < 2**63:
        raise BadInput(f"--seed is {seed}; give a whole number from 0 up")
    machine = {
        "threads": threads(options.threads),
        "device": _device(options.device),
        "precision": _precision(options.precision),
    }
    first, second = _located(options.data), _located(options.source)
    strict = bool(options.strict)
    if dataset is None:
        dataset = read_data(
            first.given, second and second.given, paired=bool(options.paired), strict=strict
        )
    rows = dataset.outline.rows
    fewest = rows if dataset.source is None else min(rows, dataset.source.outline.rows)
    batch_size = options.batch_size
    if batch_size is None:
        batch_size = min(entry.rows_in_batch(dataset.space), fewest)
    if not 1 <= batch_size <= fewest:
        raise BadInput(
            f"a batch of {batch_size} cannot be drawn from {fewest} training rows; "
            f"give --batch-size from 1 to {fewest}"
        )
    if options.epochs is not None:
        steps, minutes = resolve_steps(entry, None, options.epochs, None, rows / batch_size)
    resolved = entry.resolve(chosen, dataset.outline)
    settings = resolved.model_dump()
    bits = settings.get("likelihood") == "bernoulli"
    source = None
    if dataset.source is not None and second is not None:
        source = describe_data(dataset.source, second.place, 0, strict, bits=False)
    recipe = Recipe(
        model=entry.name,
        settings=settings,
        own_networks=sorted(options.networks),
        data=describe_data(dataset, first.place, 0, strict, bits),
        source=source,
        paired=dataset.paired,
        steps=steps,
        minutes=minutes,
        batch_size=batch_size,
        seed=seed,
        compile=_compile(options, entry, dataset.space, machine["device"], steps, minutes),
        notes=list(entry.notes(resolved)),
        versions=versions(),
        **machine,
    )
    located = {"data": first, "source": second}
    memory = {name: at.given for name, at in located.items() if at and at.place is None}
    return Resolved(recipe, dataset, memory)


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
    if resume:
        recipe = check_resumed(out, options)
        from kullback.runs.learn import learn

        return learn(out, recipe, None, options.networks, stop_at, watch)
    check_free(out)
    resolved = resolve(options)
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        prepare(out, resolved)
        from kullback.runs.learn import learn

        return learn(out, resolved.recipe, resolved.dataset, options.networks, stop_at, watch)
    except (TrainingFailed, Interrupted):
        raise
    except Exception:
        _abandon(Folder(out), made)
        raise


def check_free(out: Path) -> None:
    """Refuse a place that holds anything."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"{out} is taken; give another --out, or --resume to go on with a run there")


def prepare(out: Path, resolved: Resolved) -> None:
    """Write the recipe, and the rows where they have no file of their own."""
    folder = Folder(out)
    for part, rows in resolved.memory.items():
        folder.write_data(part, rows)
    folder.write_recipe(resolved.recipe)


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
    asked = {name: value for name, value in given.items() if value is not None}
    kept: dict[str, Any] = {name: getattr(recipe, name) for name in asked}
    if options.strict is not None:
        asked["strict"], kept["strict"] = options.strict, recipe.data.strict
    if options.paired is not None:
        asked["paired"], kept["paired"] = options.paired, recipe.paired
    if options.data is not None:
        asked["data"], kept["data"] = _identity(options.data, recipe.data)
    if options.source is not None:
        asked["source"], kept["source"] = _identity(options.source, recipe.source)
    settings = parse_settings(recipe.entry, {**recipe.settings, **options.settings}).model_dump()
    for name in options.settings:
        asked[name], kept[name] = settings[name], recipe.settings[name]
    for name, value in asked.items():
        if value != kept[name]:
            raise BadInput(
                f"{out} was begun with {name}={kept[name]}, not {value}; --resume finishes it as "
                "it was begun"
            )
    if set(options.networks) != set(recipe.own_networks):
        names = ", ".join(recipe.own_networks) or "none"
        raise BadInput(f"{out} was begun with these networks of your own: {names}; give the same")
    return recipe


def _identity(data: object, kept: DataRecipe | None) -> tuple[str, str | None]:
    """Return what tells data apart, of the given and of the recipe's: the place, else the rows."""
    located = _located(data)
    if kept is None:
        return located.place or "rows in memory", None
    if located.place is not None and kept.place is not None:
        return located.place, kept.place
    return load(located.given).fingerprint, kept.fingerprint


def _abandon(folder: Folder, made: list[Path]) -> None:
    """Take back what was written, and the folders that were made, innermost first.

    What has been learned stays. Before the first round there may be a checkpoint too, of networks
    of one's own.
    """
    if folder.last.is_file() and folder.read_tensors(folder.last)[1]["step"] > 0:
        return
    folder.clear()
    for path in made:
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


@dataclass(frozen=True)
class _Located:
    """What to load, and its name or absolute path; rows in memory have none."""

    given: Any
    place: str | None


@overload
def _located(data: None) -> None: ...
@overload
def _located(data: object) -> _Located: ...
def _located(data: object) -> _Located | None:
    """Find data; a named set is meant even where a folder of that name happens to lie about."""
    if data is None:
        return None
    if isinstance(data, str) and (is_named(data) or not Path(data).exists()):
        return _Located(data, data)
    if isinstance(data, (str, os.PathLike)):
        path = str(Path(data).resolve())
        return _Located(path, path)
    return _Located(read_memory(data), None)


def _compile(
    options: Options,
    entry: Entry,
    space: Space,
    device: str,
    steps: int | None,
    minutes: float | None,
) -> bool:
    """Compile without being told to where it pays: long runs of our small networks on a processor.

    Compiling takes half a minute or more and needs a C++ compiler; whether a network of one's own
    can be compiled is not known.
    """
    if options.compile is not None:
        return options.compile
    ours = not options.networks and not space.is_image
    is_long = minutes >= _LONG_MINUTES if minutes is not None else (steps or 0) >= _LONG_STEPS
    compiler = any(shutil.which(name) for name in ("g++", "clang++"))
    return entry.compile_pays and ours and is_long and device == "cpu" and compiler


def _device(chosen: str | None) -> str:
    # Decided without importing torch: a driver, and a build of torch that could use it.
    usable = Path("/proc/driver/nvidia/version").exists() and "cpu" not in metadata.version("torch")
    name = chosen or ("cuda" if usable else "cpu")
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or (number and not number.isdigit()):
        raise BadInput(f"--device is {name!r}; give cpu, cuda, cuda:N or mps")
    return name


def _precision(chosen: str | None) -> Any:
    if chosen not in (None, "fp32", "bf16"):
        raise BadInput(f"--precision is {chosen!r}; give fp32 or bf16")
    return chosen or "fp32"
