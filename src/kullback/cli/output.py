"""Files that commands write: pictures where people look, arrays where programs read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import typer

from kullback.data import Part, Space, read_rows
from kullback.data.sequences import parted
from kullback.errors import BadInput
from kullback.pictures import has_pictures, lines, save_picture
from kullback.runs.folder import write_whole

if TYPE_CHECKING:
    from kullback.runs.making import How
    from kullback.runs.run import Run

Array = npt.NDArray[Any]

_COLUMNS = 10
_MOST_IN_LINES = 200


def read_part(source: str, n: int | None) -> Part:
    """Read the first ``n`` rows of a data set, all of them without ``n``."""
    if n is not None and n < 1:
        raise BadInput(f"-n is {n}; give a number above 0")
    part = read_rows(source)
    return part if n is None else part.take(np.arange(min(n, len(part))))


def read_source(run: Run, source: str | None, n: int) -> Part:
    """Read n rows to translate, of data or of the run's own test part, over again if fewer."""
    if source is None:
        assert run.data.source is not None
        part = run.data.source.test
    else:
        part = read_part(source, n)
    return part.take(np.arange(n) % len(part))


def write_rows(
    out: Path,
    space: Space,
    make: Callable[[], Array],
    columns: int | None = None,
    y: Array | None = None,
) -> None:
    """Write observations as a picture (.png), or as x, with labels y if any, in an array (.npz)."""
    if _kind(out, ".png", ".npz") == ".png":
        rows = make()
        write_whole(out, lambda path: save_picture(rows, space, path, columns))
    else:
        _save(out, x=make(), y=y)
    typer.echo(f"wrote {out}")


def write_samples(
    out: Path, run: Run, n: int, label: int | None, seed: int, how: How | None
) -> None:
    """Write samples; of a model that was given labels, those of the class ``label``.

    Without it a picture of images has a column for each class, in order; all else is as many of
    each class as the training rows have.
    """
    if "y" not in run.model.given:
        write_rows(out, run.space, lambda: run.sample(n, label, seed, how))
        return
    asked, columns = run.draw_labels(n, seed), None
    if label is not None:
        asked = np.full(n, label)
    elif out.suffix.lower() == ".png" and run.space.is_image:
        columns = len(run.recipe.data.label_names or ())
        asked = np.arange(n) % columns
    write_rows(out, run.space, lambda: run.sample(n, asked, seed, how), columns, asked)


def write_translations(out: Path, run: Run, part: Part, make: Callable[[Array], Array]) -> None:
    """Write what becomes of rows of a second data set: a picture, they above, or x beside source.

    The array file has their labels too, as y, where they are known.
    """
    kind = _kind(out, ".png", ".npz")
    made = make(part.x)
    if kind == ".npz":
        _save(out, x=made, source=part.x, y=part.y)
    else:
        assert run.recipe.source is not None
        _save_lines(out, (part.x, Space.from_json(run.recipe.source.space)), (made, run.space))
    typer.echo(f"wrote {out}")


def write_codes(out: Path, make: Callable[[], Array], y: Array | None) -> None:
    """Write codes as z in an array file, with the labels y where known."""
    _kind(out, ".npz")
    _save(out, z=make(), y=y)
    typer.echo(f"wrote {out}")


def write_reconstructions(out: Path, space: Space, part: Part, make: Callable[[], Array]) -> None:
    """Write reconstructions; a picture has lines of data, each above its reconstructions."""
    if _kind(out, ".png", ".npz") == ".npz":
        _save(out, x=make(), y=part.y)
    else:
        _save_lines(out, (part.observations, space), (make(), space))
    typer.echo(f"wrote {out}")


def _save_lines(out: Path, *blocks: tuple[Array, Space]) -> None:
    """Save pictures in lines; what has none of its own has one of the last block, all together."""
    if all(has_pictures(space) for _, space in blocks):
        some = [(rows[:_MOST_IN_LINES], space) for rows, space in blocks]
        write_whole(out, lambda path: lines(some, _COLUMNS).save(path, "PNG"))
    else:
        write_whole(out, lambda path: save_picture(*blocks[-1], path))


def _kind(out: Path, *kinds: str) -> str:
    if out.suffix.lower() not in kinds:
        raise BadInput(f"--out {out}: the name must end in {' or '.join(kinds)}")
    if out.is_dir():
        raise BadInput(f"--out {out} is a folder; give a file")
    return out.suffix.lower()


def _save(out: Path, **arrays: Array | None) -> None:
    """Save arrays that there are; a masked x is split in x and mask, as a data file has them."""
    kept = {name: array for name, array in arrays.items() if array is not None}
    if np.ma.isMaskedArray(kept.get("x")):
        x, mask = parted(kept["x"])
        kept |= {"x": x, "mask": np.asarray(mask)}

    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez_compressed(file, **kept)  # type: ignore[arg-type]

    write_whole(out, write)
