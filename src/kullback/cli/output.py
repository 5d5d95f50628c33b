"""Files that commands write: pictures where people look, arrays where programs read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import typer

from kullback.data import Part, Space, read_rows
from kullback.errors import BadInput
from kullback.pictures import save_picture
from kullback.runs.folder import write_whole

Array = npt.NDArray[Any]


def read_part(source: str, n: int | None) -> Part:
    """Read the first ``n`` rows of a data set, all of them without ``n``."""
    if n is not None and n < 1:
        raise BadInput(f"-n is {n}; give a number above 0")
    part = read_rows(source)
    return part if n is None else part.take(np.arange(min(n, len(part))))


def write_rows(
    out: Path, space: Space, make: Callable[[], Array], columns: int | None = None
) -> None:
    """Write observations as a picture (.png) or as x in an array file (.npz)."""
    if _kind(out, ".png", ".npz") == ".png":
        rows = make()
        write_whole(out, lambda path: save_picture(rows, space, path, columns))
    else:
        _save(out, x=make())
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
        typer.echo(f"wrote {out}")
        return
    width = min(10, len(part))
    made = make()
    lines = [half[i : i + width] for i in range(0, len(made), width) for half in (part.x, made)]
    last = lines[-1]
    blank = np.zeros((width - len(last), *last.shape[1:]), last.dtype)
    if len(blank) and len(lines) > 2:
        lines[-2] = np.concatenate([lines[-2], blank])
    rows = np.concatenate(lines)
    write_whole(out, lambda path: save_picture(rows, space, path, width))
    typer.echo(f"wrote {out}")


def _kind(out: Path, *kinds: str) -> str:
    if out.suffix.lower() not in kinds:
        raise BadInput(f"--out {out}: the name must end in {' or '.join(kinds)}")
    if out.is_dir():
        raise BadInput(f"--out {out} is a folder; give a file")
    return out.suffix.lower()


def _save(out: Path, **arrays: Array | None) -> None:
    kept = {name: array for name, array in arrays.items() if array is not None}

    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez_compressed(file, **kept)  # type: ignore[arg-type]

    write_whole(out, write)
