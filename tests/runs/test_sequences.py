"""Runs of sequences: masked arrays in and out, and files that hold x and mask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import kullback as kb
from kullback.cli.app import app
from kullback.data import Batches, load
from kullback.data.sequences import parted
from kullback.runs.columns import columns
from kullback.runs.run import Run
from kullback.training import Rows

N, T, LEVELS = 120, 9, 6
RNG = np.random.default_rng(0)
LENGTHS = RNG.integers(3, T + 1, N)
MASK = np.arange(T) < LENGTHS[:, None]
ROWS = {
    "points": RNG.normal([3, -1], 2, (N, T, 2)).astype(np.float32),
    "numbers": RNG.normal(5, 2, (N, T)),
    "tokens": (RNG.integers(0, LEVELS, (N, 1)) + np.arange(T)) % LEVELS,
}
SMALL: dict[str, Any] = {"latent_dim": 3, "hidden": [8], "threads": 1, "batch_size": 16}


@pytest.fixture(scope="module", params=ROWS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp(request.param) / "run"
    data = {"x": ROWS[request.param], "mask": MASK, "y": np.arange(N) % 2}
    return kb.train("sequence-vae", data=data, out=out, steps=6, **SMALL)


def test_what_comes_out_is_masked_and_in_the_type_of_the_data(run: Run) -> None:
    x, z = run.data.test.observations, np.zeros((4, 3))
    made = [run.sample(5, seed=0), run.decode(z), run.reconstruct(x), run.between(0, 1, 3)]
    for rows in made:
        assert isinstance(rows, np.ma.MaskedArray)
        assert rows.dtype == x.dtype
        assert rows.shape[1:] == x.shape[1:]
        values, mask = parted(rows)
        assert mask is not None
        assert mask[:, 0].all()
        assert not values[~mask].any()
    assert np.array_equal(made[0], run.sample(5, seed=0))
    likely = run.decode(z, "mean")
    assert np.array_equal(np.ma.getmaskarray(likely), np.ma.getmaskarray(run.decode(z, "mean")))


def test_a_masked_array_a_dictionary_and_other_padding_are_the_same_sequences(run: Run) -> None:
    part = run.data.test
    assert part.mask is not None
    x = np.pad(part.x, [(0, 0), (0, 4)] + [(0, 0)] * (part.x.ndim - 2), constant_values=3)
    named = {"x": x, "mask": np.pad(part.mask, [(0, 0), (0, 4)]).astype(np.int64)}
    short = {"x": part.x[:, :5], "mask": part.mask[:, :5]}
    assert np.array_equal(run.encode(named), run.encode(part.observations))
    assert run.reconstruct(named).shape == part.x.shape
    for given in (named, short):
        value, error = run.log_likelihood(given, samples=4)
        assert np.isfinite(value).all()
        assert (error > 0).all()
    own = run.log_likelihood(part.observations, samples=4)
    assert np.array_equal(own, run.log_likelihood(named, samples=4))
    # What is sampled can be encoded as it is.
    assert run.encode(run.sample(4, seed=1)).shape == (4, 3)


def test_a_missing_mask_and_too_many_steps_are_refused(run: Run) -> None:
    part = run.data.test
    assert part.mask is not None
    with pytest.raises(kb.BadInput, match="which steps exist"):
        run.encode(part.x)
    rows = part.x.repeat(2, axis=1)
    with pytest.raises(kb.BadInput, match=f"of {2 * T} steps, row 0, .* at most {T}"):
        run.encode({"x": rows, "mask": np.ones(rows.shape[:2])})
    with pytest.raises(kb.BadInput, match="row 0 has a gap"):
        run.encode({"x": part.x, "mask": part.mask[:, ::-1]})


def test_evaluation_measures_existing_steps(run: Run) -> None:
    found = run.evaluate()["metrics"]
    assert {"nll", "elbo", "reconstruction_mse", "coverage"} <= set(found)
    assert found["nll"]["details"]["measure"].endswith("times the mass of their number")
    part = run.data.test
    z = run.encode(part.observations)
    made = np.ma.getdata(run.expected(z, mask=part.mask))
    x = run.space.to_model(part.x, part.mask)
    each = [
        ((x[i, :length] - made[i, :length]).astype(np.float64) ** 2).mean() * run.space.scale**2
        for i, length in enumerate(np.asarray(part.mask).sum(1))
    ]
    assert found["reconstruction_mse"]["value"] == pytest.approx(np.mean(each), rel=1e-6)
    value = run.log_likelihood(part.observations, samples=200)[0]
    assert found["nll"]["value"] == pytest.approx(-value.mean())


def test_a_batch_has_0_where_no_step_exists(run: Run) -> None:
    rows = Rows(columns(run.data, "train", ["x", "mask"]), Batches(len(run.data.train), 16, 0))
    for batch in (rows.batch(0), next(iter(rows.all()))):
        missing = batch["mask"] == 0
        assert missing.any()
        assert not batch["x"][missing].any()
        assert batch["x"][~missing].any(-1).all()


@pytest.mark.parametrize("name", ["out.npz", "out.png"])
def test_the_commands_write_and_read_sequences(run: Run, tmp_path: Path, name: str) -> None:
    data, out = tmp_path / "data.npz", tmp_path / name
    part = run.data.test
    assert part.mask is not None
    np.savez(data, x=part.x, mask=part.mask)
    commands = [
        ["sample", str(run.path), "-n", "7", "--out", str(out)],
        ["reconstruct", str(run.path), "--data", str(data), "--out", str(out)],
        ["interpolate", str(run.path), "--steps", "4", "--out", str(out)],
    ]
    for command, count in zip(commands, (7, len(part), 4), strict=True):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
        if name == "out.npz":
            with np.load(out) as found:
                assert {"x", "mask"} <= set(found)
                assert found["x"].shape == (count, *part.x.shape[1:])
                assert found["mask"].dtype == np.bool_
                assert not found["x"][~found["mask"]].any()
            if count > 9:
                assert len(load(str(out)).train) > 0
    codes = tmp_path / "codes.npz"
    done = CliRunner().invoke(
        app, ["encode", str(run.path), "--data", str(data), "--out", str(codes)]
    )
    assert done.exit_code == 0, done.output
    with np.load(codes) as found:
        assert np.array_equal(found["z"], run.encode(part.observations))


def test_other_models_refuse_sequences_as_data_and_as_a_second_set(tmp_path: Path) -> None:
    data = {"x": ROWS["points"], "mask": MASK}
    with pytest.raises(kb.BadInput, match="does not learn from sequences; sequence-vae does"):
        kb.train("vae", data=data, out=tmp_path / "run")
    tokens = {"x": ROWS["tokens"], "mask": MASK}
    for likelihood in ("bernoulli", "gaussian"):
        with pytest.raises(kb.BadInput, match=f"likelihood={likelihood} is for"):
            kb.train("sequence-vae", data=tokens, out=tmp_path / "run", likelihood=likelihood)
    with pytest.raises(kb.BadInput, match="likelihood=discretised-logistic is for 8-bit values"):
        kb.train("sequence-vae", data=data, out=tmp_path / "run", likelihood="discretised-logistic")


def test_networks_of_ones_own_are_checked(tmp_path: Path) -> None:
    import torch

    class Own(torch.nn.Module):
        def __init__(self, outputs: int) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(2, outputs)

        def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = (self.layer(x) * mask[..., None]).sum(1)
            return found

    data = {"x": ROWS["points"], "mask": MASK}
    made = kb.train("sequence-vae", data=data, out=tmp_path / "a", steps=2, encoder=Own(6), **SMALL)
    assert made.encode(made.data.test.observations).shape == (12, 3)
    with pytest.raises(kb.BadInput, match=r"q\(z\|x, mask\) makes z of shape \(4,\)"):
        kb.train("sequence-vae", data=data, out=tmp_path / "b", steps=2, encoder=Own(8), **SMALL)
