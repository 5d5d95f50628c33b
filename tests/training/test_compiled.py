from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import kullback as kb
from kullback.data import Outline, Space
from kullback.data.batches import Batches
from kullback.models.catalogue import find
from kullback.training import Adam, Column, Rows, Training

POINTS = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)


def wgan_gp(compiled: bool) -> Training:
    space = Space.of(POINTS)
    entry = find("wgan-gp")
    settings = entry.settings.model_validate({"latent_dim": 2, "hidden": [4], "moves": 1})
    torch.manual_seed(0)
    model = entry.build(Outline(space, 64), entry.resolve(settings, Outline(space, 64)), {})
    rows = Rows({"x": Column(torch.from_numpy(POINTS), space.to_model)}, Batches(len(POINTS), 8, 0))
    optimisers = {name: Adam(1e-2, entry.betas) for name in model.objective}
    return Training(model.objective, optimisers, rows, 0, compiled=compiled)


@pytest.mark.timeout(240)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the compiler's own
def test_a_round_of_wgan_gp_compiles_as_one_graph_and_gives_the_eager_rounds_numbers() -> None:
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    graph, eager = wgan_gp(compiled=True), wgan_gp(compiled=False)
    for step in range(3):
        for run in (graph, eager):
            run.play_round(step / 3)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1
    assert graph.counters() == eager.counters()
    found, expected = graph.state(), eager.state()
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, atol=1e-5, rtol=1e-4, msg=name)
    assert graph.ledger.read() == pytest.approx(eager.ledger.read(), rel=1e-4, abs=1e-5)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_compiled_vae_resumes_to_the_same_bytes(precision: str, tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "data": "digits", "steps": 6, "batch_size": 16, "threads": 1, "hidden": [8],
        "latent_dim": 2, "compile": "on", "precision": precision,
    }  # fmt: skip
    kb.train("vae", out=tmp_path / "whole", **given)
    kb.train("vae", out=tmp_path / "part", stop_at=3, **given)
    kb.train(out=tmp_path / "part", resume=True)
    whole, part = (
        (tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "part")
    )
    assert part == whole
