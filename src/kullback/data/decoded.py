"""Pixels decoded once into a file of the user's cache, to be mapped.

    pictures-KEY.pixels    the pixels of one picture after another, then room for those missing
    pictures-KEY.json      which pictures could not be decoded, by their numbers, and why

The second is written last: where it is, the first is whole.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from kullback.data.cache import cache
from kullback.data.capacity import sized
from kullback.data.values import one_line
from kullback.errors import BadInput

Reasons = dict[int, str]


def decoded(key: str, size: int, write: Callable[[IO[bytes]], Reasons]) -> tuple[Path, Reasons]:
    """The file of pixels that is known by `key`, and why some are missing.

    Where there is none, `write` writes it, at most `size` bytes, and returns the reasons. Raises
    `BadInput` if the cache has no room.
    """
    pixels = cache() / f"pictures-{key}.pixels"
    about = pixels.with_suffix(".json")
    if not (about.is_file() and pixels.is_file()):
        try:
            _write(pixels, about, size, write)
        except OSError as error:
            raise BadInput(
                f"the decoded pictures, {sized(size)}, do not fit in memory, nor can they be "
                f"written to {pixels.parent} ({one_line(error)}); make room there, or set "
                "XDG_CACHE_HOME to a folder that has it"
            ) from error
    return pixels, {int(number): why for number, why in json.loads(about.read_text()).items()}


def _write(pixels: Path, about: Path, size: int, write: Callable[[IO[bytes]], Reasons]) -> None:
    pixels.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=pixels.parent) as folder:
        half_written = Path(folder) / "pixels"
        with half_written.open("wb") as file:
            _reserve(file.fileno(), size)
            broken = write(file)
        half_written.replace(pixels)
        beside = Path(folder) / "json"
        beside.write_text(json.dumps(broken))
        beside.replace(about)


def _reserve(file: int, size: int) -> None:
    """Take so many bytes of the disk: that there is no room is known at once, not hours later."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
        return
    disk = os.fstatvfs(file)  # as on macOS
    if disk.f_bavail * disk.f_frsize < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
