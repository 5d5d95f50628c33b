"""Runs in Python: one's own networks and data, and what is left when something does not fit."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import kullback as kb
from kullback.runs.folder import Folder

X = np.random.default_rng(0).normal(size=(120, 4))
QUICK: dict[str, Any] = {"steps": 30, "batch_size": 16, "threads": 1, "latent_dim": 2}


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


def body(inputs: int, outputs: int, dropout: float = 0.0) -> nn.Module:
    torch.manual_seed(5)
    return nn.Sequential(nn.Linear(inputs, 8), nn.Dropout(dropout), nn.Linear(8, outputs))


def test_ones_own_network_is_used_kept_and_asked_for_again(tmp_path: Path) -> None:
    out = tmp_path / "run"
    run = kb.train("vae", data=X, out=out, encoder=body(4, 4), hidden=[8], **QUICK)
    assert run.recipe.own_networks == ["encoder"]
    codes = run.encode(X[:3])
    assert np.array_equal(kb.load(out, encoder=body(4, 4)).encode(X[:3]), codes)
    with pytest.raises(kb.BadInput, match="encoder=module"):
        kb.load(out)
    with pytest.raises(kb.BadInput, match="networks of your own: encoder"):
        kb.train(out=out, resume=True)


def test_a_network_that_drops_out_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    for name, stop in (("whole", None), ("part", 11)):
        mine = body(4, 4, dropout=0.5)
        kb.train("vae", data=X, out=tmp_path / name, encoder=mine, stop_at=stop, **QUICK)
    kb.train(out=tmp_path / "part", resume=True, encoder=body(4, 4, dropout=0.5))
    assert weights(tmp_path / "part") == weights(tmp_path / "whole")


def test_training_leaves_the_callers_random_state_as_it_was(tmp_path: Path) -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    kb.train("gan", data=X, out=tmp_path / "run", hidden=[4], **QUICK)
    assert torch.equal(torch.get_rng_state(), before)


class TooWide(nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        return torch.zeros(len(z), 1, 5)


class Bare(nn.Module):
    """A network of the right shape without a parameter."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1).sum(1).view(-1, *[1] * len(self.shape)).expand(-1, *self.shape)


@pytest.mark.parametrize(
    ("model", "networks", "hint"),
    [
        ("vae", {"encoder": nn.Linear(4, 8)}, r"q\(z\|x\) makes z of shape \(4,\)"),
        ("vae", {"encoder": nn.Linear(3, 4)}, r"q\(z\|x\) cannot take rows of \(4,\)"),
        ("gan", {"generator": TooWide()}, r"p\(x\|z\) makes x of shape \(5,\)"),
        ("gan", {"critic": nn.Linear(4, 3)}, r"D\(x\) must give one number a row"),
        ("gan", {"encoder": nn.Linear(4, 4)}, "no network called encoder"),
        ("gan", {"generator": Bare(1, 4)}, "player model has nothing to learn"),
        ("gan-proximal", {"generator": Bare(1, 4)}, "player model has nothing to learn"),
        ("gan", {"critic": Bare(1)}, "player critic has nothing to learn"),
        ("gan", {"critic": nn.Linear(4, 1).requires_grad_(False)}, "player critic has nothing"),
    ],
)
def test_a_network_that_does_not_fit_is_refused_and_nothing_left(
    model: str, networks: dict[str, Any], hint: str, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    for out in (tmp_path / "mine", tmp_path / "a" / "b"):
        with pytest.raises(kb.BadInput, match=hint):
            kb.train(model, data=X, out=out, **QUICK, **networks)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert not any((tmp_path / "mine").iterdir())


def test_a_classifier_of_ones_own_makes_as_many_numbers_as_there_are_classes(
    tmp_path: Path,
) -> None:
    classifier = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 4))
    labelled = (X, np.arange(len(X)) % 3)
    with pytest.raises(kb.BadInput, match=r"C\(y\|x\) makes y of shape \(4,\) a row; it must be"):
        kb.train("cvae-gan", data=labelled, out=tmp_path / "a", classifier=classifier, **QUICK)
    assert not any(tmp_path.iterdir())


def test_a_network_without_parameters_may_stand_beside_one_that_learns(tmp_path: Path) -> None:
    decoder = Bare(1, 4)
    run = kb.train("vae", data=X, out=tmp_path / "a", decoder=decoder, **QUICK)
    assert run.sample(3, seed=0).shape == (3, 4)


def test_rows_given_in_memory_are_kept_and_others_refused(tmp_path: Path) -> None:
    out = tmp_path / "run"
    kb.train("pca", data=X, out=out, steps=2, stop_at=1, latent_dim=2)
    with pytest.raises(kb.BadInput, match="begun with data="):
        kb.train("pca", data=X + 1, out=out, resume=True)
    kb.train("pca", data=X, out=out, resume=True)
    assert np.array_equal(np.load(out / "data.npz")["x"], X)
    assert kb.load(out).data.name == "array"


class Jittering(torch.utils.data.Dataset[Tensor]):
    """Gives other rows at every look, as augmentation does."""

    def __len__(self) -> int:
        return 50

    def __getitem__(self, index: int) -> Tensor:
        return torch.rand(3, dtype=torch.float64) + index


def test_a_data_set_that_changes_is_read_once(tmp_path: Path) -> None:
    run = kb.train("pca", data=Jittering(), out=tmp_path / "run", latent_dim=1)
    assert np.array_equal(kb.load(run.path).data.train.x, run.data.train.x)


def test_data_that_changed_since_are_noticed(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    run = kb.train("pca", data=tmp_path / "x.npy", out=tmp_path / "run", latent_dim=2)
    np.save(tmp_path / "x.npy", X + 1)
    assert run.sample(3, seed=0).shape == (3, 4)
    with pytest.raises(kb.BadInput, match="is not what it was"):
        kb.load(run.path).evaluate()


def test_a_name_means_the_named_set_even_beside_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits").mkdir()
    run = kb.train("pca", data="digits", out="run", latent_dim=2)
    assert run.recipe.data.place == "digits"


def test_a_line_that_a_kill_cut_short_costs_that_line_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.append_metrics({"step": 1})
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 2, "ter')
    folder.end_metrics()
    folder.append_metrics({"step": 3})
    folder.append_metrics({"step": 3, "again": True})
    assert folder.metrics() == [{"step": 1}, {"step": 3, "again": True}]


def test_a_damaged_model_is_said_and_can_be_written_again(tmp_path: Path) -> None:
    run = kb.train("ae", data=X, out=tmp_path / "run", hidden=[4], **QUICK)
    whole = weights(run.path)
    run.folder.model.write_bytes(whole[:100])
    with pytest.raises(kb.BadInput, match=r"model\.safetensors cannot be read"):
        kb.load(run.path).sample(1)
    kb.train(out=run.path, resume=True)
    assert weights(run.path) == whole


def test_a_recipe_of_another_format_is_refused(tmp_path: Path) -> None:
    run = kb.train("pca", data=X, out=tmp_path / "run", latent_dim=2)
    other = tmp_path / "other"
    shutil.copytree(run.path, other)
    recipe = other / "recipe.json"
    recipe.write_text(recipe.read_text().replace('"format_version": 2', '"format_version": 9'))
    with pytest.raises(kb.BadInput, match="format_version 9"):
        kb.load(other)


@pytest.mark.parametrize("setting", [{"latent_dim": True}, {"lr": True}, {"hidden": [True]}])
def test_a_switch_is_no_number(setting: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(kb.BadInput, match="a number is wanted"):
        kb.train("vae", data=X, out=tmp_path / "run", steps=1, **setting)


def test_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    run = kb.train(
        "vae", data=X, out=tmp_path / "run", steps=np.int64(2), batch_size=np.int64(8), hidden=[4]
    )
    assert run.recipe.steps == 2


def test_a_linear_vae_reaches_the_likelihood_of_the_model_that_made_the_data(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(2)
    mixing, scale = rng.normal(size=(5, 2)), 0.6
    x = rng.normal(size=(8000, 2)) @ mixing.T + scale * rng.normal(size=(8000, 5)) + 3
    run = kb.train(
        "vae", data=x, out=tmp_path / "run", hidden=[], latent_dim=2, steps=2000, threads=1
    )
    test = run.data.test.x
    covariance = mixing @ mixing.T + scale**2 * np.eye(5)
    centred = test - 3
    mahalanobis = np.einsum("ni,ij,nj->n", centred, np.linalg.inv(covariance), centred)
    exact = -0.5 * (mahalanobis + np.linalg.slogdet(2 * np.pi * covariance)[1])
    value, error = run.log_likelihood(test, samples=100)
    assert value.dtype == np.float64
    assert abs(value.mean() - exact.mean()) < 0.02
    assert error.mean() < 0.02
