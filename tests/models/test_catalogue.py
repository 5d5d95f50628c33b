from __future__ import annotations

import importlib
import inspect
from dataclasses import fields
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from kullback.data import Outline, Space
from kullback.distributions import Delta, Noise
from kullback.errors import BadInput
from kullback.models.catalogue import CATALOGUE, find
from kullback.models.entry import Entry
from kullback.models.model import Model
from kullback.models.settings import Conditional, Settings
from kullback.networks import Network, mlp
from kullback.objectives import Clock, Data, Factor, log_weight

REAL = Space("real", (4,), "float32", (0.0, 1.0, 2.0, 3.0), scale=2.0)
OUTLINE = Outline(REAL, 64)
CLASSES = 3
GREY = Space("uint8", (4,), "uint8")
IMAGE = Space("uint8", (8, 9), "uint8")
BITS = Space("binary", (4,), "uint8")
STEPS = Space("real", (5, 2), "float32", (0.0, 1.0), scale=2.0, sequence=True)
TOKENS = Space("token", (5,), "int64", sequence=True, levels=3)
SPACES = {"real": REAL, "grey": GREY, "image": IMAGE, "bits": BITS}
SEQUENCES = {"steps": STEPS, "tokens": TOKENS}

CLOCK = Clock(*torch.zeros(3).unbind())
TRAINING = {"lr", "critic_lr", "clip"}

each = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
each_in_each_space = pytest.mark.parametrize(
    ("entry", "space"),
    [
        pytest.param(entry, space, id=f"{name}-{kind}")
        for name, entry in CATALOGUE.items()
        for kind, space in (SEQUENCES if entry.needs == "sequences" else SPACES).items()
        if space.is_image or entry.needs != "images"
    ],
)


def signature(entry: Entry) -> dict[str, inspect.Parameter]:
    module, _, name = entry.function.partition(":")
    return dict(inspect.signature(getattr(importlib.import_module(module), name)).parameters)


def bodies(entry: Entry) -> set[str]:
    return {name for name, known in signature(entry).items() if known.default is None}


def home(entry: Entry) -> Space:
    return {"images": IMAGE, "sequences": STEPS}.get(entry.needs or "", REAL)


def outline(entry: Entry, space: Space | None = None) -> Outline:
    """Data of a space with what the model needs beside them."""
    space = space or home(entry)
    classes = CLASSES if entry.needs == "labels" else 0
    source = space if entry.needs in ("source", "paired source") else None
    return Outline(space, 64, classes, source, paired=entry.needs == "paired source")


def resolve(entry: Entry, space: Space | None = None, **chosen: Any) -> Settings:
    return entry.resolve(entry.settings.model_validate(chosen), outline(entry, space))


def build(entry: Entry, space: Space | None = None, **chosen: Any) -> Model:
    torch.manual_seed(0)
    return entry.build(outline(entry, space), resolve(entry, space, **chosen), {})


def batch_of(space: Space, rows: int = 6) -> dict[str, Tensor]:
    """Everything that a model may be given; each takes what it needs."""
    return {
        "x": observe(space, rows),
        "y": torch.eye(CLASSES)[torch.arange(rows) % CLASSES],
        "index": torch.arange(rows),
        "source": observe(space, rows),
        "mask": (torch.arange(5) < 1 + torch.arange(rows)[:, None] % 5).float(),
    }


def observe(space: Space, rows: int = 6) -> Tensor:
    x = torch.rand(rows, *space.model_shape)
    if space.kind == "token":
        return torch.eye(space.levels)[torch.arange(rows * 5).reshape(rows, 5) % space.levels]
    levels = {"uint8": 255, "binary": 1}.get(space.kind)
    return x if levels is None else (x * levels).round() / levels


@each
def test_the_formula_of_an_entry_is_what_its_objective_prints(entry: Entry) -> None:
    assert entry.formula == str(build(entry).objective)


@each
def test_the_settings_of_an_entry_are_its_functions_parameters_and_its_optimisers(
    entry: Entry,
) -> None:
    wanted = set(signature(entry)) - {field.name for field in fields(Outline)} - bodies(entry)
    offered = set(entry.settings.model_fields)
    assert wanted <= offered
    assert offered - wanted <= TRAINING | ({"latent_dim"} if entry.latent is None else set())


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
    assert isinstance(model.q["x"], Data)
    given = {"labels": {"y"}, "source": {"source"}, "paired source": {"source"}}
    cluster = {"y"} if entry.name == "clustering-vae" else set()
    length = {"mask"} if entry.needs == "sequences" else set()
    code = {"z"} if entry.latent else set()
    assert {factor.variable for factor in model.p.latents} == {"x"} | code | cluster | length
    assert set(model.given) == given.get(entry.needs or "", set())
    learned = {id(p) for network in model.networks.values() for p in network.parameters()}
    judges = ("critic", "classifier")
    movers = [player for name, player in model.objective.items() if name not in judges]
    assert learned == {id(p) for player in movers for p in player.parameters}


@each
def test_capabilities_are_those_that_the_joints_have(entry: Entry) -> None:
    model = build(entry)
    encodes = "source" not in model.given and any(f.variable == "z" for f in model.q.latents)
    q = model.q.trace(batch_of(home(entry)), Noise.seeded(6, 0))
    p = model.p.trace(batch_of(home(entry)), Noise.seeded(6, 0))
    laws = [*q.distributions.values(), *p.distributions.values()]
    can = {
        "sample": True,
        "interpolate": entry.latent is not None,
        "encode": encodes,
        "reconstruct": encodes,
        "likelihood": encodes and not any(isinstance(law, Delta) for law in laws),
    }
    assert set(entry.capabilities) == {name for name, able in can.items() if able}
    if can["likelihood"]:
        assert torch.isfinite(log_weight(model.q, model.p, q)).all()
    elif encodes and any(isinstance(law, Delta) and law.error is None for law in laws):
        with pytest.raises(TypeError, match="no density"):
            log_weight(model.q, model.p, q)


@each_in_each_space
def test_every_term_of_a_new_model_is_a_finite_number_for_every_kind_of_data(
    entry: Entry, space: Space
) -> None:
    model = build(entry, space)
    batch = batch_of(space)
    for player in model.objective.values():
        for value in player.terms(batch, Noise.seeded(6, 0), CLOCK).values():
            assert value.shape == ()
            assert torch.isfinite(value)
    drawn = model.p.trace(batch_of(space, 5), Noise.seeded(5, 0))
    assert drawn.values["x"].shape == (5, *space.model_shape)
    if "encode" in entry.capabilities:
        code = model.encode(batch)
        assert code.shape == (6, resolve(entry, space).latent_dim)


@each_in_each_space
def test_resolving_fills_in_what_follows_from_the_data_and_keeps_what_was_chosen(
    entry: Entry, space: Space
) -> None:
    resolved = resolve(entry, space)
    assert entry.resolve(resolved, outline(entry, space)) == resolved
    if entry.latent is None:
        assert resolved.latent_dim is None
        with pytest.raises(BadInput, match="has no latent"):
            resolve(entry, space, latent_dim=3)
    else:
        assert resolved.latent_dim is not None
        assert resolved.latent_dim >= 1
        assert resolve(entry, space, latent_dim=3).latent_dim == 3
    open_ones = {"latent_dim", "likelihood", "lr", "covariance"}
    if isinstance(resolved, Conditional):
        open_ones |= {"beta"}
    if entry.name == "gan-noise":
        open_ones |= {"critic_lr", "smallest", "largest"}
    kept = resolved.model_dump(exclude=open_ones)
    assert kept == entry.settings.model_validate({}).model_dump(exclude=open_ones)


@pytest.mark.parametrize("name", ["cvae", "cvae-class-mean"])
def test_the_kl_of_many_pixels_that_say_the_same_weighs_more(name: str) -> None:
    entry = find(name)

    def beta(shape: tuple[int, ...], **chosen: float) -> float:
        data = Outline(Space("uint8", shape, "uint8"), rows=10, classes=2)
        resolved = entry.resolve(entry.settings.model_validate(chosen), data)
        found: float = resolved.model_dump()["beta"]
        return found

    assert [beta(shape) for shape in ((784,), (8, 8), (28, 28))] == [1, 1, 12.25]
    assert beta((28, 28), beta=1) == 1


@pytest.mark.parametrize(("hidden", "rate"), [(None, 0.002), ([8], 0.002), ([], 0.03)])
def test_affine_networks_learn_at_a_larger_rate(hidden: list[int] | None, rate: float) -> None:
    ae = find("ae")
    chosen = ae.settings.model_validate({"hidden": hidden})
    assert ae.resolve(chosen, OUTLINE).model_dump()["lr"] == rate


def test_the_likelihood_follows_from_the_kind_of_data() -> None:
    vae = find("vae")
    found = {
        kind: vae.resolve(vae.settings.model_validate({}), Outline(space, 64)).model_dump()[
            "likelihood"
        ]
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
        entry.resolve(entry.settings.model_validate(chosen), Outline(space, 64))
    assert "\n" not in str(refusal.value)
    assert refusal.value.exit_code == 2


def test_an_unknown_model_is_refused_in_one_line_with_the_nearest_name() -> None:
    with pytest.raises(BadInput, match="did you mean wgan-gp") as refusal:
        find("wgan_gp")
    assert "\n" not in str(refusal.value)


class Marked(nn.Sequential):
    """A body of the right shapes that counts its looks."""

    def __init__(self, inputs: int, *shape: int) -> None:
        outputs = int(torch.tensor(shape).prod())
        super().__init__(nn.Flatten(), mlp(inputs, [3], outputs), nn.Unflatten(1, shape))
        self.looks = 0

    def forward(self, *inputs: Tensor) -> Tensor:
        self.looks += 1
        numbers = torch.cat([value.reshape(len(value), -1) for value in inputs], 1)
        return super().forward(numbers)  # type: ignore[no-any-return, no-untyped-call]


def sizes(entry: Entry) -> dict[str, Any]:
    return {"latent_dim": 2} if entry.latent else {}


def own_bodies(entry: Entry, more: int = 0) -> dict[str, Marked]:
    """A network of one's own for every one that the model has, with some outputs too many."""
    chosen = sizes(entry)
    model, space = build(entry, **chosen), home(entry)
    shape, features = (*space.model_shape[:-1], space.model_shape[-1] + more), space.features
    widths = {"x": features, "z": 2, "y": CLASSES, "source": features, "s": 1, "mask": 5}

    def given(factor: Data | Factor) -> int:
        assert isinstance(factor, Factor)
        return sum(widths[name] for name in factor.conditions)

    maker = model.p["x"]
    own = {
        "decoder": Marked(given(maker), 1, *shape),
        "generator": Marked(given(maker), 1, *shape),
    }
    for name in model.objective.modules:
        if name.startswith("D("):
            role = "source_critic" if name == "D(source)" else "critic"
            own[role] = Marked(sum(widths[v] for v in name[2:-1].split(", ")), 1 + more)
    if "inverse" in bodies(entry):
        own["inverse"] = Marked(given(model.q["source"]), 1, *shape)
    if "classifier" in bodies(entry):
        own["classifier"] = Marked(features, CLASSES + more)
    if "length" in bodies(entry):
        own["length"] = Marked(2, space.shape[0] + more)
    if "encoder" in bodies(entry):
        coder = model.q["z"]
        network = model.networks[model.q.text(coder)]
        assert isinstance(network, Network)
        own["encoder"] = Marked(given(coder), 2 * network.head.maps + more)
    return {name: own[name] for name in bodies(entry)}


@each
def test_the_bodies_a_user_gives_are_the_ones_that_are_used(entry: Entry) -> None:
    for name, body in own_bodies(entry).items():
        settings = resolve(entry, **sizes(entry))
        model = entry.build(outline(entry), settings, {name: body})
        moving = {id(p) for player in model.objective.values() for p in player.parameters}
        assert {id(p) for p in body.parameters()} <= moving
        for player in model.objective.values():
            player.terms(batch_of(home(entry)), Noise.seeded(6, 0), CLOCK)
        assert body.looks > 0


@each
def test_a_body_with_an_output_too_many_is_refused_in_one_line(entry: Entry) -> None:
    for name, body in own_bodies(entry, more=1).items():
        reason = r"makes|must give one number|cannot take rows"
        with pytest.raises(BadInput, match=reason) as refusal:
            entry.build(outline(entry), resolve(entry, **sizes(entry)), {name: body})
        assert "\n" not in str(refusal.value)


def test_a_body_may_return_a_distribution_of_its_own() -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Linear(4, 2)

        def forward(self, x: Tensor) -> Distribution:
            return torch.distributions.Independent(torch.distributions.Laplace(self.net(x), 1.0), 1)

    entry = find("vae")
    settings = entry.resolve(entry.settings.model_validate({"latent_dim": 2}), OUTLINE)
    model = entry.build(OUTLINE, settings, {"encoder": Own()})
    law = model.networks["q(z|x)"](observe(REAL))
    assert isinstance(law.base_dist, torch.distributions.Laplace)


@each
def test_a_network_that_a_model_does_not_have_is_refused_in_one_line(entry: Entry) -> None:
    with pytest.raises(BadInput, match=f"{entry.name} has no network called judge") as refusal:
        entry.build(outline(entry), resolve(entry), {"judge": nn.Linear(4, 4)})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["space", "hidden"])
def test_a_setting_is_not_a_network(name: str) -> None:
    entry = find("vae")
    with pytest.raises(BadInput, match=f"vae has no network called {name}"):
        entry.build(
            OUTLINE,
            entry.resolve(entry.settings.model_validate({}), OUTLINE),
            {name: nn.Linear(4, 4)},
        )


@each
def test_with_a_user_body_for_every_network_a_model_has_no_other_parameters(entry: Entry) -> None:
    if not bodies(entry):
        return
    given = own_bodies(entry)
    model = entry.build(outline(entry), resolve(entry, **sizes(entry)), given)
    free = [model.networks.get(name) for name in ("q(z|index)", "q(y|z)", "p(z|y)")]
    allowed = [*given.values(), *(module for module in free if module is not None)]
    own = {id(p) for module in allowed for p in module.parameters()}
    moving = {p for player in model.objective.values() for p in player.parameters}
    assert all(id(p) in own or p.dim() == 0 for p in moving)  # a learned scale stands in the head


def test_a_model_may_have_smaller_batches_of_images() -> None:
    entry = find("gan-noise")
    assert entry.rows_in_batch(REAL) == entry.batch_size
    assert entry.rows_in_batch(IMAGE) == entry.image_batch_size != entry.batch_size
    assert find("gan").rows_in_batch(IMAGE) == find("gan").batch_size
