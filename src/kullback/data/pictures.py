"""A folder of pictures as one array; sub-folders are labels.

An array needs pictures of one size and one mode (grey, RGB or RGBA): the commonest of each is
chosen from the headers alone, then every picture is decoded once, straight into its place. What
cannot be used is left out and named, never silently; `strict` makes it an error instead.

Pixels that do not fit in memory are decoded once into a file of the user's cache, which is mapped:
decoding them again in every epoch would take longer than training does. The file is known by the
pictures' paths, sizes and times of change, so it is found again by whoever reads the same folder.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kullback.data.capacity import fits
from kullback.data.decoded import Reasons, decoded
from kullback.data.raw import Raw
from kullback.data.space import SMALLEST_SIDE
from kullback.data.values import Array, one_line
from kullback.errors import BadInput

if TYPE_CHECKING:
    from PIL import Image

CHANNELS = {"grey": 1, "RGB": 3, "RGBA": 4}
# Which Pillow modes each of the three stands for. Others (I, F) have no range to map from.
GREY_MODES = ("1", "L", "I;16", "I;16L", "I;16B")
ALPHA_MODES = ("LA", "PA", "RGBA", "RGBa")
COLOUR_MODES = ("P", "RGB", "RGBX", "CMYK", "YCbCr", "HSV")


@dataclass
class _Notes:
    """What was noticed on the way; with `strict`, the first thing noticed is an error."""

    strict: bool
    said: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        self.allow(sentence)
        self.said.append(sentence)

    def allow(self, sentence: str) -> None:
        if self.strict:
            raise BadInput(f"{sentence} (not allowed with strict)")


@dataclass(frozen=True)
class _Picture:
    """A picture whose header could be read."""

    path: Path
    label: str
    size: tuple[int, int]
    mode: str


def read_pictures(folder: Path, *, strict: bool) -> Raw:
    """All pictures of `folder`, uint8 (N, H, W) if grey, else (N, H, W, 3) or (N, H, W, 4).

    Files that are not readable pictures or have a side under 8 pixels are left out; other sizes
    and modes than the commonest are converted; `notes` names each. If pictures lie in sub-folders,
    those are the labels, and pictures beside them, having none, are left out. Raises `BadInput`
    if nothing is left, or with `strict` at the first thing that would be noted.
    """
    notes = _Notes(strict)
    pictures = _labelled_or_not(_headers(folder, notes), notes)
    unusable = BadInput(f"{folder}: no usable picture in this folder or its sub-folders")
    if not pictures:
        raise unusable
    size, mode = _commonest(pictures)
    _note_conversions(pictures, size, mode, notes)
    kept, x = _decoded(pictures, size, mode, notes)
    if not kept:
        raise unusable
    names = tuple(sorted({picture.label for picture in kept} - {""}))
    y = np.array([names.index(picture.label) for picture in kept], np.int64) if names else None
    return Raw(
        name=folder.resolve().name,
        x=x[..., 0] if mode == "grey" else x,
        y=y,
        label_names=names or None,
        notes=tuple(notes.said),
    )


def _headers(folder: Path, notes: _Notes) -> list[_Picture]:
    """Every picture in `folder` and one level below, by name, from its header."""
    from PIL import Image, UnidentifiedImageError

    pictures = []
    for path, label in _files(folder, notes):
        try:
            with Image.open(path) as image:
                size, mode = image.size, _mode(image)
        except UnidentifiedImageError:
            notes.add(_left_out(path, "not a picture"))
        except Exception as error:  # Pillow's decoders raise whatever broken bytes make them
            notes.add(_left_out(path, one_line(error)))
        else:
            if min(size) < SMALLEST_SIDE:
                sides = f"{size[0]}×{size[1]} pixels"
                notes.add(_left_out(path, f"{sides}, under {SMALLEST_SIDE} a side"))
            else:
                pictures.append(_Picture(path, label, size, mode))
    return pictures


def _files(folder: Path, notes: _Notes) -> list[tuple[Path, str]]:
    """The files in `folder`, then those of its sub-folders with the sub-folder's name."""
    top, below = [], []
    for path in _visible(folder):
        if not path.is_dir():
            top.append((path, ""))
            continue
        for inner in _visible(path):
            if inner.is_dir():
                notes.add(_left_out(inner, "a folder inside a label's folder"))
            else:
                below.append((inner, path.name))
    return top + below


def _visible(folder: Path) -> list[Path]:
    """What `folder` holds, by name, without what systems hide there (.DS_Store, __MACOSX)."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))


def _labelled_or_not(pictures: list[_Picture], notes: _Notes) -> list[_Picture]:
    labelled = [picture for picture in pictures if picture.label]
    if not labelled:
        return pictures
    for picture in pictures:
        if not picture.label:
            notes.add(_left_out(picture.path, "it has no label, beside folders that are labels"))
    return labelled


def _commonest(pictures: list[_Picture]) -> tuple[tuple[int, int], str]:
    """The commonest size and mode; of equally common ones the largest, the richest."""
    sizes = Counter(picture.size for picture in pictures)
    modes = Counter(picture.mode for picture in pictures)
    size = max(sizes, key=lambda size: (sizes[size], size[0] * size[1], size))
    return size, max(modes, key=lambda mode: (modes[mode], CHANNELS[mode]))


def _note_conversions(
    pictures: list[_Picture], size: tuple[int, int], mode: str, notes: _Notes
) -> None:
    resized = [picture.path for picture in pictures if picture.size != size]
    if resized:
        target = f"{size[0]}×{size[1]} pixels, the commonest size"
        notes.add(f"resized {_some(resized)} of {len(pictures)} pictures to {target}")
    converted = [picture.path for picture in pictures if picture.mode != mode]
    if converted:
        notes.add(f"converted {_some(converted)} of {len(pictures)} pictures to {mode}")


def _some(paths: list[Path]) -> str:
    return f"{len(paths)} ({paths[0]}{', …' if len(paths) > 1 else ''})"


def _mode(image: Image.Image) -> str:
    if image.mode in GREY_MODES:
        return "grey"
    if image.mode in ALPHA_MODES or (image.mode == "P" and "transparency" in image.info):
        return "RGBA"
    if image.mode in COLOUR_MODES:
        return "RGB"
    raise ValueError(f"its pixels (Pillow mode {image.mode}) are neither grey nor RGB")


def _decode(path: Path, size: tuple[int, int], mode: str) -> Array:
    """The pixels of the picture, (H, W, channels)."""
    from PIL import Image

    with Image.open(path) as image:
        image.load()
        if image.mode.startswith("I;16"):
            picture = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        else:
            # By way of RGBA, so that a palette's transparency and a grey's alpha are understood.
            picture = image.convert("RGBA") if _mode(image) == "RGBA" else image.convert("RGB")
        picture = picture.convert("L" if mode == "grey" else mode)
        if picture.size != size:
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        return np.asarray(picture).reshape(size[1], size[0], CHANNELS[mode])


def _decoded(
    pictures: list[_Picture], size: tuple[int, int], mode: str, notes: _Notes
) -> tuple[list[_Picture], Array]:
    """The pictures that can be decoded, and their pixels (N, H, W, channels), mapped if large."""
    shape = (len(pictures), size[1], size[0], CHANNELS[mode])

    def decode_all(put: Callable[[Array], object]) -> Reasons:
        broken = {}
        for number, picture in enumerate(pictures):
            try:
                pixels = _decode(picture.path, size, mode)
            except Exception as error:  # Pillow's decoders raise whatever broken bytes make them
                reason = f"its pixels cannot be read: {one_line(error)}"
                broken[number] = _left_out(picture.path, reason)
                notes.allow(broken[number])
            else:
                put(pixels)
        return broken

    if fits(math.prod(shape)):
        pixels: Array = np.empty(shape, np.uint8)
        places = iter(pixels)
        broken = decode_all(lambda x: np.copyto(next(places), x))
    else:
        key = _key(pictures, size, mode)
        file, broken = decoded(
            key, math.prod(shape), lambda f: decode_all(lambda x: f.write(x.data))
        )
        pixels = np.memmap(file, np.uint8, "r", shape=shape)
        notes.said.append(f"decoded into {file}; delete it when it is not used any more")
    for reason in broken.values():
        notes.add(reason)
    kept = [picture for number, picture in enumerate(pictures) if number not in broken]
    return kept, pixels[: len(kept)]


def _key(pictures: list[_Picture], size: tuple[int, int], mode: str) -> str:
    """What changes when a picture does, or what is made of it."""
    digest = hashlib.sha256(f"{size} {mode}".encode())
    for picture in pictures:
        about = picture.path.stat()
        digest.update(f"\n{picture.path.resolve()} {about.st_size} {about.st_mtime_ns}".encode())
    return digest.hexdigest()[:24]


def _left_out(path: Path, reason: str) -> str:
    return f"left out {path}: {reason}"
