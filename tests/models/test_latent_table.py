from __future__ import annotations

import numpy as np
import torch

from kullback.data import Space
from kullback.data.batches import Batches
from kullback.distributions import Noise
from kullback.models.autoencoders import mmd_vae, noisy_ae
from kullback.models.latent_table import latent_table
from kullback.models.model import Model
from kullback.objectives import Clock
from kullback.training import Adam, Column, Rows, Training

RANDOM = np.random.default_rng(0)
PLANE = RANDOM.normal(size=(2, 5))
X = np.asarray(RANDOM.normal(size=(200, 2)) @ PLANE, np.float32)
SPACE = Space.of(X)
MODEL_X = torch.from_numpy(SPACE.to_model(X))
INDEX = torch.arange(len(X))
CLOCK = Clock(*torch.zeros(3).unbind())


def trained(model: Model, rounds: int) -> Training:
    columns = {
        "x": Column(torch.from_numpy(X), SPACE.to_model),
        "index": Column(INDEX, torch.Tensor.long),
    }
    rows = Rows({name: columns[name] for name in model.observed}, Batches(len(X), 50, 0))
    run = Training(model.objective, {"model": Adam(0.02)}, rows, 0)
    for step in range(rounds):
        run.play_round(step / rounds)
    run.close()
    return run


def error(model: Model, codes: torch.Tensor, x: torch.Tensor = MODEL_X) -> float:
    with torch.no_grad():
        return float((model.networks["p(x|z)"](codes).mean - x).square().mean())


def test_a_code_is_the_tables_row_and_only_rows_of_the_batch_move() -> None:
    torch.manual_seed(0)
    model = latent_table(SPACE, len(X), 2, [8])
    table = model.networks["q(z|index)"]
    with torch.no_grad():
        codes = table(INDEX).mean.clone()
    assert codes.std() > 0.9
    batch = {"x": MODEL_X[:7], "index": INDEX[:7]}
    (term,) = model.objective["model"].terms(batch, Noise.seeded(7, 0), CLOCK).values()
    expected = -model.networks["p(x|z)"](codes[:7]).log_prob(MODEL_X[:7]).mean()
    torch.testing.assert_close(term, expected)
    (slope,) = torch.autograd.grad(term, list(table.parameters()))
    assert bool((slope[:7] != 0).any(1).all())
    assert not slope[7:].any()


def test_rows_of_a_plane_get_codes_that_rebuild_them_and_new_rows_do_too() -> None:
    torch.manual_seed(0)
    model = latent_table(SPACE, len(X), 2, [])
    trained(model, 600)
    with torch.no_grad():
        table = model.networks["q(z|index)"](INDEX).mean
    variance = float(MODEL_X.square().mean())
    assert error(model, table) < 0.01 * variance
    new = np.asarray(RANDOM.normal(size=(50, 2)) @ PLANE, np.float32)
    x = torch.from_numpy(SPACE.to_model(new))
    found = model.encode({"x": x})
    assert error(model, found, x) < 0.01 * variance
    assert torch.equal(found, model.encode({"x": x}))
    torch.testing.assert_close(found[:5], model.encode({"x": x[:5]}), atol=1e-4, rtol=1e-4)


def test_the_prior_has_the_moments_of_the_table() -> None:
    torch.manual_seed(0)
    model = latent_table(SPACE, len(X), 2, [])
    trained(model, 40)
    with torch.no_grad():
        table = model.networks["q(z|index)"](INDEX).mean
    prior = model.networks["p(z)"]()
    torch.testing.assert_close(prior.mean, table.mean(0), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(prior.covariance_matrix, table.T.cov(), atol=1e-3, rtol=1e-3)


def test_a_noisy_codes_prior_has_the_noise_in_its_covariance() -> None:
    torch.manual_seed(0)
    model = noisy_ae(SPACE, 2, [8], noise=0.5)
    trained(model, 5)
    law = model.networks["q(z|x)"](MODEL_X)
    torch.testing.assert_close(law.variance, torch.full((200, 2), 0.25))
    codes = model.q.trace({"x": MODEL_X}, Noise.seeded(len(X), 0), draws=200).values["z"]
    prior = model.networks["p(z)"]()
    torch.testing.assert_close(prior.mean, codes.detach().mean(0), atol=0.02, rtol=0)
    torch.testing.assert_close(
        prior.covariance_matrix, codes.detach().T.cov(), atol=0.02, rtol=0.02
    )


def test_matched_codes_have_the_priors_moments_where_an_autoencoders_need_not() -> None:
    torch.manual_seed(0)
    model = mmd_vae(SPACE, 2, [16], scale=1.0, weight=30.0)
    before = model.encode({"x": MODEL_X}).detach()
    trained(model, 300)
    codes = model.encode({"x": MODEL_X}).detach()
    for found, bound in ((codes.mean(0), 0.2), (codes.T.cov() - torch.eye(2), 0.25)):
        assert float(found.abs().max()) < bound
    assert error(model, codes) < error(model, before)
