"""What the KL of the VAE is replaced by, each against the formula it stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from kullback.data import Space
from kullback.distributions import Noise
from kullback.models.model import Model
from kullback.models.variational import beta_vae, iwae, vae, vae_two_part
from kullback.networks.bodies import Inputs
from kullback.objectives import Clock, log_weight

SPACE = Space("real", (4,), "float32", (0.0, 1.0, 2.0, 3.0), scale=2.0)
X = torch.from_numpy(np.random.default_rng(0).normal(size=(32, 4))).float()
GAUSSIAN: dict[str, Any] = {"likelihood": "gaussian", "scale": None}


def clock(progress: float) -> Clock:
    return Clock(*torch.tensor([0.0, 0.0, progress]).unbind())


def terms(model: Model, progress: float = 1.0, seed: int = 0) -> dict[str, Tensor]:
    noise = Noise.seeded(len(X), seed)
    return model.objective["model"].terms({"x": X}, noise, clock(progress))


def seeded(function: Any, *settings: Any) -> Model:
    torch.manual_seed(0)
    model: Model = function(SPACE, 3, [8], *settings, **GAUSSIAN)
    return model


def posterior(model: Model) -> tuple[Tensor, Tensor]:
    """μ and σ of q(z|x), (32, 3)."""
    law = model.networks["q(z|x)"](X)
    return law.mean, law.variance.sqrt()


def test_beta_vae_without_its_options_is_the_vae_of_that_beta() -> None:
    one, other = seeded(beta_vae, 4.0, 0.0, 0.0), seeded(vae, 4.0)
    assert terms(one) == terms(other)


@pytest.mark.parametrize(("progress", "share"), [(0.0, 0.0), (0.1, 0.5), (0.2, 1.0), (0.9, 1.0)])
def test_the_kl_warms_up_to_beta(progress: float, share: float) -> None:
    found = terms(seeded(beta_vae, 4.0, 0.2, 0.0), progress)
    whole = terms(seeded(beta_vae, 4.0, 0.0, 0.0))
    torch.testing.assert_close(found["kl_z"], share * whole["kl_z"])
    torch.testing.assert_close(found["nll_x"], whole["nll_x"])


def test_a_coordinate_that_says_less_than_the_free_bits_costs_them_and_learns_nothing() -> None:
    model = seeded(beta_vae, 2.0, 0.0, 0.3)
    mean, scale = posterior(model)
    each = kl_divergence(Normal(mean, scale), Normal(0.0, 1.0)).mean(0)
    assert float(each.min().detach()) < 0.3 < float(each.max().detach())
    kl = terms(model)["kl_z"]
    torch.testing.assert_close(kl, 2 * each.clamp(min=0.3).sum())
    last = list(model.networks["q(z|x)"].parameters())[-1]  # the bias of μ and log σ²
    (slope,) = torch.autograd.grad(kl, last)
    assert torch.equal(slope.reshape(2, 3).abs().sum(0) > 0, each > 0.3)


def test_the_two_part_loss_is_the_reconstruction_and_two_squares() -> None:
    model = seeded(vae_two_part, 0.7, 0.2)
    mean, scale = posterior(model)
    found = terms(model)
    torch.testing.assert_close(found["mean_z"], 0.7 * mean.square().sum(1).mean())
    log_variance = 2 * scale.log()
    torch.testing.assert_close(found["log_variance_z"], 0.2 * log_variance.square().sum(1).mean())
    assert found["nll_x"] == terms(seeded(vae, 1.0))["nll_x"]
    assert set(found) == {"nll_x", "mean_z", "log_variance_z"}


def test_the_importance_weighted_loss_is_the_mean_weight_of_its_draws() -> None:
    model = seeded(iwae, 5)
    trace = model.q.trace({"x": X}, Noise.seeded(len(X), 0), draws=5)
    weights = log_weight(model.q, model.p, trace).exp().mean(0)
    torch.testing.assert_close(terms(model)["iwae"], -weights.log().mean())


def test_with_one_draw_the_importance_weighted_bound_is_the_elbo() -> None:
    # The VAE's KL is in closed form, the other's is drawn: equal on average, the noise the same.
    away = []
    for seed in range(200):
        (drawn,) = terms(seeded(iwae, 1), seed=seed).values()
        closed = torch.stack(list(terms(seeded(vae, 1.0), seed=seed).values())).sum()
        away.append((drawn - closed).detach())
    gap = torch.stack(away)
    error = float(gap.std()) / 200**0.5
    assert float(gap.mean()) == pytest.approx(0, abs=4 * error)
    assert error < 0.05


def test_a_vae_takes_off_the_mean_that_it_is_told() -> None:
    model = vae(SPACE, 3, [8], 1.0, "gaussian", None)
    x = torch.randn(40, 4) + 2
    before = model.encode({"x": x})
    model.settle({"x": rows} for rows in (x[:30], x[30:]))
    join = next(m for m in model.networks["q(z|x)"].modules() if isinstance(m, Inputs))
    assert torch.allclose(join(x).mean(0), torch.zeros(4), atol=1e-5)
    assert not torch.allclose(model.encode({"x": x}), before)
