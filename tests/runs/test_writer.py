"""Files are of the moment at which they were given, in order, and no error of the disk is lost."""

import errno
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

import kullback as kb
from kullback.runs.folder import Folder
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
    def full(path: Path, tensors: object, about: object = None) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Folder, "write_tensors", full)
    with pytest.raises(OSError, match=r"No space.*last\.safetensors"):
        kb.train("gan", data="ring", out=tmp_path / "run", steps=1, threads=1)
