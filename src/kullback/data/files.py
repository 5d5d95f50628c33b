"""Reading a path: `.npy`, `.npz`, an idx file, or a folder of pictures."""

from __future__ import annotations

import gzip
import math
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

from kullback.data.pictures import read_pictures
from kullback.data.raw import Raw
from kullback.data.values import Array, one_line
from kullback.errors import BadInput

IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_path(path: Path, *, strict: bool) -> Raw:
    """Read whatever is at `path`; with `strict`, the first picture to be left out is an error.

    Raises `BadInput` for a path that does not exist, is a run folder, or cannot be read.
    """
    if path.is_dir():
        if (path / "recipe.json").exists():
            raise BadInput(f"{path}: this is the folder of a run, not data")
        return read_pictures(path, strict=strict)
    if not path.is_file():
        raise BadInput(f"{path}: no such file or folder")
    if path.suffix in (".npy", ".npz"):
        return read_numpy(path)
    if _is_idx(path):
        labels = _labels_beside(path)
        return Raw(path.name, read_idx(path), None if labels is None else read_idx(labels))
    raise BadInput(f"{path}: not data; give a .npy, .npz or idx file, or a folder of images")


def read_numpy(path: Path) -> Raw:
    """A `.npy` file, mapped rather than read, or a `.npz` file with `x`, perhaps `y` and `mask`."""
    try:
        if path.suffix == ".npy":
            return Raw(path.name, open_memmap(path, mode="r"))
        with path.open("rb") as file:
            return _read_npz(path, np.lib.npyio.NpzFile(file, allow_pickle=False))
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise BadInput(f"{path}: cannot be read as numpy data ({one_line(error)})") from error


def _read_npz(path: Path, arrays: Mapping[str, Array]) -> Raw:
    if "x" not in arrays:
        raise BadInput(f"{path}: needs an array named x, but holds {', '.join(arrays) or 'none'}")
    return Raw(path.name, arrays["x"], arrays.get("y"), mask=arrays.get("mask"))


def read_idx(path: Path) -> Array:
    """The array in an idx file (the format of MNIST), gzipped or plain.

    The header is two zero bytes, the type, the number of dimensions, then each dimension as a
    big-endian 32-bit integer; the values follow. Raises `BadInput` for anything else.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if _is_gzip(path) else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path}: cannot be unpacked ({one_line(error)})") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in IDX_TYPES:
        raise BadInput(f"{path}: not an idx file")
    dtype, dimensions = np.dtype(IDX_TYPES[content[2]]), content[3]
    start = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4))
    expected = start + math.prod(shape) * dtype.itemsize
    if len(content) != expected:
        raise BadInput(f"{path}: holds {len(content)} bytes where its header promises {expected}")
    return np.frombuffer(bytearray(content), dtype, offset=start).reshape(shape)


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _is_idx(path: Path) -> bool:
    try:
        with gzip.open(path) if _is_gzip(path) else path.open("rb") as file:
            head = file.read(3)
    except (OSError, EOFError, zlib.error):
        return False
    return len(head) == 3 and head[:2] == b"\0\0" and head[2] in IDX_TYPES


def _labels_beside(images: Path) -> Path | None:
    """The labels that go with `images` by the usual naming: images-idx3 → labels-idx1."""
    name = images.name.replace("images", "labels")
    for dimensions in "234":
        name = name.replace(f"idx{dimensions}", "idx1")
    stem = name.removesuffix(".gz")
    candidates = (images.with_name(other) for other in (stem, f"{stem}.gz"))
    return next((path for path in candidates if path.is_file() and path != images), None)
