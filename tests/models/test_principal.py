"""PCA against closed forms, in double precision."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Distribution, MultivariateNormal

from kullback.data import Space
from kullback.distributions import Noise
from kullback.divergences import importance_estimate
from kullback.models import principal
from kullback.models.autoencoders import pca
from kullback.models.model import Model
from kullback.models.principal import principal_components, solve_linear
from kullback.models.variational import vae
from kullback.networks import Network
from kullback.objectives import Batch, Clock, Player, log_weight

FEATURES, LATENT, COUNT = 5, 2, 300
CLOCK = Clock(*torch.zeros(3).unbind())


def linear_gaussian() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rows of x = W z + μ + σ ε."""
    random = np.random.default_rng(0)
    weights = random.normal(size=(FEATURES, LATENT)) * [3.0, 1.5]
    latent = random.normal(size=(COUNT, LATENT))
    rows = latent @ weights.T + random.normal(size=FEATURES) * 10
    return rows + 0.7 * random.normal(size=(COUNT, FEATURES))


X = linear_gaussian()
SPACE = Space.of(X)
MODEL_X = torch.from_numpy(SPACE.to_model(X))


def rows(at: Tensor = MODEL_X, size: int = 64) -> Iterator[Batch]:
    return ({"x": part} for part in torch.split(at, size))


def double(model: Model) -> Model:
    for network in model.networks.values():
        network.double()
    return model


def solved() -> Model:
    model = double(pca(SPACE, LATENT))
    player: Player = model.objective["model"]
    assert player.solve is not None
    player.solve(rows)
    return model


def parameters(model: Model) -> tuple[Tensor, Tensor, float]:
    """W (D, d), μ (D,) and σ of the decoder."""
    values = dict(model.networks["p(x|z)"].named_parameters())
    scale = float(values.pop("head.log_scale").detach().exp())
    by_dim = {value.dim(): value.detach() for value in values.values()}
    return by_dim[2], by_dim[1], scale


def gaussian(mean: Tensor, covariance: Tensor) -> Distribution:
    return MultivariateNormal(mean, covariance)


def moments(model: Model) -> tuple[Tensor, Tensor]:
    """μ and WWᵀ + σ²I of p(x) in model units."""
    weight, mean, scale = parameters(model)
    return mean, weight @ weight.T + scale**2 * torch.eye(FEATURES).double()


def marginal(model: Model) -> Distribution:
    return gaussian(*moments(model))


def noise(count: int, seed: int = 0) -> Noise:
    return Noise.seeded(count, seed, dtype=torch.float64)


def sigma_points(dim: int) -> Tensor:
    corners = dim**0.5 * torch.eye(dim, dtype=torch.float64)
    return torch.cat([corners, -corners])


def test_every_draw_has_the_log_likelihood_as_its_log_weight_so_the_bound_is_tight() -> None:
    model = solved()
    trace = model.q.trace({"x": MODEL_X}, noise(COUNT), draws=4)
    weights = log_weight(model.q, model.p, trace).detach()
    value, error = importance_estimate(weights)
    assert error.max() < 1e-6
    torch.testing.assert_close(weights, value.expand_as(weights), atol=1e-6, rtol=0)


def test_the_likelihood_is_the_closed_form_of_the_fitted_gaussian_in_data_units() -> None:
    model = solved()
    trace = model.q.trace({"x": MODEL_X}, noise(COUNT))
    found = log_weight(model.q, model.p, trace).detach()[0]
    mean, covariance = moments(model)
    shift = torch.tensor(SPACE.shift, dtype=torch.float64)
    outside = gaussian(shift + SPACE.scale * mean, SPACE.scale**2 * covariance)
    torch.testing.assert_close(found, outside.log_prob(torch.from_numpy(X)), atol=1e-6, rtol=0)


def test_the_fitted_gaussian_has_the_largest_eigenvalues_and_their_rests_mean() -> None:
    eigenvalues = np.linalg.eigvalsh(np.cov(SPACE.to_model(X).T, bias=True))[::-1]
    rest = eigenvalues[LATENT:].mean()
    expected = [*eigenvalues[:LATENT], *[rest] * (FEATURES - LATENT)]
    found = torch.linalg.eigvalsh(moments(solved())[1]).flip(0)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)


def test_no_other_parameters_have_a_larger_likelihood() -> None:
    model = solved()
    best = marginal(model).log_prob(MODEL_X).mean()
    weight, mean, scale = parameters(model)
    torch.manual_seed(0)
    for _ in range(20):
        other = weight + 0.05 * torch.randn_like(weight)
        centre = mean + 0.05 * torch.randn_like(mean)
        spread = (scale * math.exp(0.05 * float(torch.randn(())))) ** 2
        law = gaussian(centre, other @ other.T + spread * torch.eye(FEATURES).double())
        assert law.log_prob(MODEL_X).mean() < best


def test_the_reconstruction_of_a_code_is_the_orthogonal_projection() -> None:
    model = solved()
    code = model.encode({"x": MODEL_X})
    found = model.networks["p(x|z)"](code).mean.detach()
    centred = MODEL_X.numpy() - MODEL_X.numpy().mean(0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    projected = centred @ directions[:LATENT].T @ directions[:LATENT] + MODEL_X.numpy().mean(0)
    np.testing.assert_allclose(found.numpy(), projected, atol=1e-6)


def test_codes_are_centred_uncorrelated_and_of_unit_size() -> None:
    code = torch.cat([solved().encode(batch) for batch in rows()])
    # cov(code) = Λ/(Λ−σ²): the prior's own pull away, the noise left.
    weight, _, scale = parameters(solved())
    signal = weight.square().sum(0)
    expected = ((signal + scale**2) / signal).diag()
    torch.testing.assert_close(code.detach().T.cov(correction=0), expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(code.detach().mean(0), torch.zeros(2).double(), atol=1e-6, rtol=0)


@pytest.mark.parametrize("size", [7, 300])
def test_principal_components_are_those_of_the_covariance_however_the_rows_come(size: int) -> None:
    mean, values, vectors, total = principal_components(lambda: rows(size=size), LATENT)
    covariance = np.cov(MODEL_X.numpy().T, bias=True)
    expected, directions = np.linalg.eigh(covariance)
    np.testing.assert_allclose(mean, MODEL_X.mean(0), atol=1e-12)
    np.testing.assert_allclose(values, expected[::-1][:LATENT], rtol=1e-9)
    np.testing.assert_allclose(
        np.abs(vectors.T.numpy() @ directions[:, ::-1][:, :2]), np.eye(2), atol=1e-6
    )
    assert total == pytest.approx(np.trace(covariance))


def test_orthogonal_iteration_finds_what_the_covariance_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(1)
    spread = np.geomspace(5, 0.05, 60)
    wide = torch.from_numpy(random.normal(size=(200, 60)) * spread @ random.normal(size=(60, 60)))
    exact = principal_components(lambda: rows(wide), 3)
    monkeypatch.setattr(principal, "_LARGEST_COVARIANCE", 10)
    iterated = principal_components(lambda: rows(wide), 3)
    for one, other in zip(exact[:2], iterated[:2], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-8, atol=1e-8)
    overlap = (exact[2].T @ iterated[2]).abs()
    torch.testing.assert_close(overlap, torch.eye(3).double(), atol=1e-6, rtol=0)
    assert iterated[3] == pytest.approx(exact[3])


def test_data_that_lie_in_the_subspace_leave_a_trace_of_noise_and_finite_numbers() -> None:
    flat = MODEL_X.clone()
    flat[:, LATENT:] = 0
    model = double(pca(SPACE, LATENT))
    encoder, decoder = model.networks["q(z|x)"], model.networks["p(x|z)"]
    assert isinstance(encoder, Network)
    assert isinstance(decoder, Network)
    solve_linear(encoder, decoder, LATENT, lambda: rows(flat))
    code = model.encode({"x": flat})
    torch.testing.assert_close(decoder(code).mean, flat, atol=1e-4, rtol=1e-4)
    weights = log_weight(model.q, model.p, model.q.trace({"x": flat}, noise(COUNT)))
    assert torch.isfinite(weights).all()


def test_at_the_solution_the_linear_vaes_bound_is_the_likelihood_and_its_slope_is_zero() -> None:
    model = double(vae(SPACE, LATENT, [], 1.0, "gaussian", None))
    encoder, decoder = model.networks["q(z|x)"], model.networks["p(x|z)"]
    assert isinstance(encoder, Network)
    assert isinstance(decoder, Network)
    player = model.objective["model"]
    # The terms are quadratic in ε, so these points make the expectation over z exact.
    points = sigma_points(LATENT)
    batch = {"x": MODEL_X.repeat(len(points), 1)}
    replay = points.repeat_interleave(COUNT, 0)

    def bound() -> Tensor:
        terms = player.terms(batch, Noise.replay(len(replay), [replay]), CLOCK)
        return torch.stack(list(terms.values())).sum()

    before = torch.autograd.grad(bound(), player.parameters)
    assert max(float(slope.abs().max()) for slope in before) > 0.1
    solve_linear(encoder, decoder, LATENT, rows)
    exact = marginal(model).log_prob(MODEL_X).mean() + SPACE.log_jacobian
    torch.testing.assert_close(-bound().detach(), exact, atol=1e-7, rtol=0)
    slopes = torch.autograd.grad(bound(), player.parameters)
    assert max(float(slope.abs().max()) for slope in slopes) < 1e-6


def test_a_direction_in_which_the_data_do_not_vary_has_a_code_of_zero() -> None:
    flat = MODEL_X - MODEL_X.mean(0)
    axes = torch.linalg.svd(flat, full_matrices=False).Vh[:LATENT]
    thin = flat @ axes.T @ axes  # of rank 2
    model = double(pca(SPACE, LATENT + 1))
    player: Player = model.objective["model"]
    assert player.solve is not None
    player.solve(lambda: rows(thin))
    trace = model.q.trace({"x": thin}, Noise.seeded(COUNT, 0, dtype=torch.float64), "z")
    law = trace.distributions["z"]
    assert (law.mean[:, :LATENT].std(0) > 0.9).all()
    assert law.mean[:, LATENT].abs().max() < 1e-6
    torch.testing.assert_close(law.variance[:, LATENT], torch.ones(COUNT, dtype=torch.float64))
