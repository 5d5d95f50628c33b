"""The losses of models of two data sets, against the same computed by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.distributions import Distribution, Independent, Laplace, Normal
from torch.nn.functional import softplus

from kullback.data import Outline, Space
from kullback.distributions import Noise
from kullback.models.catalogue import find
from kullback.models.model import Model
from kullback.objectives import Clock, Objective

SPACE = Space("real", (4,), "float32", (0.0,) * 4)
OTHER = Space("uint8", (3,), "uint8")
ROWS, LATENT = 6, 2
CLOCK = Clock(*torch.zeros(3).unbind())


def build(name: str, **chosen: Any) -> Model:
    entry = find(name)
    outline = Outline(SPACE, 64, source=OTHER, paired=entry.needs == "paired source")
    torch.manual_seed(0)
    code = {"latent_dim": LATENT} if entry.latent else {}
    settings = entry.settings.model_validate(code | {"hidden": [8]} | chosen)
    return entry.build(outline, entry.resolve(settings, outline), {})


def batch() -> dict[str, Tensor]:
    torch.manual_seed(1)
    return {"x": torch.randn(ROWS, 4), "source": torch.rand(ROWS, 3)}


def of(objective: Objective, player: str = "model") -> dict[str, Tensor]:
    return objective[player].terms(batch(), Noise.seeded(ROWS, 0), CLOCK)


def error(point: Tensor, seen: Tensor, weight: float) -> Tensor:
    """−log of the Laplace density that weighs the mean absolute error by ``weight``."""
    scale = torch.full_like(seen, seen.shape[1] / weight)
    law: Distribution = Independent(Laplace(point, scale), 1)
    found: Tensor = -law.log_prob(seen).mean()
    return found


def test_the_weight_is_that_of_the_mean_absolute_error() -> None:
    found = {w: of(build("denoising-gan", l1=w).objective)["nll_x"] for w in (1.0, 10.0, 100.0)}
    rows = batch()
    model = build("denoising-gan")
    mean = (model.networks["p(x|source)"](rows["source"]).mean - rows["x"]).abs().mean()
    # The constant is D log(2 D/λ).
    constants = {w: 4 * torch.log(torch.tensor(8 / w)) for w in found}
    for weight, value in found.items():
        torch.testing.assert_close(value, weight * mean + constants[weight])


def test_a_paired_gan_compares_pairs_and_its_error_is_at_a_latent_of_the_prior() -> None:
    model = build("paired-gan", l1=10.0)
    rows = batch()
    z = Noise.seeded(ROWS, 0).normal(ROWS, LATENT)
    made = model.networks["p(x|source, z)"](rows["source"], z).mean
    torch.testing.assert_close(of(model.objective)["nll_x"], error(made, rows["x"], 10))
    critic = model.objective.modules["D(x, source)"]
    noise = Noise.seeded(ROWS, 0)
    noise.normal(ROWS, LATENT)
    fresh = model.networks["p(x|source, z)"](rows["source"], noise.normal(ROWS, LATENT)).mean
    expected = softplus(-critic(fresh, rows["source"])).mean()
    torch.testing.assert_close(of(model.objective)["adversarial_x_source"], expected)


def test_a_denoising_gan_shows_its_critic_what_comes_out_and_not_what_went_in() -> None:
    model = build("denoising-gan")
    rows = batch()
    made = model.networks["p(x|source)"](rows["source"]).mean
    expected = softplus(-model.objective.modules["D(x)"](made)).mean()
    torch.testing.assert_close(of(model.objective)["adversarial_x"], expected)


def test_a_bicycle_goes_from_x_by_the_encoder_and_from_z_back_to_it() -> None:
    model = build("bicycle", l1=10.0, beta=0.5, regression=0.25)
    rows, noise = batch(), Noise.seeded(ROWS, 0)
    encoder, maker = model.networks["q(z|x)"], model.networks["p(x|source, z)"]
    posterior = encoder(rows["x"])
    z = posterior.mean + posterior.stddev * noise.normal(ROWS, LATENT)
    found = of(model.objective)
    expected = error(maker(rows["source"], z).mean, rows["x"], 10)
    torch.testing.assert_close(found["nll_x"], expected)
    prior: Distribution = Independent(Normal(torch.zeros(LATENT), torch.ones(LATENT)), 1)
    drawn = noise.normal(ROWS, LATENT)
    again = encoder(maker(rows["source"], drawn).mean).log_prob(drawn)
    torch.testing.assert_close(found["kl_z_p"], 0.25 * (prior.log_prob(drawn) - again).mean())


def test_finding_the_latent_again_moves_the_generator_of_a_bicycle_and_not_its_encoder() -> None:
    model = build("bicycle")
    loss = of(model.objective)["kl_z_p"]
    for name, moved in (("q(z|x)", False), ("p(x|source, z)", True)):
        weights = list(model.networks[name].parameters())
        slopes = torch.autograd.grad(loss, weights, materialize_grads=True, retain_graph=True)
        assert any((slope != 0).any() for slope in slopes) is moved


def test_a_cyclegan_goes_there_and_back_from_both_sides() -> None:
    model = build("cyclegan", l1=10.0)
    rows = batch()
    there, back = model.networks["p(x|source)"], model.networks["q(source|x)"]
    found = of(model.objective)
    assert set(found) == {"nll_x", "nll_source_p", "adversarial_x", "adversarial_source"}
    from_x, from_source = back(rows["x"]).mean, there(rows["source"]).mean
    torch.testing.assert_close(found["nll_x"], error(there(from_x).mean, rows["x"], 10))
    torch.testing.assert_close(
        found["nll_source_p"], error(back(from_source).mean, rows["source"], 10)
    )
    on_x, on_source = (model.objective.modules[name] for name in ("D(x)", "D(source)"))
    torch.testing.assert_close(found["adversarial_x"], softplus(-on_x(from_source)).mean())
    # The source's critic scores what was made of x, the data side's, as 1.
    torch.testing.assert_close(found["adversarial_source"], softplus(on_source(from_x)).mean())


def test_the_critics_of_a_cyclegan_are_flat_on_data_and_not_on_translations() -> None:
    model = build("cyclegan", r1=2.0)
    rows = batch()
    found = of(model.objective, "critic")
    for critic, name, term in (("D(x)", "x", "r1_x"), ("D(source)", "source", "r2_source")):
        at = rows[name].requires_grad_()
        (slope,) = torch.autograd.grad(model.objective.modules[critic](at).sum(), at)
        torch.testing.assert_close(found[term], slope.square().sum(1).mean())


@pytest.mark.parametrize("name", ["cyclegan", "denoising-gan"])
def test_a_model_without_a_latent_makes_one_output_of_a_source(name: str) -> None:
    model = build(name)
    first, second = (
        model.p.trace(batch(), Noise.seeded(ROWS, seed), "x").values["x"] for seed in (0, 1)
    )
    assert torch.equal(first, second)
