"""What the models of the adversarial family are beside their rows in the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import kullback as kb
from kullback.data import Outline, Space
from kullback.distributions import Noise
from kullback.errors import BadInput
from kullback.models.catalogue import CATALOGUE, find
from kullback.models.model import Model
from kullback.networks import Corrected, NoiseTold
from kullback.objectives import Clock, Follower, Snapshot

POINTS = Space("real", (2,), "float32", (0.0, 0.0))
GREY = Space("uint8", (8, 8), "uint8")
CLOCK = Clock(*torch.zeros(3).unbind())


def build(
    name: str, space: Space, bodies: dict[str, nn.Module] | None = None, **chosen: Any
) -> Model:
    entry, outline = find(name), Outline(space, 64)
    torch.manual_seed(0)
    settings = entry.resolve(entry.settings.model_validate(chosen), outline)
    return entry.build(outline, settings, bodies or {})


def terms(model: Model, player: str, **batch: Tensor) -> dict[str, float]:
    noise = Noise.seeded(len(batch["x"]), 0)
    found = model.objective[player].terms(batch, noise, CLOCK)
    return {name: float(value.detach()) for name, value in found.items()}


def test_one_model_is_recommended_and_it_is_a_gan() -> None:
    (name,) = (name for name, entry in CATALOGUE.items() if entry.recommended)
    assert "gan" in name


class Mean(nn.Module):
    """A linear critic of the mean of ``copies`` copies of two coordinates."""

    def __init__(self, copies: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor([3.0, 4.0]))
        self.copies = copies

    def forward(self, x: Tensor) -> Tensor:
        mean: Tensor = x.view(len(x), self.copies, 2).mean(1)
        return mean @ self.w[:, None]


def test_the_slopes_of_r3gan_weigh_the_same_when_every_coordinate_is_repeated() -> None:
    found = []
    for copies in (1, 2, 8):
        space = Space("real", (2 * copies,), "float32", (0.0,) * (2 * copies))
        model = build("r3gan", space, {"critic": Mean(copies)}, gamma=0.3, latent_dim=2)
        found.append(terms(model, "critic", x=torch.randn(6, 2 * copies)))
    expected = 0.5 * 0.3 * 2 * (3**2 + 4**2)
    for one in found:
        assert one["r1_x"] == pytest.approx(expected, rel=1e-5)
        assert one["r2_x"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", ["wgan-gp", "r3gan", "gan", "gan-noise"])
def test_a_penalty_and_batch_normalisation_in_a_critic_of_ones_own_are_refused(name: str) -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))

        def forward(self, x: Tensor, *beside: Tensor) -> Tensor:
            return self.layers(x)  # type: ignore[no-any-return]

    with pytest.raises(BadInput, match="batch normalisation"):
        build(name, POINTS, {"critic": Own()})


def test_the_critic_of_wgan_stays_within_its_bounds(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(200, 2))
    run = kb.train("wgan", data=x, out=tmp_path / "run", steps=3, bound=0.07, hidden=[8], threads=1)
    state, _ = run.folder.read_tensors(run.folder.last)
    critic = [tensor for name, tensor in state.items() if name.startswith("module/D(x)/")]
    assert critic
    # After the step that grew it, every one was brought back, to the bound where it was beyond it.
    assert max(float(tensor.abs().max()) for tensor in critic) == pytest.approx(0.07)


class Listening(nn.Module):
    """A critic that remembers the sizes of noise that it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))
        self.told: list[Tensor] = []

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        self.told.append(s)
        return self.weight * x.flatten(1).sum(1, keepdim=True)


def test_the_noise_of_pictures_is_to_them_as_that_of_points_is_to_points() -> None:
    ends = {"smallest": 0.007, "largest": 2.1}
    for space, variance in ((POINTS, 2.0), (GREY, 64 / 12)):
        critic = Listening()
        model = build("gan-noise", space, {"critic": critic}, hidden=[4], **ends)
        critic.told.clear()
        terms(model, "critic", x=torch.zeros(4096, *space.model_shape))
        sizes = torch.cat(critic.told) / variance**0.5
        assert float(sizes.min()) == pytest.approx(0.007, rel=0.02)
        assert float(sizes.max()) == pytest.approx(2.1, rel=0.02)
        assert float(sizes.log().mean()) == pytest.approx(np.log(0.007 * 2.1) / 2, abs=0.1)


def test_pictures_have_less_noise_and_larger_rates_unless_told_otherwise() -> None:
    entry = find("gan-noise")
    names = ("smallest", "largest", "lr", "critic_lr")

    def resolved(space: Space, **given: Any) -> list[float]:
        chosen = entry.settings.model_validate(given)
        found = entry.resolve(chosen, Outline(space, rows=9))
        return [getattr(found, name) for name in names]

    assert resolved(POINTS) == [0.007, 2.1, 0.001, 0.001]
    assert resolved(GREY) == [0.002, 0.2, 0.002, 0.002]
    assert resolved(GREY, smallest=0.007, lr=0.001) == [0.007, 0.2, 0.001, 0.002]
    assert resolved(GREY, noise="annealed") == resolved(POINTS)


@pytest.mark.parametrize("name", ["r3gan", "gan-noise"])
def test_a_formula_says_by_what_rule_a_weight_follows_from_the_data(name: str) -> None:
    given: dict[str, Any] = {"smallest": 0.01, "largest": 0.1} if name == "gan-noise" else {}
    formulas = {str(build(name, space, **given).objective) for space in (POINTS, GREY)}
    (formula,) = formulas
    assert "Var(x)" in formula


def test_real_points_are_corrected_and_seen_by_waves_and_all_else_is_not() -> None:
    spaces = (POINTS, GREY, Space("uint8", (5,), "uint8"), Space("binary", (5,), "uint8"))
    models = [build("gan-noise", space) for space in spaces]
    told = [next(iter(model.objective["critic"].modules.values())).body for model in models]
    assert [body.octaves for body in told if isinstance(body, NoiseTold)] == [6, 0, 0, 0]
    makers = [model.networks["p(x|z)"].body for model in models]
    assert [isinstance(body, Corrected) for body in makers] == [True, False, False, False]


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({"smallest": 0.3, "largest": 0.2}, "smallest=0.3 is larger than largest=0.2"),
        ({"smallest": 3}, "smallest=3 is larger than largest=2.1"),
        ({"noise": "annealed", "smallest": 0.1}, "smallest=0.1 has no meaning"),
        ({"noise": "annealed", "gamma": 1.0}, "gamma=1 has no meaning"),
    ],
)
def test_sizes_of_noise_that_cannot_be_are_refused_in_one_line(
    chosen: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=reason) as refusal:
        kb.train("gan-noise", data=np.zeros((20, 2)), out=tmp_path / "run", **chosen)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).startswith("gan-noise: ")
    assert "input" not in str(refusal.value)
    assert not (tmp_path / "run").exists()


def test_one_size_of_noise_and_annealed_noise_as_a_recipe_keeps_it_are_accepted() -> None:
    entry = find("gan-noise")
    outline = Outline(POINTS, rows=9)
    entry.resolve(entry.settings.model_validate({"smallest": 0.1, "largest": 0.1}), outline)
    given = {"noise": "annealed", "largest": 0.001}
    falling = entry.resolve(entry.settings.model_validate(given), outline)
    assert entry.settings.model_validate(falling.model_dump()) == falling


def test_annealed_noise_is_one_size_that_falls_to_nought_and_is_not_told() -> None:
    model = build("gan-noise", POINTS, noise="annealed", largest=0.5)
    text = str(model.objective)
    assert "critic sees x + sε, s = 0.5σ·(1−t), σ² = Var(x)" in text
    assert "−E_p log P(q)" in text
    assert "D(x)" in model.objective["critic"].modules


def test_a_proximal_term_that_does_nothing_is_told_and_one_that_does_is_not(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(100, 2))
    small: dict[str, Any] = {"data": x, "steps": 1, "hidden": [4], "threads": 1}
    idle = kb.train("gan-proximal", out=tmp_path / "a", generator_moves=1, **small)
    assert len(idle.recipe.notes) == 1
    assert "does nothing" in idle.recipe.notes[0]
    lagged = kb.train(
        "gan-proximal", out=tmp_path / "b", generator_moves=1, snapshot_every=2, **small
    )
    assert lagged.recipe.notes == []
    entry = find("gan-proximal")
    assert entry.notes(entry.settings.model_validate({})) == ()


def test_the_snapshot_of_gan_proximal_is_in_the_checkpoint_and_not_what_sampling_uses() -> None:
    model = build("gan-proximal", POINTS)
    kinds = {name: type(follower) for name, follower in model.objective.followers.items()}
    assert kinds == {"p(x|z)": Follower, "old p(x|z)": Snapshot}


def test_dcgan_normalises_by_the_batch_and_closes_with_the_averages_own_statistics() -> None:
    model = build("dcgan", GREY, width=2)
    assert model.objective["statistics of p(x|z)"].closing
    for name in ("p(x|z)", "D(x)"):
        module = {**model.objective.modules}[name]
        module.train()
    assert list(terms(model, "critic", x=torch.rand(6, 1, 8, 8))) == ["critic_x", "logit_x"]


def test_a_generator_given_a_second_set_makes_one_output_of_one_row() -> None:
    entry = find("gan-from-data")
    outline = Outline(POINTS, 64, source=GREY)
    settings = entry.resolve(entry.settings.model_validate({}), outline)
    model = entry.build(outline, settings, {})
    source = torch.rand(1, 1, 8, 8).expand(5, 1, 8, 8)
    made = model.p.trace({"source": source}, Noise.seeded(5, 0)).values["x"]
    assert made.shape == (5, 2)
    torch.testing.assert_close(made, made[:1].expand(5, 2))
    assert model.given == ("source",)
