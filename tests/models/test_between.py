"""The losses of models between densities and samples, against the same computed by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, softplus

from kullback.data import Outline, Space
from kullback.distributions import Noise
from kullback.models.catalogue import find
from kullback.models.model import Model
from kullback.networks import features_of
from kullback.objectives import Clock, Objective

SPACE = Space("real", (4,), "float32", (0.0,) * 4)
ROWS, CLASSES, LATENT = 6, 3, 2
CLOCK = Clock(*torch.zeros(3).unbind())


def build(name: str, **chosen: Any) -> Model:
    entry = find(name)
    outline = Outline(SPACE, 64, classes=CLASSES if entry.needs == "labels" else 0)
    torch.manual_seed(0)
    settings = entry.settings.model_validate({"latent_dim": LATENT, "hidden": [8]} | chosen)
    return entry.build(outline, entry.resolve(settings, outline), {})


def batch() -> dict[str, Tensor]:
    torch.manual_seed(1)
    return {"x": torch.randn(ROWS, 4), "y": torch.eye(CLASSES)[torch.arange(ROWS) % CLASSES]}


def of(objective: Objective, player: str) -> dict[str, Tensor]:
    return objective[player].terms(batch(), Noise.seeded(ROWS, 0), CLOCK)


def sides(model: Model) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """What a game draws of the data side and then of the model side."""
    noise = Noise.seeded(ROWS, 0)
    return model.q.trace(batch(), noise).values, model.p.trace(batch(), noise).values


def test_in_ali_each_side_minimises_minus_the_log_probability_of_the_other() -> None:
    model = build("ali", reconstruction=0, r1=0)
    critic = model.objective.modules["D(x, z)"]
    q, p = sides(model)
    found = of(model.objective, "model")
    assert set(found) == {"adversarial_x_z_q", "adversarial_x_z_p"}
    on_q, on_p = critic(q["x"], q["z"]), critic(p["x"], p["z"])
    torch.testing.assert_close(found["adversarial_x_z_q"], softplus(on_q).mean())
    torch.testing.assert_close(found["adversarial_x_z_p"], softplus(-on_p).mean())


@pytest.mark.parametrize("game", ["label-swapped", "minimax", "full", "truncated"])
def test_the_game_that_ali_plays_can_be_chosen(game: str) -> None:
    model = build("ali", reconstruction=0, game=game)
    critic = model.objective.modules["D(x, z)"]
    q, p = sides(model)
    on_q, on_p = critic(q["x"], q["z"]), critic(p["x"], p["z"])
    by_hand = {
        "label-swapped": softplus(on_q) + softplus(-on_p),
        "minimax": -softplus(-on_q) - softplus(on_p),
        "full": on_q - on_p,
        "truncated": softplus(-on_q) + softplus(-on_p),
    }
    found = of(model.objective, "model")
    torch.testing.assert_close(sum(found.values()), by_hand[game].mean())


def test_the_reconstruction_of_ali_is_half_a_squared_error_and_can_be_left_out() -> None:
    model = build("ali", reconstruction=3.0)
    x = batch()["x"]
    z = model.q.trace(batch(), Noise.seeded(ROWS, 0)).values["z"]
    again = model.networks["p(x|z)"](z).mean
    constant = 2 * torch.log(torch.tensor(2 * torch.pi))
    expected = 3 * (0.5 * (x - again).square().sum(1).mean() + constant)
    torch.testing.assert_close(of(model.objective, "model")["nll_x"], expected)
    assert "nll_x" not in of(build("ali", reconstruction=0).objective, "model")


def test_a_vae_gan_reconstructs_in_the_features_of_its_critic_and_not_in_pixels() -> None:
    model = build("vae-gan", features=2.0)
    phi = features_of(model.objective.modules["D(x)"])
    x, noise = batch()["x"], Noise.seeded(ROWS, 0)
    noise.normal(ROWS, LATENT)  # of the KL term
    z = model.q.trace(batch(), noise).values["z"]
    again = model.networks["p(x|z)"](z).mean
    found = of(model.objective, "model")
    assert set(found) == {"kl_z", "features_D", "adversarial_x"}
    expected = (phi(x) - phi(again)).square().sum(1).mean()
    torch.testing.assert_close(found["features_D"], expected)


def test_the_game_of_a_vae_gan_does_not_move_its_encoder() -> None:
    model = build("vae-gan")
    loss = of(model.objective, "model")["adversarial_x"]
    for name, moved in (("q(z|x)", False), ("p(x|z)", True)):
        weights = list(model.networks[name].parameters())
        slopes = torch.autograd.grad(loss, weights, materialize_grads=True, retain_graph=True)
        assert any((slope != 0).any() for slope in slopes) is moved


def test_a_cvae_gan_has_three_players_whose_classifier_learns_from_data_alone() -> None:
    model = build("cvae-gan")
    assert list(model.objective) == ["classifier", "critic", "model"]
    reader = model.objective.modules["C(y|x)"]
    rows = batch()
    expected = cross_entropy(reader.body(rows["x"]), rows["y"].argmax(1))  # type: ignore[operator]
    torch.testing.assert_close(of(model.objective, "classifier")["nll_y"], expected)
    assert set(of(model.objective, "critic")) == {"critic_x", "r1_x", "logit_x"}
    assert set(of(model.objective, "model")) == {
        *("nll_x", "kl_z"),
        *("features_D", "features_C", "means_D", "means_C"),
    }


def test_in_a_move_of_a_cvae_gan_each_kind_of_term_makes_its_rows_once() -> None:
    model = build("cvae-gan")
    made: dict[str, int] = dict.fromkeys(("q(z|x, y)", "p(x|z, y)"), 0)

    def count(name: str) -> None:
        made[name] += 1

    for name in made:
        model.networks[name].register_forward_hook(lambda *_, name=name: count(name))
    of(model.objective, "model")
    assert made == {"q(z|x, y)": 2, "p(x|z, y)": 3}


def test_the_generator_of_a_cvae_gan_moves_neither_judge() -> None:
    model = build("cvae-gan")
    moving = {id(p) for p in model.objective["model"].parameters}
    for judge in ("D(x)", "C(y|x)"):
        assert not moving & {id(p) for p in model.objective.modules[judge].parameters()}


@pytest.mark.parametrize("name", ["ali", "vae-gan", "cvae-gan"])
def test_both_networks_are_followed_by_their_averages(name: str) -> None:
    model = build(name)
    learned = {n for n, net in model.networks.items() if any(True for _ in net.parameters())}
    assert set(model.objective.followers) == learned
    assert len(learned) == 2


def test_the_mean_logit_of_the_best_critic_on_codes_is_their_divergence_from_the_prior() -> None:
    # q(z) = N(1, ½²), so log q/p is a quadratic: the critic below can be the best there is.
    class Line(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return 0.5 * x[:, :1] + 1

    class Quadratic(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weights = nn.Parameter(torch.zeros(3))

        def forward(self, z: Tensor) -> Tensor:
            return torch.cat([torch.ones_like(z), z, z.square()], 1) @ self.weights[:, None]

    entry, outline = find("aae"), Outline(SPACE, 64)
    settings = entry.settings.model_validate({"latent_dim": 1})
    bodies = {"encoder": Line(), "critic": Quadratic()}
    model = entry.build(outline, entry.resolve(settings, outline), bodies)
    rows = {"x": Noise.seeded(20_000, 1).normal(20_000, 4)}
    critic = model.objective["critic"]
    optimiser = torch.optim.LBFGS(critic.parameters, max_iter=50, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        found = critic.terms(rows, Noise.seeded(20_000, 0), CLOCK)["critic_z"]
        found.backward()  # type: ignore[no-untyped-call]
        return found

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    logit = critic.terms(rows, Noise.seeded(20_000, 0), CLOCK)["logit_z"]
    assert float(logit) == pytest.approx(0.5 * (0.25 + 1 - 1 + math.log(4)), abs=0.03)
