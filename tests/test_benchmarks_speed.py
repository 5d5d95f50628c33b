"""The benchmark of speed measures what it says: its parts that need no peer, very small."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from kullback.data import load
from kullback.distributions import Noise
from kullback.divergences import NON_SATURATING, WASSERSTEIN, score, unit_slope, zero_slope
from kullback.models.catalogue import find
from kullback.models.model import Model
from kullback.runs.recipe import parse_settings

ROOT = Path(__file__).parent.parent
SPEED = ROOT / "benchmarks" / "speed"


@pytest.fixture(autouse=True)
def paths(monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (SPEED, SPEED / "contenders"):
        monkeypatch.syspath_prepend(str(folder))


@pytest.fixture
def bits(tmp_path: Path) -> str:
    rows = np.random.default_rng(0).integers(0, 2, (40, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "bits.npy", rows)
    return str(tmp_path / "bits.npy")


def built(name: str, data: object) -> tuple[Model, Any]:
    """A model of the catalogue by its defaults, and its settings."""
    entry, outline = find(name), load(data).outline
    settings = entry.resolve(parse_settings(entry, {}), outline)
    return entry.build(outline, settings, {}), settings


def sizes(networks: Iterable[nn.Module]) -> list[int]:
    return sorted(sum(p.numel() for p in network.parameters()) for network in networks)


def test_the_bare_vae_does_the_products_of_its_layers_and_of_their_gradients(bits: str) -> None:
    given = {"batch_size": 4, "steps": 1, "threads": 1, "hidden": 5, "latent_dim": 3}
    found = import_module("bare_vae").measure(data=bits, **given)
    layers = [64 * 5, 5 * 6, 3 * 5, 5 * 64]
    # Forward, by weights and by inputs; the rows themselves need no gradient.
    assert found["flops"] == 2 * 4 * (3 * sum(layers) - layers[0])
    assert found["steps"] == 1
    assert found["seconds"] > 0


def test_ours_is_timed_through_train_and_its_nll_estimated(bits: str) -> None:
    given = {"batch_size": 8, "threads": 1, "hidden": [5], "latent_dim": 2, "held_out": bits}
    found = import_module("ours").measure("vae", bits, steps=3, **given)
    assert found["seconds"] > 0
    # Bits by the toss of a coin have log 2 nats each.
    assert found["nll"] == pytest.approx(64 * np.log(2), rel=0.3)


def test_compiling_is_what_the_first_report_came_late(tmp_path: Path) -> None:
    lines = [{"step": k, "seconds": 7 + 0.01 * k} for k in (5, 10, 100)]
    path = tmp_path / "metrics.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    assert import_module("ours")._compiling(path) == pytest.approx(7)


@pytest.mark.parametrize("model", ["gan", "wgan-gp"])
def test_the_bare_games_are_those_of_the_catalogue(model: str) -> None:
    games, bare = import_module("games"), import_module("bare_gan")
    ours, settings = built(model, "ring")
    assert games.GAMES[model] == (settings.moves, find(model).betas)
    assert import_module("gan").ROUNDS[model] == find(model).steps
    assert (settings.lr, settings.critic_lr, settings.ema) == (games.LR, games.LR, games.DECAY)
    assert sizes(ours.objective.modules.values()) == sizes(bare.networks(2))
    _, critic = bare.networks(2)
    real, made = torch.randn(2, 6, 2)
    judge = lambda x: critic(x).squeeze(1)  # noqa: E731
    at_q, at_p = score(judge, (real,)), score(judge, (made,))
    torch.manual_seed(0)
    noise = Noise.replay(6, [torch.rand(6)])
    torch.manual_seed(0)
    if model == "gan":
        penalty, dual, loss = zero_slope(settings.r1, "q"), NON_SATURATING, bare.gan_loss
    else:
        penalty, dual, loss = unit_slope(settings.penalty), WASSERSTEIN, bare.wgan_gp_loss
    expected = dual.critic(at_q.logits, at_p.logits) + penalty.value(judge, at_q, at_p, noise)
    torch.testing.assert_close(loss(critic, real, made), expected)


def test_a_bare_round_moves_generator_critic_and_average() -> None:
    bare = import_module("bare_gan")
    rows = torch.randn(64, 2)
    play = bare.rounds("wgan-gp", rows, bare.endless(64, 16), 16)
    cells = dict(zip(play.__code__.co_freevars, play.__closure__, strict=True))
    kept = {n: cells[n].cell_contents for n in ("generator", "critic", "averages")}
    parts = {n: list(v) if n == "averages" else list(v.parameters()) for n, v in kept.items()}
    before = {name: [tensor.clone() for tensor in tensors] for name, tensors in parts.items()}
    play()
    for name, tensors in parts.items():
        assert not torch.equal(tensors[0], before[name][0]), name


def test_the_plain_dcgan_has_the_networks_of_ours() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)
    model, settings = built("dcgan", pictures)
    plain = import_module("plain_dcgan")
    assert (settings.latent_dim, settings.width) == (plain.LATENT, plain.WIDTH)
    assert sizes(model.objective.modules.values()) == sizes(plain.networks(3, 3, 4))


def test_distances_are_measured_with_their_memory(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    paths = [tmp_path / name for name in ("samples.npy", "real.npy")]
    for path in paths:
        np.save(path, rng.normal(size=(120, 10)))
    for what, count in (("manifold", 4), ("frechet", 1)):
        found = import_module("our_fidelity").measure(what, str(paths[0]), str(paths[1]), 1)
        assert len(found["values"]) == count
        assert found["peak"] > found["memory"] >= 0


def test_contenders_take_turns_and_are_compared_within_a_round() -> None:
    contest = import_module("contest")
    called: list[str] = []

    def contender(name: str, seconds: float) -> Any:
        def measure() -> dict[str, float]:
            called.append(name)
            return {"seconds": seconds * len(called), "steps": 1}

        return SimpleNamespace(name=name, measure=measure)

    found = contest.contest([contender("a", 1), contender("b", 3)], 2)
    assert called == ["a", "b", "b", "a"]
    assert contest.ratios(found["a"], found["b"]) == [6, 9 / 4]


def test_a_peer_that_is_not_installed_is_named() -> None:
    with pytest.raises(SystemExit, match="make bench"):
        import_module("contest").environment("nobody")


def test_results_put_ratios_first_and_name_what_falls_short() -> None:
    results = import_module("results")
    ratios = [results.Ratio("slow", [0.5, 0.8, 0.9], 1.0), results.Ratio("fast", [3.0], 1.0)]
    table = results.Table(["who", "steps/s"], [["ours", "12"]])
    section = results.Section("Part", "What is timed.", ratios, [table], measured="Here.")
    assert results.Section.from_json(json.loads(json.dumps(section.to_json()))) == section
    text = results.report([section], "For this reason.")
    assert "- Part: slow 0.80, asked for 1\n\nFor this reason." in text
    assert "| slow | 0.80 | 0.50–0.90 | ≥ 1 | **short** |" in text
    assert text.index("| fast | 3.00") < text.index("What is timed.") < text.index("| ours | 12 |")


FOUND: dict[str, dict[str, Any]] = {
    "ours": {"seconds": 2.0, "steps": 10, "compiling": 3.0, "nll": 238.0},
    "bare_vae": {"seconds": 1.0, "steps": 10, "flops": 6 * 10**9},
    "bare_gan": {"seconds": 1.0, "steps": 10, "flops": 6 * 10**9},
    "plain_dcgan": {"seconds": 3.0, "steps": 10, "flops": 6 * 10**9},
    "gemm": {"seconds": 1.0, "steps": 1, "flops": 2 * 10**11},
    "pythae_vae": {"seconds": 3.0, "steps": 10, "curve": [[4.0, 250.0], [8.0, 239.0]]},
    "jax_gan": {"seconds": 1.6, "steps": 10, "compiling": 1.0},
    "our_fidelity": {"seconds": 1.0, "steps": 1, "memory": 10.0, "peak": 300.0, "values": [1.0]},
    "usual_fidelity": {
        "seconds": 7.0, "steps": 1, "memory": 900.0, "peak": 999.0, "values": [1.0],
        "kernels": ["Zen"],
    },
}  # fmt: skip
"""What contenders might answer: ours takes 2 s for what the bare loops do in one."""


@pytest.mark.parametrize(
    ("name", "bf16", "expected"),
    [
        ("vae", False, {"pythae, batch 64, fp32": 1.5, "the bare loop, batch 512, fp32": 0.5}),
        ("vae", True, {"pythae, batch 128, bf16, compiled": 1.5}),
        ("gan", False, {"the bare loop, wgan-gp: ours": 0.5}),
        ("jax", False, {"the JAX scan, gan: ours, compiled": 0.8}),
        ("dcgan", True, {"the plain loop, bf16": 1.5}),
        ("fidelity", False, {"prdc, memory": 90.0, "sqrtm, Fréchet distance": 7.0}),
        ("quality", True, {"pythae, time to its NLL, bf16": 4.0}),
    ],
)
def test_a_part_asks_contenders_for_what_they_take_and_compares_their_answers(
    name: str, bf16: bool, expected: dict[str, float], tmp_path: Path, monkeypatch: Any
) -> None:
    run, plan = import_module("run"), import_module("plan")
    monkeypatch.setattr(plan.Plan, "rows", lambda self, name, make: f"{name}.npy")

    def contest(contenders: Any, rounds: int, first: int = 0) -> dict[str, list[dict[str, Any]]]:
        for contender in contenders:
            if contender.peer is None:
                measure = import_module(contender.script).measure
                given = {k: v for k, v in contender.arguments.items() if v is not None}
                inspect.signature(measure).bind(**given)
        return {c.name: [FOUND[c.script]] * rounds for c in contenders}

    for module in ("vae", "gan", "dcgan", "fidelity", "quality"):
        monkeypatch.setattr(import_module(module), "contest", contest)
        monkeypatch.setattr(import_module(module), "has_bf16", lambda: bf16, raising=False)
    kept = tmp_path / "kept"
    section = run.PARTS[name].measure(plan.Plan(rounds=2, kept=kept))
    told = {ratio.of: ratio.value for ratio in section.ratios}
    assert {of: told[of] for of in expected} == pytest.approx(expected)
    import_module("results").keep(kept, name, section)
    run.write(kept, tmp_path / "RESULTS.md")
    text = (tmp_path / "RESULTS.md").read_text()
    assert f"## {section.title}" in text
    assert ("no bfloat16" in text) == (name in ("vae", "dcgan") and not bf16)
    for picture in section.pictures:
        assert (tmp_path / picture).is_file()


def test_the_share_of_the_peak_is_that_of_the_products() -> None:
    line = import_module("figures").line
    cells = line("it", 64, [FOUND["bare_vae"]], 6 * 10**9, [FOUND["gemm"]])
    assert cells == ["it", "64", "10.0", "640", "100.00", "60.0", "30%", ""]


@pytest.mark.parametrize(("nll", "expected"), [(239.0, 4.0), (241.0, 0.0)])
def test_time_to_a_quality_that_is_not_reached_is_no_gain(
    nll: float, expected: float, tmp_path: Path, monkeypatch: Any
) -> None:
    quality, plan = import_module("quality"), import_module("plan")
    answers = {"pythae_vae": {"curve": [(4.0, 250.0), (8.0, 240.0)]}}
    ours = {"seconds": 2.0, "nll": nll}
    monkeypatch.setattr(plan.Plan, "rows", lambda self, name, make: f"{name}.npy")
    monkeypatch.setattr(quality, "has_bf16", lambda: False)

    def contest(who: Any, rounds: int, first: int) -> dict[str, list[dict[str, Any]]]:
        return {c.name: [answers.get(c.script, ours)] for c in who}

    monkeypatch.setattr(quality, "contest", contest)
    section = quality.measure(plan.Plan(kept=tmp_path))
    assert section.ratios[0].rounds == [expected] * 3
    assert section.ratios[0].falls_short == (expected < 4)
    assert len(section.notes) == (0 if expected else 3)
    assert (tmp_path / "time-to-quality.png").stat().st_size > 1000


def test_the_command_runs_the_parts_that_are_named_and_all_but_jax_otherwise() -> None:
    run = import_module("run")
    assert run.chosen(["vae", "--threads", "1"])[0] == ["vae"]
    assert set(run.chosen([])[0]) == set(run.PARTS) - {"jax"}
    with pytest.raises(SystemExit):
        run.chosen(["nothing"])


def test_peers_are_pinned_and_share_our_versions() -> None:
    pattern = re.compile(r"^([\w.-]+)==([\w.]+)$", re.MULTILINE)
    ours = dict(pattern.findall((ROOT / "constraints.txt").read_text()))
    for peer, name in (("pythae", "pythae"), ("prdc", "prdc"), ("jax", "jax")):
        text = (SPEED / "peers" / f"{peer}.txt").read_text()
        pins = dict(pattern.findall(text))
        assert len(pins) == sum(bool(line) and line[0] != "#" for line in text.splitlines())
        assert name in pins
        shared = pins.keys() & {"torch", "numpy", "scipy"}
        assert {n: pins[n] for n in shared} == {n: ours[n] for n in shared}
