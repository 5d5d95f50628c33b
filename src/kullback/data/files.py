"""Reading a path: `.npy`, `.npz`, an idx file, or a folder of pictures."""

from __future__ import annotations

import gzip
import math
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.lib.format import open_memmap
from numpy.lib.npyio import NpzFile

from kullback.data.capacity import fits, sized
from kullback.data.pictures import read_pictures
from kullback.data.raw import Raw
from kullback.data.values import Array, one_line
from kullback.errors import BadInput

IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
NPY_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


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
    """A `.npy` file, mapped rather than read, or a `.npz` file with `x`, perhaps `y` and `mask`.

    Of a `.npz` file the `x` is mapped where it does not fit in memory. Raises `BadInput` if it
    cannot be, because it is compressed or has a mask.
    """
    try:
        if path.suffix == ".npy":
            return Raw(path.name, open_memmap(path, mode="r"))
        with path.open("rb") as file:
            return _read_npz(path, NpzFile(file, allow_pickle=False))
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise BadInput(f"{path}: cannot be read as numpy data ({one_line(error)})") from error


def _read_npz(path: Path, arrays: NpzFile) -> Raw:
    if "x" not in arrays:
        raise BadInput(f"{path}: needs an array named x, but holds {', '.join(arrays) or 'none'}")
    assert arrays.zip is not None
    member = next(each for each in arrays.zip.infolist() if each.filename in ("x", "x.npy"))
    x = arrays["x"] if fits(member.file_size) else _mapped(path, member, "mask" in arrays)
    return Raw(path.name, x, arrays.get("y"), mask=arrays.get("mask"))


def _mapped(path: Path, member: zipfile.ZipInfo, has_mask: bool) -> Array:
    """The array that lies in a member of a zip file as it would in a file of its own."""
    too_large = f"{path}: its x, {sized(member.file_size)}, does not fit in memory, and"
    if has_mask:
        raise BadInput(f"{too_large} sequences are not streamed from disk; give fewer of them")
    if member.compress_type != zipfile.ZIP_STORED:
        raise BadInput(
            f"{too_large} a compressed .npz cannot be mapped; unpack it (unzip {path.name} x.npy) "
            "and give x.npy, or save it with np.savez, which does not compress"
        )
    with path.open("rb") as file:
        # The local header: 30 bytes, the last four the lengths of a name and of an extra field.
        file.seek(member.header_offset + 26)
        file.seek(sum(struct.unpack("<HH", file.read(4))), os.SEEK_CUR)
        version = npy.read_magic(file)
        if version not in NPY_HEADERS:
            raise ValueError(f"version {version} of the npy format")
        shape, by_columns, dtype = NPY_HEADERS[version](file)
        return np.memmap(path, dtype, "r", file.tell(), shape, "F" if by_columns else "C")


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
