"""The recipe: everything that decides a training, resolved once and never decided again.

It is made and written without torch, so that a folder that can be resumed stands a moment after the
command was given.
"""

from __future__ import annotations

import json
from importlib import metadata
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kullback.data import Dataset, Outline, Space
from kullback.errors import BadInput
from kullback.models.catalogue import find
from kullback.models.entry import Entry
from kullback.models.settings import Settings
from kullback.names import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT_VERSION: Literal[2] = 2


class DataRecipe(BaseModel):
    """Which data, and how they were split and are to be read.

    ``place`` is a name or an absolute path; ``None`` means the rows given in memory, which the run
    folder keeps. ``fingerprint`` is the SHA-256 of the rows before the split, ``label_counts`` how
    many training rows each class has.
    """

    model_config = ConfigDict(extra="forbid")

    place: str | None
    name: str
    fingerprint: str
    split_seed: int
    strict: bool
    rows: dict[str, int]
    space: dict[str, Any]
    label_names: list[str] | None
    label_counts: list[int] | None
    notes: list[str]
    streamed: bool = Field(False, description="whether the rows to learn from stay on disk")


class Recipe(BaseModel):
    """What a run folder's ``recipe.json`` holds."""

    model_config = ConfigDict(extra="forbid")

    format_version: Literal[2] = FORMAT_VERSION
    model: str
    settings: dict[str, Any]
    own_networks: list[str] = Field(
        default_factory=list, description="networks that were given as modules, by argument name"
    )
    data: DataRecipe
    source: DataRecipe | None = Field(None, description="the second data set")
    paired: bool = Field(False, description="whether its rows correspond to the first's")
    steps: int | None
    minutes: float | None
    batch_size: int
    seed: int
    threads: int
    device: str
    precision: Literal["fp32", "bf16"]
    compile: bool
    schedule: Literal["cosine"] = "cosine"
    notes: list[str] = Field(
        default_factory=list, description="what is to be known of the model's settings"
    )
    versions: dict[str, str]

    @property
    def entry(self) -> Entry:
        """The model's row in the catalogue."""
        return find(self.model)

    @property
    def space(self) -> Space:
        """What one observation is."""
        return Space.from_json(self.data.space)

    @property
    def outline(self) -> Outline:
        """What the model is built for."""
        return Outline(
            self.space,
            self.data.rows["train"],
            len(self.data.label_names or ()),
            None if self.source is None else Space.from_json(self.source.space),
            self.paired,
        )

    @property
    def chosen(self) -> Settings:
        """The settings, checked."""
        return parse_settings(self.entry, self.settings)

    @property
    def budget(self) -> str:
        """The horizon in words."""
        return f"{self.steps:,} steps" if self.steps is not None else f"{self.minutes:g} minutes"


def read_recipe(folder: Path) -> Recipe:
    """Read a folder's recipe; a folder that is no run raises ``BadInput``."""
    path = folder / "recipe.json"
    if not path.is_file():
        raise BadInput(f"{folder} is no run: it has no recipe.json; `kullback train` makes one")
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise BadInput(f"{path} is not JSON: {error}") from None
    version = found.get("format_version") if isinstance(found, dict) else None
    if version != FORMAT_VERSION:
        raise BadInput(f"{path} has format_version {version}; this version reads {FORMAT_VERSION}")
    try:
        return Recipe.model_validate(found)
    except ValidationError as error:
        raise BadInput(f"{path}: {_first(error)}") from None


def parse_settings(entry: Entry, given: Mapping[str, Any]) -> Settings:
    """Check settings by name, type and range; ``BadInput`` names the first that is wrong."""
    for name in given:
        if name not in entry.settings.model_fields:
            known = entry.settings.model_fields
            raise BadInput(f"{entry.name} has no setting {name!r}{nearest(name, known)}")
    try:
        return entry.settings.model_validate(dict(given))
    except ValidationError as error:
        raise BadInput(f"{entry.name}: {_first(error)}") from None


def parse_value(text: str) -> Any:
    """Read the value of ``key=value``: JSON, else numbers with commas as a list, else text."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    if "," in text:
        try:
            return [json.loads(part) for part in text.split(",")]
        except ValueError:
            pass
    return text


def resolve_steps(
    entry: Entry, steps: int | None, epochs: float | None, minutes: float | None, batches: float
) -> tuple[int | None, float | None]:
    """Return the horizon as (steps, minutes), one of them ``None``.

    An epoch is as many steps as there are batches in the training rows. Without a budget it is the
    model's own.
    """
    given = {"--steps": steps, "--epochs": epochs, "--minutes": minutes}
    chosen = [name for name, value in given.items() if value is not None]
    if len(chosen) > 1:
        raise BadInput(f"{' and '.join(chosen)} both say how long to train; give one of them")
    for name, value in given.items():
        if value is not None and not 0 < value < 1e12:
            raise BadInput(f"{name} is {value:g}; give a number above 0")
    if minutes is not None:
        return None, minutes
    if epochs is not None:
        return ceil(epochs * batches), None
    return steps or entry.steps, None


def describe_data(
    dataset: Dataset, place: str | None, split_seed: int, strict: bool, bits: bool
) -> DataRecipe:
    """Return the recipe's part on data; ``bits`` says that the model sees zeros and ones."""
    notes = list(dataset.notes)
    if bits and dataset.space.kind == "uint8":
        notes.append("8-bit values are binarised at every look: 1 with probability value/255")
    return DataRecipe(
        place=place,
        name=dataset.name,
        fingerprint=dataset.fingerprint,
        split_seed=split_seed,
        strict=strict,
        rows={
            "train": dataset.outline.rows,
            "validation": len(dataset.validation),
            "test": len(dataset.test),
        },
        space=dataset.space.to_json(),
        label_names=None if dataset.label_names is None else list(dataset.label_names),
        label_counts=None if dataset.label_counts is None else list(dataset.label_counts),
        notes=notes,
        streamed=dataset.stream is not None,
    )


def versions() -> dict[str, str]:
    """Return the versions that a result may depend on."""
    return {name: metadata.version(name) for name in ("kullback", "torch", "numpy")}


def _first(error: ValidationError) -> str:
    problem = error.errors()[0]
    if problem["type"] == "value_error" and not problem["loc"]:
        return str(problem["ctx"]["error"])  # of several fields together
    where = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"{where}={problem['input']!r} cannot be used: {message}"
