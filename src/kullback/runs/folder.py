"""The run folder: what each file is, written whole or not at all.

recipe.json             what decides the training
metrics.jsonl           a line a report, only ever appended to
model.safetensors       what sampling uses
checkpoints/            last: all of exact resume; best: the weights that validated best
samples/                previews on the way
evaluation.json         the last evaluation
data.npz, source.npz    the rows, where they were given in memory
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kullback.data.raw import Raw
from kullback.errors import BadInput
from kullback.runs.recipe import Recipe, read_recipe

if TYPE_CHECKING:
    from torch import Tensor


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a temporary neighbour, then give it its name in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        temporary.touch(exist_ok=False)
        permissions = temporary.stat().st_mode
        write(temporary)
        temporary.chmod(permissions)  # safetensors takes those of others away
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people and programs: UTF-8, indented, no NaN."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(path, lambda temporary: temporary.write_text(text, "utf-8"))


class Folder:
    """A run folder; it knows names and formats and nothing of what the files mean."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def model(self) -> Path:
        """The weights that sampling uses."""
        return self.path / "model.safetensors"

    @property
    def last(self) -> Path:
        """The state that training goes on from."""
        return self.path / "checkpoints" / "last.safetensors"

    @property
    def best(self) -> Path:
        """The weights that validated best, where validation orders models."""
        return self.path / "checkpoints" / "best.safetensors"

    def data(self, part: str) -> Path:
        """Return where rows given in memory are, by their part: "data" or "source"."""
        return self.path / f"{part}.npz"

    @property
    def evaluation(self) -> Path:
        """The last evaluation."""
        return self.path / "evaluation.json"

    @property
    def closest(self) -> Path:
        """The samples of the last evaluation that are most like copies, with what of."""
        return self.path / "samples" / "closest-pairs.png"

    def clear(self) -> None:
        """Remove the files and folders that a run consists of, and nothing else."""
        for name in ("checkpoints", "samples"):
            shutil.rmtree(self.path / name, ignore_errors=True)
        for name in ("recipe.json", "metrics.jsonl", "data.npz", "source.npz", "model.safetensors"):
            (self.path / name).unlink(missing_ok=True)

    def preview(self, step: int) -> Path:
        """Return where the samples drawn after a step are pictured."""
        return self.path / "samples" / f"step-{step:07d}.png"

    def recipe(self) -> Recipe:
        """Read the recipe."""
        return read_recipe(self.path)

    def write_recipe(self, recipe: Recipe) -> None:
        """Write the recipe."""
        write_json(self.path / "recipe.json", recipe.model_dump(mode="json"))

    def write_data(self, part: str, rows: Raw) -> None:
        """Keep rows that have no file of their own."""
        arrays = {"x": rows.x, "y": rows.y, "mask": rows.mask}
        kept = {name: array for name, array in arrays.items() if array is not None}

        def write(temporary: Path) -> None:
            with temporary.open("wb") as file:
                np.savez(file, **kept)  # type: ignore[arg-type]

        write_whole(self.data(part), write)

    def append_metrics(self, line: Mapping[str, Any]) -> None:
        """Add a line to the metrics."""
        with (self.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
            file.flush()

    def end_metrics(self) -> None:
        """End a line that a kill cut short, so that the next does not run on from it."""
        path = self.path / "metrics.jsonl"
        if path.is_file() and path.read_bytes()[-1:] not in (b"", b"\n"):
            with path.open("a", encoding="utf-8") as file:
                file.write("\n")

    def metrics(self) -> list[dict[str, Any]]:
        """Return the lines in the order of their steps.

        After a kill, steps past the last checkpoint are played again: of two lines for one step the
        later counts, and a line cut short by the kill does not.
        """
        path = self.path / "metrics.jsonl"
        by_step: dict[int, dict[str, Any]] = {}
        for text in path.read_text("utf-8").splitlines() if path.is_file() else ():
            try:
                line = json.loads(text)
            except ValueError:
                continue
            by_step[line["step"]] = line
        return [by_step[step] for step in sorted(by_step)]

    def read_evaluation(self) -> dict[str, Any] | None:
        """Return the last evaluation, or ``None``."""
        if not self.evaluation.is_file():
            return None
        found: dict[str, Any] = json.loads(self.evaluation.read_text("utf-8"))
        return found

    @staticmethod
    def write_tensors(path: Path, tensors: dict[str, Tensor], about: Any) -> None:
        """Write contiguous tensors of the processor, none of them twice, and a JSON value."""
        from safetensors.torch import save_file

        # One key only: the format does not keep the order of several.
        note = {"about": json.dumps(about)}
        write_whole(path, lambda temporary: save_file(tensors, temporary, metadata=note))

    @staticmethod
    def read_tensors(path: Path) -> tuple[dict[str, Tensor], Any]:
        """Return what ``write_tensors`` wrote."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="pt") as file:
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                return tensors, json.loads(file.metadata()["about"])
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise BadInput(f"{path} cannot be read as this run's weights: {error}") from None
