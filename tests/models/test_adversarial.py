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


def test_the_noise_of_pictures_is_to_them_as_that_of_points_is_to_points() -> None:
    ends = {}
    for name, space in {"points": POINTS, "pictures": GREY}.items():
        text = str(build("gan-noise", space).objective)
        low, high = text.split("U[log ")[1].split("]", maxsplit=1)[0].split(", log ")
        spread = (space.features * (1 / 12 if space.bounded else 1)) ** 0.5
        ends[name] = (float(low) / spread, float(high) / spread)
    assert ends["points"] == pytest.approx(ends["pictures"], rel=0.02)
    assert ends["points"] == pytest.approx((0.007, 2.1), rel=0.02)


def test_points_are_corrected_and_seen_by_waves_and_pictures_are_not() -> None:
    points, pictures = build("gan-noise", POINTS), build("gan-noise", GREY)
    told = [next(iter(m.objective["critic"].modules.values())).body for m in (points, pictures)]
    assert [body.octaves for body in told if isinstance(body, NoiseTold)] == [6, 0]
    makers = [m.networks["p(x|z)"].body for m in (points, pictures)]
    assert [isinstance(body, Corrected) for body in makers] == [True, False]


def test_annealed_noise_is_one_size_that_falls_to_nought_and_is_not_told() -> None:
    model = build("gan-noise", POINTS, noise="annealed", largest=0.5)
    text = str(model.objective)
    assert "critic sees x + sε, s = 0.707107·(1−t)" in text
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
    assert list(terms(model, "critic", x=torch.rand(6, 1, 8, 8))) == ["critic_x"]


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
