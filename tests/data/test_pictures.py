from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kullback.data import load
from kullback.data.pictures import read_pictures
from kullback.data.values import Array
from kullback.errors import BadInput

RNG = np.random.default_rng(0)


def save(path: Path, *shape: int) -> Array:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = RNG.integers(0, 256, shape, np.uint8)
    Image.fromarray(pixels).save(path)
    return pixels


def test_sub_folders_are_labels_and_the_unusable_is_named(tmp_path: Path) -> None:
    for label in ("dog", "cat"):
        for i in range(6):
            save(tmp_path / label / f"{i}.png", 10, 12, 3)
    broken = tmp_path / "cat" / "broken.png"
    save(broken, 10, 12, 3)
    broken.write_bytes(broken.read_bytes()[:200])
    (tmp_path / "cat" / "notes.txt").write_text("not a picture")
    save(tmp_path / "dog" / "dot.png", 1, 1, 3)
    save(tmp_path / "dog" / "deep" / "0.png", 10, 12, 3)
    save(tmp_path / "loose.png", 10, 12, 3)
    (tmp_path / ".DS_Store").write_text("hidden")
    data = load(tmp_path)
    assert data.label_names == ("cat", "dog")
    assert len(data.train) + len(data.validation) + len(data.test) == 12
    assert data.space.shape == (10, 12, 3)
    assert len(data.notes) == 5
    for name, reason in {
        "broken.png": "cannot be read",
        "notes.txt": "not a picture",
        "dot.png": "1×1 pixels, under 8",
        "deep": "folder inside",
        "loose.png": "no label",
    }.items():
        assert any(name in note and reason in note and "\n" not in note for note in data.notes)
    with pytest.raises(BadInput, match="strict"):
        load(tmp_path, strict=True)


def test_labels_follow_their_pictures(tmp_path: Path) -> None:
    for i, label in enumerate(["b", "a", "c"]):
        for k in range(4):
            path = tmp_path / label / f"{k}.png"
            path.parent.mkdir(exist_ok=True)
            Image.new("L", (8, 8), color=10 * i).save(path)
    data = load(tmp_path)
    assert data.label_names == ("a", "b", "c")
    assert data.train.y is not None
    colour_of = np.array([10, 0, 20])
    assert np.array_equal(data.train.x[:, 0, 0], colour_of[data.train.y])


@pytest.mark.parametrize("shape", [(64, 64, 4), (9, 8, 3), (8, 11)])
def test_pictures_come_as_they_are(tmp_path: Path, shape: tuple[int, ...]) -> None:
    pixels = np.stack([save(tmp_path / f"{i:02}.png", *shape) for i in range(10)])
    read = read_pictures(tmp_path, strict=True)
    assert np.array_equal(read.x, pixels)
    assert read.y is None
    assert read.notes == ()


def test_other_sizes_and_modes_become_the_commonest(tmp_path: Path) -> None:
    for i in range(8):
        save(tmp_path / f"{i}.png", 10, 12, 3)
    save(tmp_path / "large.png", 30, 36, 3)
    save(tmp_path / "grey.bmp", 10, 12)
    read = read_pictures(tmp_path, strict=False)
    assert read.x.shape == (10, 10, 12, 3)
    assert len(read.notes) == 2
    assert "large.png" in read.notes[0]
    assert "12×10" in read.notes[0]
    assert "grey.bmp" in read.notes[1]
    with pytest.raises(BadInput, match="resized"):
        read_pictures(tmp_path, strict=True)


@pytest.mark.parametrize("extension", ["jpg", "gif", "webp", "bmp", "tiff"])
def test_every_usual_format_is_read(tmp_path: Path, extension: str) -> None:
    save(tmp_path / f"a.{extension}", 16, 16, 3)
    assert read_pictures(tmp_path, strict=True).x.shape == (1, 16, 16, 3)


def test_unusual_modes_keep_their_meaning(tmp_path: Path) -> None:
    ramp = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    transparent = Image.fromarray(ramp).convert("LA")
    transparent.putalpha(7)
    palette = Image.fromarray(ramp).convert("P")
    palette.info["transparency"] = 0
    grey_and_alpha = np.stack([ramp, ramp, ramp, np.full_like(ramp, 7)], axis=-1)
    colour = np.stack([ramp] * 3, axis=-1)
    for name, image, expected in [
        ("deep", Image.fromarray(ramp.astype(np.uint16) * 256), ramp),
        ("bits", Image.fromarray(ramp > 99), (ramp > 99) * np.uint8(255)),
        ("alpha", transparent, grey_and_alpha),
        ("palette", Image.fromarray(ramp).convert("P"), colour),
    ]:
        (tmp_path / name).mkdir()
        image.save(tmp_path / name / "0.png")
        assert np.array_equal(read_pictures(tmp_path / name, strict=True).x[0], expected), name
    (tmp_path / "see-through").mkdir()
    palette.save(tmp_path / "see-through" / "0.png")
    x = read_pictures(tmp_path / "see-through", strict=True).x[0]
    assert np.array_equal(x[..., 3] == 0, ramp == 0)


def test_pixels_without_a_range_are_left_out(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((8, 8), np.float32)).save(tmp_path / "a.tiff")
    with pytest.raises(BadInput, match="neither grey nor RGB"):
        read_pictures(tmp_path, strict=True)
    with pytest.raises(BadInput, match="no usable picture"):
        load(tmp_path)


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no usable picture"):
        load(tmp_path)
    path = tmp_path / "a.png"
    save(path, 20, 20, 3)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(BadInput, match="no usable picture"):
        load(tmp_path)
