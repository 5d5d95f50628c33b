"""Training on rows that stay on disk: the same rows, the same bytes after a stop, little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import kullback as kb
from kullback.data import Stream, capacity, load
from kullback.data.values import Array
from kullback.models.principal import principal_components
from kullback.runs.columns import training_columns
from kullback.runs.folder import Folder
from kullback.training import Column, Rows, Streamed

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (6000, 8, 8), np.uint8)
OPTIONS: dict[str, Any] = {"batch_size": 64, "threads": 1, "latent_dim": 2, "hidden": [8]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    np.save(tmp_path / "x.npy", X)
    return tmp_path / "x.npy"


def rows_of(path: Path, values: str = "x") -> Rows:
    dataset = load(path, streamed=True)
    return Rows(training_columns(dataset, [values]), dataset.batches(64, 0))


def learnt(path: Path) -> Array:
    stream = load(path, streamed=True).stream
    assert stream is not None
    return stream.take(np.arange(len(stream)))


def test_streamed_batches_are_the_rows_of_their_numbers_in_model_units(file: Path) -> None:
    rows, kept = rows_of(file), learnt(file)
    for k in (0, 1, 74, 75):
        expected = torch.from_numpy(kept[rows.order.indices(k)]).float().unsqueeze(1) / 255
        assert torch.equal(rows.batch(k)["x"], expected)
    whole = torch.cat([batch["x"] for batch in rows.all()])
    assert torch.equal(whole, torch.from_numpy(kept).float().unsqueeze(1) / 255)


def test_a_few_rows_stand_for_streamed_ones_each_batch_from_all_over() -> None:
    x = np.arange(50_003, dtype=np.float32)[:, None]
    stream = Streamed(Stream(x, None, np.array([0, 1, 2])), torch.device("cpu"))
    rows = Rows({"x": Column(stream, torch.Tensor.float)}, stream.stream.batches(10, 0))
    batches = [batch["x"] for batch in rows.some()]
    assert sum(map(len, batches)) == 10_000
    assert len(set(torch.cat(batches).flatten().tolist())) == 10_000
    for batch in batches:
        assert float(batch.mean()) == pytest.approx(25_000, rel=0.01)
        assert float(batch.std()) == pytest.approx(50_000 / 12**0.5, rel=0.01)
    held = Rows({"x": Column(torch.from_numpy(x), torch.Tensor.float)}, rows.order)
    assert len(torch.cat([batch["x"] for batch in held.some()])) == 50_000


def test_principal_components_see_every_streamed_row(file: Path) -> None:
    mean, values, _, _ = principal_components(rows_of(file).all, 3)
    flat = learnt(file).reshape(-1, 64) / 255
    assert np.allclose(mean.numpy(), flat.mean(axis=0))
    expected = np.linalg.eigvalsh(np.cov(flat.T, bias=True))[::-1][:3]
    assert np.allclose(values.numpy(), expected)


@pytest.mark.parametrize("model", ["vae", "ae"])
def test_a_streamed_run_stops_and_goes_on_to_the_same_bytes(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setattr(capacity, "usable", lambda: 1000)
    options = OPTIONS | {"steps": 100}  # past the end of an epoch of 75 batches
    whole = kb.train(model, data=file, out=tmp_path / "whole", **options)
    assert whole.recipe.data.streamed
    assert whole.recipe.data.rows == {"train": 4800, "validation": 600, "test": 600}
    assert any("streamed" in note for note in whole.recipe.data.notes)
    kb.train(model, data=file, out=tmp_path / "part", stop_at=61, **options)
    monkeypatch.undo()  # more memory changes nothing that was decided
    part = kb.train(out=tmp_path / "part", resume=True)
    assert part.folder.model.read_bytes() == whole.folder.model.read_bytes()
    states = [Folder(run.path).read_tensors(run.folder.last)[0] for run in (whole, part)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert np.array_equal(part.data.test.x, whole.data.test.x)


def test_a_streamed_run_is_evaluated(file: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(capacity, "usable", lambda: 1000)
        run = kb.train("vae", data=file, out=tmp_path / "run", steps=5, **OPTIONS)
    assert {"nll", "reconstruction_mse", "frechet", "copy_rate"} <= run.evaluate()["metrics"].keys()
    assert isinstance(run.data.stream, Stream)


def test_labels_are_those_of_the_streamed_rows(tmp_path: Path) -> None:
    y = RNG.integers(0, 3, len(X))
    np.savez(tmp_path / "x.npz", x=X, y=y)
    dataset = load(tmp_path / "x.npz", streamed=True)
    rows = Rows(training_columns(dataset, ["x", "y"]), dataset.batches(64, 0))
    batch = rows.batch(3)
    found = (batch["x"].squeeze(1) * 255).round().byte().numpy()
    for row, label in zip(found, batch["y"], strict=True):
        number = int((row == X).all(axis=(1, 2)).argmax())
        assert int(label.argmax()) == y[number]


LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
import kullback as kb
from kullback.runs.learn import learn

def used():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData"))

ROOM = 100 << 20
folder = Path(sys.argv[1])
rows = 10 * ROOM // 784
x = np.lib.format.open_memmap(folder / "x.npy", "w+", np.uint8, (rows, 28, 28))
x[::1000] = np.random.default_rng(0).integers(0, 256, (28, 28))
del x
limit = used() + ROOM
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
options = {"steps": 20, "batch_size": 64, "threads": 1, "hidden": [32]}
run = kb.train("vae", data=folder / "x.npy", out=folder / "run", **options)
assert run.recipe.data.streamed
assert run.recipe.data.rows["train"] == rows - 20_000
print(run.sample(2).shape)
try:
    np.ones(ROOM, np.uint8)
except MemoryError:
    print("refused")
"""


def test_ten_times_the_room_that_a_limit_leaves_is_trained_on(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert run.stdout.split("\n")[:2] == ["(2, 28, 28)", "refused"], run.stderr
