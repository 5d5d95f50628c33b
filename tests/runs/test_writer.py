"""Files are of the moment at which they were given, in order, and no error of the disk is lost."""

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import kullback as kb
from kullback.runs.folder import Folder, write_json
from kullback.runs.writer import Writer, writing


def test_what_is_written_is_what_was_given(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    go = threading.Event()
    weights = torch.zeros(3)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(go.wait)  # the disk is busy
        writer = Writer(thread)
        writer.write(path, {"w": weights}, {"step": 1})
        weights += 1
        assert not path.exists()
        go.set()
        writer.wait()
    tensors, about = Folder.read_tensors(path)
    assert tensors["w"].tolist() == [0, 0, 0]
    assert about == {"step": 1}


def test_the_last_of_two_stands_and_leaving_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    with writing() as writer:
        for step in range(5):
            writer.write(path, {"w": torch.full((100,), step)}, {"step": step})
    tensors, about = Folder.read_tensors(path)
    assert about == {"step": 4}
    assert tensors["w"].eq(4).all()


def test_an_error_of_the_disk_reaches_whoever_waits(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    with pytest.raises(FileExistsError), writing() as writer:
        writer.write(tmp_path / "a file" / "state.safetensors", {"w": torch.zeros(1)}, None)


def test_an_error_of_the_disk_is_told_by_the_next_write_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    path = tmp_path / "a file" / "state.safetensors"
    with ThreadPoolExecutor(1) as thread:
        writer = Writer(thread)
        writer.write(path, {"w": torch.zeros(1)}, None)
        with pytest.raises(FileExistsError):
            writer.write(path, {"w": torch.zeros(1)}, None)


def test_an_error_of_the_disk_is_told_though_something_else_fails(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")

    def fail_afterwards() -> None:
        with writing() as writer:
            writer.write(tmp_path / "a file" / "state.safetensors", {"w": torch.zeros(1)}, None)
            raise ZeroDivisionError

    with pytest.raises(FileExistsError) as told:
        fail_afterwards()
    assert isinstance(told.value.__context__, ZeroDivisionError)


def test_what_was_given_before_a_failure_is_written(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"

    def fail_afterwards() -> None:
        with writing() as writer:
            writer.write(path, {"w": torch.ones(2)}, None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_afterwards()
    assert Folder.read_tensors(path)[0]["w"].tolist() == [1, 1]


def test_training_does_not_end_well_when_its_state_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, tensors: object, about: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Folder, "write_tensors", full)
    with pytest.raises(OSError, match=r"No space.*last\.safetensors"):
        kb.train("gan", data="ring", out=tmp_path / "run", steps=1, threads=1)


class Tied(nn.Module):
    """Two layers of one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 4)
        self.second.weight = self.first.weight

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.second(self.first(x)))


def test_weights_under_two_names_are_kept(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(60, 4))
    run = kb.train("vae", data=x, out=tmp_path / "run", encoder=Tied(), steps=2, latent_dim=2)
    again = kb.load(tmp_path / "run", encoder=Tied())
    assert np.array_equal(again.encode(x[:5]), run.encode(x[:5]))


def test_files_have_the_permissions_that_the_system_gives_new_ones(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with writing() as writer:
            writer.write(tmp_path / "state.safetensors", {"w": torch.zeros(1)}, None)
        write_json(tmp_path / "about.json", {})
    finally:
        os.umask(before)
    for name in ("state.safetensors", "about.json"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o640
