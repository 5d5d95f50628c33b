from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from kullback.data import Space
from kullback.distributions import Delta, Noise
from kullback.errors import BadInput
from kullback.models.catalogue import CATALOGUE, Entry, find
from kullback.models.model import Model
from kullback.networks import mlp
from kullback.objectives import Clock, log_weight

REAL = Space("real", (4,), "float32", (0.0, 1.0, 2.0, 3.0), scale=2.0)
GREY = Space("uint8", (4,), "uint8")
IMAGE = Space("uint8", (8, 9), "uint8")
BITS = Space("binary", (4,), "uint8")
SPACES = {"real": REAL, "grey": GREY, "image": IMAGE, "bits": BITS}

CLOCK = Clock(*torch.zeros(3).unbind())
TRAINING = {"lr", "critic_lr", "clip"}

each = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
each_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)


def signature(entry: Entry) -> dict[str, inspect.Parameter]:
    module, _, name = entry.function.partition(":")
    return dict(inspect.signature(getattr(importlib.import_module(module), name)).parameters)


def bodies(entry: Entry) -> set[str]:
    known = signature(entry)
    return {name for name in known if name in ("encoder", "decoder", "generator", "critic")}


def build(entry: Entry, space: Space = REAL, **chosen: Any) -> Model:
    torch.manual_seed(0)
    return entry.build(space, entry.resolve(entry.settings.model_validate(chosen), space), {})


def observe(space: Space, rows: int = 6) -> Tensor:
    x = torch.rand(rows, *space.model_shape)
    levels = {"uint8": 255, "binary": 1}.get(space.kind)
    return x if levels is None else (x * levels).round() / levels


@each
def test_the_formula_of_an_entry_is_what_its_objective_prints(entry: Entry) -> None:
    assert entry.formula == str(build(entry).objective)


@each
def test_the_settings_of_an_entry_are_its_functions_parameters_and_its_optimisers(
    entry: Entry,
) -> None:
    wanted = set(signature(entry)) - {"space"} - bodies(entry)
    offered = set(entry.settings.model_fields)
    assert wanted <= offered
    assert offered - wanted <= TRAINING


@each
def test_an_entry_stands_under_its_name_and_says_what_it_is(entry: Entry) -> None:
    assert find(entry.name) is entry
    assert entry.summary.endswith(".")
    assert "\n" not in entry.summary
    assert entry.reference
    assert entry.steps >= 1


@each
def test_a_model_is_over_x_and_z_with_data_on_the_data_side(entry: Entry) -> None:
    model = build(entry)
    assert str(model.q).startswith("data(x)")
    assert {factor.variable for factor in model.p.factors} == {"x", "z"}
    learned = {id(p) for network in model.networks.values() for p in network.parameters()}
    moving = {id(p) for p in model.objective["model"].parameters}
    assert learned == moving


@each
def test_capabilities_are_those_that_the_joints_have(entry: Entry) -> None:
    model = build(entry)
    encodes = any(factor.variable == "z" for factor in model.q.latents)
    q = model.q.trace({"x": observe(REAL)}, Noise.seeded(6, 0))
    p = model.p.trace({}, Noise.seeded(6, 0))
    laws = [*q.distributions.values(), *p.distributions.values()]
    can = {
        "sample": True,
        "interpolate": True,
        "encode": encodes,
        "reconstruct": encodes,
        "likelihood": encodes and not any(isinstance(law, Delta) for law in laws),
    }
    assert set(entry.capabilities) == {name for name, able in can.items() if able}
    if can["likelihood"]:
        assert torch.isfinite(log_weight(model.q, model.p, q)).all()
    elif encodes:
        with pytest.raises(TypeError, match="no density"):
            log_weight(model.q, model.p, q)


@each
@each_space
def test_every_term_of_a_new_model_is_a_finite_number_for_every_kind_of_data(
    entry: Entry, space: Space
) -> None:
    model = build(entry, space)
    batch = {"x": observe(space)}
    for player in model.objective.values():
        for value in player.terms(batch, Noise.seeded(6, 0), CLOCK).values():
            assert value.shape == ()
            assert torch.isfinite(value)
    drawn = model.p.trace({}, Noise.seeded(5, 0))
    assert drawn.values["x"].shape == (5, *space.model_shape)
    if "encode" in entry.capabilities:
        code = model.code(model.networks["q(z|x)"](batch["x"]))
        latent_dim = entry.resolve(entry.settings.model_validate({}), space).latent_dim
        assert code.shape == (6, latent_dim)


@each
@each_space
def test_resolving_fills_in_what_follows_from_the_data_and_keeps_what_was_chosen(
    entry: Entry, space: Space
) -> None:
    resolved = entry.resolve(entry.settings.model_validate({}), space)
    assert resolved.latent_dim is not None
    assert resolved.latent_dim >= 1
    assert entry.resolve(resolved, space) == resolved
    chosen = entry.settings.model_validate({"latent_dim": 3})
    assert entry.resolve(chosen, space).latent_dim == 3
    open_ones = {"latent_dim", "likelihood", "lr"}
    kept = resolved.model_dump(exclude=open_ones)
    assert kept == entry.settings.model_validate({}).model_dump(exclude=open_ones)


@pytest.mark.parametrize(("hidden", "rate"), [(None, 0.002), ([8], 0.002), ([], 0.03)])
def test_affine_networks_learn_at_a_larger_rate(hidden: list[int] | None, rate: float) -> None:
    ae = find("ae")
    chosen = ae.settings.model_validate({"hidden": hidden})
    assert ae.resolve(chosen, REAL).model_dump()["lr"] == rate


def test_the_likelihood_follows_from_the_kind_of_data() -> None:
    vae = find("vae")
    found = {
        kind: vae.resolve(vae.settings.model_validate({}), space).model_dump()["likelihood"]
        for kind, space in SPACES.items()
    }
    grey = "discretised-logistic"
    assert found == {"real": "gaussian", "grey": grey, "image": grey, "bits": "bernoulli"}


@pytest.mark.parametrize(
    ("name", "chosen", "space"),
    [
        ("vae", {"likelihood": "bernoulli"}, REAL),
        ("vae", {"likelihood": "categorical"}, REAL),
        ("vae", {"likelihood": "discretised-logistic"}, BITS),
        ("vae", {"likelihood": "bernoulli", "scale": 0.5}, BITS),
        ("vae", {"scale": 0.5}, GREY),
        ("pca", {"latent_dim": 4}, REAL),
        ("pca", {"latent_dim": 99}, REAL),
        ("pca", {}, Space("real", (1,), "float32", (0.0,))),
    ],
)
def test_settings_that_do_not_fit_the_data_are_refused_in_one_line(
    name: str, chosen: dict[str, Any], space: Space
) -> None:
    entry = find(name)
    with pytest.raises(BadInput) as refusal:
        entry.resolve(entry.settings.model_validate(chosen), space)
    assert "\n" not in str(refusal.value)
    assert refusal.value.exit_code == 2


def test_an_unknown_model_is_refused_in_one_line_with_the_nearest_name() -> None:
    with pytest.raises(BadInput, match="did you mean wgan-gp") as refusal:
        find("wgan_gp")
    assert "\n" not in str(refusal.value)


class Marked(nn.Module):
    """A body of the right shapes that counts its looks."""

    def __init__(self, inputs: int, *shape: int) -> None:
        super().__init__()
        outputs = int(torch.tensor(shape).prod())
        self.net = nn.Sequential(nn.Flatten(), mlp(inputs, [3], outputs), nn.Unflatten(1, shape))
        self.looks = 0

    def forward(self, x: Tensor) -> Tensor:
        self.looks += 1
        return self.net(x)  # type: ignore[no-any-return]


@each
def test_the_bodies_a_user_gives_are_the_ones_that_are_used(entry: Entry) -> None:
    codes = 4 if entry.name == "vae" else 2
    given = {
        "encoder": Marked(4, codes),
        "decoder": Marked(2, 1, 4),
        "generator": Marked(2, 1, 4),
        "critic": Marked(2 if entry.name == "aae" else 4, 1),
    }
    for name in bodies(entry):
        settings = entry.resolve(entry.settings.model_validate({"latent_dim": 2}), REAL)
        model = entry.build(REAL, settings, {name: given[name]})
        moving = {id(p) for player in model.objective.values() for p in player.parameters}
        assert {id(p) for p in given[name].parameters()} <= moving
        for player in model.objective.values():
            player.terms({"x": observe(REAL)}, Noise.seeded(6, 0), CLOCK)
        assert given[name].looks > 0


def test_a_body_may_return_a_distribution_of_its_own() -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Linear(4, 2)

        def forward(self, x: Tensor) -> Distribution:
            return torch.distributions.Independent(torch.distributions.Laplace(self.net(x), 1.0), 1)

    entry = find("vae")
    settings = entry.resolve(entry.settings.model_validate({"latent_dim": 2}), REAL)
    model = entry.build(REAL, settings, {"encoder": Own()})
    law = model.networks["q(z|x)"](observe(REAL))
    assert isinstance(law.base_dist, torch.distributions.Laplace)


@each
def test_a_network_that_a_model_does_not_have_is_refused_in_one_line(entry: Entry) -> None:
    settings = entry.resolve(entry.settings.model_validate({}), REAL)
    with pytest.raises(BadInput, match=f"{entry.name} has no network called judge") as refusal:
        entry.build(REAL, settings, {"judge": nn.Linear(4, 4)})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["space", "hidden"])
def test_a_setting_is_not_a_network(name: str) -> None:
    entry = find("vae")
    with pytest.raises(BadInput, match=f"vae has no network called {name}"):
        entry.build(
            REAL, entry.resolve(entry.settings.model_validate({}), REAL), {name: nn.Linear(4, 4)}
        )


@each
def test_with_a_user_body_for_every_network_a_model_has_no_other_parameters(entry: Entry) -> None:
    if not bodies(entry):
        return
    codes = 4 if entry.name == "vae" else 2
    given = {
        "encoder": Marked(4, codes),
        "decoder": Marked(2, 1, 4),
        "generator": Marked(2, 1, 4),
        "critic": Marked(2 if entry.name == "aae" else 4, 1),
    }
    settings = entry.resolve(entry.settings.model_validate({"latent_dim": 2}), REAL)
    model = entry.build(REAL, settings, {name: given[name] for name in bodies(entry)})
    own = {id(p) for name in bodies(entry) for p in given[name].parameters()}
    moving = {p for player in model.objective.values() for p in player.parameters}
    assert all(id(p) in own or p.dim() == 0 for p in moving)  # a learned scale stands in the head
