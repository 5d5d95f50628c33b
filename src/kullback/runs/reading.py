"""Read a run's data: one data set, or two; when training begins, and again afterwards."""

from __future__ import annotations

from dataclasses import replace

from kullback.data import Dataset, load, load_pair
from kullback.errors import BadInput
from kullback.runs.folder import Folder
from kullback.runs.recipe import DataRecipe, Recipe


def read_data(
    first: object,
    second: object,
    *,
    paired: bool,
    split_seed: int = 0,
    strict: bool = False,
    streamed: bool | None = None,
) -> Dataset:
    """Read a data set, and with it a second one unless that is ``None``.

    ``streamed`` says whether rows stay on disk, where that has been decided.
    """
    if second is None:
        if paired:
            raise BadInput("--paired says how a second data set corresponds; give --source DATA2")
        return load(first, split_seed=split_seed, strict=strict, streamed=streamed)
    return load_pair(
        first, second, paired=paired, split_seed=split_seed, strict=strict, streamed=streamed
    )


def read_again(recipe: Recipe, folder: Folder) -> Dataset:
    """Read the data that a recipe names, split as then; ``BadInput`` if they have changed since."""
    data, source = recipe.data, recipe.source
    dataset = read_data(
        data.place or folder.data("data"),
        source and (source.place or folder.data("source")),
        paired=recipe.paired,
        split_seed=data.split_seed,
        strict=data.strict,
        streamed=data.streamed,
    )
    second = dataset.source
    if source is not None and second is not None:
        second = _unchanged(second, source, folder)
    return replace(_unchanged(dataset, data, folder), source=second)


def _unchanged(dataset: Dataset, recipe: DataRecipe, folder: Folder) -> Dataset:
    if dataset.fingerprint != recipe.fingerprint:
        raise BadInput(
            f"{recipe.place or recipe.name} is not what it was when {folder.path} was trained "
            "(its fingerprint differs)"
        )
    return replace(dataset, name=recipe.name)
