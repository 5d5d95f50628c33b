from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from kullback.data import Space
from kullback.data.batches import Batches
from kullback.distributions import Noise
from kullback.models.autoencoders import ae
from kullback.models.between import aae
from kullback.models.model import Model
from kullback.models.variational import vae
from kullback.objectives import Clock, log_weight
from kullback.training import Adam, Column, Rows, Training

CLOCK = Clock(*torch.zeros(3).unbind())


def stretched(count: int = 256) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Five features with variances 9, 4, .25, .16, .09 along turned axes."""
    random = np.random.default_rng(0)
    turn = np.linalg.qr(random.normal(size=(5, 5)))[0]
    rows = random.normal(size=(count, 5)) * [3, 2, 0.5, 0.4, 0.3] @ turn.T + 4
    return np.asarray(rows, np.float32)


X = stretched()
SPACE = Space.of(X)
MODEL_X = torch.from_numpy(SPACE.to_model(X))


def trained(model: Model, rounds: int, lr: float, batch: int = 64) -> Training:
    rows = Rows({"x": Column(torch.from_numpy(X), SPACE.to_model)}, Batches(len(X), batch, 0))
    run = Training(model.objective, {name: Adam(lr) for name in model.objective}, rows, 0)
    for step in range(rounds):
        run.play_round(step / rounds)
    return run


def terms(model: Model, x: Tensor, seed: int = 0) -> dict[str, Tensor]:
    return model.objective["model"].terms({"x": x}, Noise.seeded(len(x), seed), CLOCK)


def test_the_linear_autoencoder_learns_the_principal_subspace() -> None:
    torch.manual_seed(0)
    model = ae(SPACE, 2, [])
    trained(model, 400, 0.03)
    decoder = model.networks["p(x|z)"]
    (weight,) = [p.detach().numpy() for p in decoder.parameters() if p.dim() == 2]
    found = np.linalg.qr(weight)[0]
    centred = MODEL_X.numpy() - MODEL_X.numpy().mean(0)
    principal = np.linalg.svd(centred, full_matrices=False)[2][:2].T
    cosines = np.linalg.svd(found.T @ principal)[1]
    assert np.degrees(np.arccos(cosines.clip(max=1))).max() < 2

    rebuilt = decoder(model.encode({"x": MODEL_X})).mean.detach().numpy()
    error = ((rebuilt - MODEL_X.numpy()) ** 2).sum(1).mean()
    best = ((centred - centred @ principal @ principal.T) ** 2).sum(1).mean()
    assert best <= error < 1.01 * best


def test_an_autoencoders_loss_is_half_the_squared_error_and_a_constant() -> None:
    torch.manual_seed(0)
    model = ae(SPACE, 2, [4])
    rebuilt = model.networks["p(x|z)"](model.networks["q(z|x)"](MODEL_X).mean).mean
    squared = (rebuilt - MODEL_X).square().sum(1).mean()
    constant = 2.5 * math.log(2 * math.pi) - SPACE.log_jacobian
    torch.testing.assert_close(terms(model, MODEL_X)["nll_x"], 0.5 * squared + constant)


def test_the_prior_of_an_autoencoder_has_the_moments_of_the_training_codes() -> None:
    torch.manual_seed(0)
    model = ae(SPACE, 2, [6])
    run = trained(model, 20, 0.01)
    unfitted = model.networks["p(z)"]()
    torch.testing.assert_close(unfitted.mean, torch.zeros(2))
    run.close()
    codes = model.networks["q(z|x)"](MODEL_X).mean.detach()
    prior = model.networks["p(z)"]()
    torch.testing.assert_close(prior.mean, codes.mean(0), atol=1e-5, rtol=1e-4)
    spread = codes.T.cov()
    slack = 2e-4 * float(spread.diagonal().mean())
    torch.testing.assert_close(prior.covariance_matrix, spread, atol=slack, rtol=1e-3)


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_beta_weighs_the_kl_and_at_one_the_terms_sum_to_less_the_bound(beta: float) -> None:
    torch.manual_seed(0)
    model = vae(SPACE, 2, [4], beta, "gaussian", None)
    found = terms(model, MODEL_X)
    trace = model.q.trace({"x": MODEL_X}, Noise.seeded(len(X), 0))
    plain = -model.p.at(trace).log_prob("x").mean()
    kl = torch.distributions.kl_divergence(
        trace.distributions["z"], model.networks["p(z)"]().expand((len(X),))
    ).mean()
    torch.testing.assert_close(found["nll_x"], plain)
    torch.testing.assert_close(found["kl_z"], beta * kl)
    if beta == 1:
        many = model.q.trace({"x": MODEL_X}, Noise.seeded(len(X), 1), draws=400)
        bound = log_weight(model.q, model.p, many)
        drawn = model.q.trace({"x": MODEL_X}, Noise.seeded(len(X), 2), draws=400)
        rebuilt = model.p.at(drawn).log_prob("x") - torch.distributions.kl_divergence(
            drawn.distributions["z"], model.networks["p(z)"]().expand((len(X),))
        )
        error = float(((bound.var(0) + rebuilt.var(0)) / 400).sum().sqrt().detach()) / len(X)
        assert float((bound - rebuilt).mean().detach()) == pytest.approx(0, abs=4 * error)


def test_the_aaes_decoder_has_the_scale_it_was_given_and_nothing_to_learn_there() -> None:
    model = aae(SPACE, 2, [4], moves=1, scale=0.5)
    decoder = model.networks["p(x|z)"]
    law = decoder(torch.zeros(1, 2))
    at_mean = float(law.log_prob(law.mean).detach())
    expected = -2.5 * math.log(2 * math.pi) - 5 * math.log(0.5) + SPACE.log_jacobian
    assert at_mean == pytest.approx(expected, rel=1e-5)
    assert all(p.dim() > 0 for p in decoder.parameters())


def test_a_bernoulli_vae_scores_the_bits_it_encoded_and_draws_them_anew_from_grey() -> None:
    space = Space("uint8", (3,), "uint8")
    torch.manual_seed(0)
    model = vae(space, 2, [4], 1.0, "bernoulli", None)
    grey = torch.rand(6, 3)
    trace = model.q.trace({"x": grey}, Noise.seeded(6, 0))
    bits = trace.values["x"]
    assert set(bits.flatten().tolist()) <= {0.0, 1.0}
    logits = model.p.at(trace, "x").distributions["x"].base_dist.logits  # type: ignore[attr-defined]
    expected = -binary_cross_entropy_with_logits(logits, bits, reduction="none").sum(1)
    torch.testing.assert_close(model.p.at(trace, "x").log_prob("x")[0], expected)
    looks = [model.q.trace({"x": grey}, Noise.seeded(6, s)).values["x"] for s in range(9)]
    assert len({tuple(look.flatten().tolist()) for look in looks}) > 1
