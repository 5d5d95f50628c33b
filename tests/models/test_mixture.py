"""EM against an independent one in NumPy, against its own identities, and on known mixtures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor
from torch.distributions import MultivariateNormal

from kullback.data import Space
from kullback.data.mixture import Mixture
from kullback.distributions import Noise
from kullback.models.expectation_maximisation import maximise, nearest, seeds
from kullback.models.mixture import gmm
from kullback.models.model import Model
from kullback.networks import Components, Posterior, Weights
from kullback.objectives import Batch, Clock, log_weight

Floats = npt.NDArray[np.float64]
CLOCK = Clock(*torch.zeros(3).unbind())
TRUTH = Mixture(
    np.array([[0.0, 0.0], [6.0, 1.0], [-2.0, 7.0]]),
    np.array([0.5, 0.3, 0.2]),
    np.array([0.5, 1.0, 0.7]),
)
X = TRUTH.sample(900, np.random.default_rng(0))[0]
SPACE = Space.of(X)
MODEL_X = torch.from_numpy(SPACE.to_model(X))


def rows(x: Tensor = MODEL_X, size: int = 200) -> Iterator[Batch]:
    return ({"x": part} for part in torch.split(x, size))


def noise(count: int) -> Noise:
    return Noise.seeded(count, 0, dtype=torch.float64)


def build(components: int = 3, covariance: str = "full", seed: int = 0) -> Model:
    torch.manual_seed(seed)
    model = gmm(SPACE, components, covariance)
    for network in model.networks.values():
        network.double()
    return model


def move(model: Model, player: str, x: Tensor = MODEL_X) -> None:
    solve = model.objective[player].solve
    assert solve is not None
    solve(lambda: rows(x))


def joint_kl(model: Model, x: Tensor = MODEL_X) -> float:
    """KL(q ‖ p) less the data's entropy: the sum of the model's terms, over all rows."""
    terms = model.objective["model"].terms({"x": x}, noise(len(x)), CLOCK)
    return float(torch.stack(list(terms.values())).sum().detach())


def exact(model: Model, x: Tensor = MODEL_X) -> Tensor:
    """log p(x) by torch's own Gaussians, (N,), in data units."""
    prior, components = parts(model)
    roots = components.scale if components.full else torch.diag_embed(components.scale)
    law = MultivariateNormal(components.mean, scale_tril=roots)
    each: Tensor = law.log_prob(x.flatten(1).unsqueeze(1))  # type: ignore[no-untyped-call]
    return ((each + prior.log_weight).logsumexp(1) + SPACE.log_jacobian).detach()


def parts(model: Model) -> tuple[Weights, Components]:
    prior, components = model.networks["p(z)"], model.networks["p(x|z)"]
    assert isinstance(prior, Weights)
    assert isinstance(components, Components)
    return prior, components


@pytest.mark.parametrize("covariance", ["full", "diagonal"])
def test_no_move_raises_the_joint_kl_and_after_each_round_it_is_the_marginals(
    covariance: str,
) -> None:
    model = build(5, covariance)
    before = np.inf
    for _ in range(12):
        for player in model.objective:
            move(model, player)
            now = joint_kl(model)
            assert now <= before + 1e-9
            before = now
        # KL(q(x,z) ‖ p(x,z)) − KL(data ‖ p(x)) = E KL(q(z|x) ‖ p(z|x))
        assert now == pytest.approx(-float(exact(model).mean()), abs=1e-9)
    move(model, "model")
    gap = joint_kl(model) + float(exact(model).mean())
    assert gap > 1e-7  # until q has moved too, there is one


def test_the_moves_are_the_textbooks() -> None:
    """An EM written in NumPy from the same responsibilities makes the same moves."""
    model = build()
    move(model, "model")
    move(model, "encoder")
    x = MODEL_X.numpy()
    for _ in range(3):
        r = numpy_posterior(model, x)
        move(model, "model")
        move(model, "encoder")
        prior, components = parts(model)
        np.testing.assert_allclose(prior.log_weight.exp().detach(), r.mean(0), rtol=1e-9)
        for k in range(3):
            mean = np.average(x, axis=0, weights=r[:, k])
            spread = np.cov(x.T, aweights=r[:, k], bias=True)
            root = components.scale[k].detach().numpy()
            np.testing.assert_allclose(components.mean[k].detach(), mean, atol=1e-9)
            np.testing.assert_allclose(root @ root.T, spread, atol=1e-9)
        np.testing.assert_allclose(
            model.encode({"x": MODEL_X}).detach(), numpy_posterior(model, x), atol=1e-9
        )


def numpy_posterior(model: Model, x: Floats) -> Floats:
    prior, components = parts(model)
    found = []
    for k in range(len(components.mean)):
        root = components.scale[k].detach().numpy()
        covariance = root @ root.T
        away = x - components.mean[k].detach().numpy()
        distance = np.einsum("nd,de,ne->n", away, np.linalg.inv(covariance), away)
        logs = -0.5 * (distance + np.log(np.linalg.det(covariance)))
        found.append(np.exp(logs + float(prior.log_weight[k].detach())))
    weights = np.stack(found, 1)
    return np.asarray(weights / weights.sum(1, keepdims=True))


def test_it_recovers_the_mixture_that_made_the_data() -> None:
    model = build()
    for _ in range(30):
        move(model, "model")
        move(model, "encoder")
    prior, components = parts(model)
    centres = components.mean.detach().numpy() * SPACE.scale + np.asarray(SPACE.shift)
    order = [int(np.argmin(((centres - c) ** 2).sum(1))) for c in TRUTH.centres]
    assert sorted(order) == [0, 1, 2]
    np.testing.assert_allclose(centres[order], TRUTH.centres, atol=0.15)
    np.testing.assert_allclose(prior.log_weight.exp().detach()[order], TRUTH.weights, atol=0.04)
    roots = components.scale.detach()[order] * SPACE.scale
    scales = (roots @ roots.mT).diagonal(dim1=1, dim2=2).mean(1).sqrt()
    np.testing.assert_allclose(scales, TRUTH.scales, rtol=0.1)
    assert float(exact(model).mean()) == pytest.approx(TRUTH.log_prob(X).mean(), abs=0.05)


def test_every_draw_of_the_posterior_has_log_p_as_its_log_weight() -> None:
    model = build(5)
    for _ in range(3):
        move(model, "model")
        move(model, "encoder")
    trace = model.q.trace({"x": MODEL_X}, noise(len(X)), draws=3)
    weights = log_weight(model.q, model.p, trace).detach()
    torch.testing.assert_close(weights, exact(model).expand(3, -1), atol=1e-9, rtol=0)


def test_samples_have_the_moments_of_the_mixture() -> None:
    model = build()
    for _ in range(5):
        move(model, "model")
        move(model, "encoder")
    drawn = model.p.trace({}, noise(40_000)).values["x"].detach()
    # EM's stationary points keep the mean and the covariance of the data.
    torch.testing.assert_close(drawn.mean(0), MODEL_X.mean(0), atol=0.03, rtol=0)
    torch.testing.assert_close(drawn.T.cov(), MODEL_X.T.cov(correction=0), atol=0.05, rtol=0)


def test_a_component_on_one_row_keeps_the_floors_variance_and_the_kl_still_falls() -> None:
    few = MODEL_X[:4]
    model = build(4)
    before = np.inf
    for _ in range(3):
        move(model, "model", few)
        move(model, "encoder", few)
        now = joint_kl(model, few)
        assert np.isfinite(now)
        assert now <= before + 1e-9
        before = now
    floor = 1e-3 * float(few.var(0, correction=0).mean())
    roots = parts(model)[1].scale.detach()
    torch.testing.assert_close(
        roots @ roots.mT, floor * torch.eye(2).double().expand(4, 2, 2), rtol=1e-6, atol=1e-12
    )


@pytest.mark.parametrize("full", [True, False])
def test_no_covariance_above_the_floor_is_better_than_the_one_found(full: bool) -> None:
    """The floor binds here: one direction of the rows has less variance than it allows."""
    flat = MODEL_X * torch.tensor([1.0, 0.01])
    prior, components = Weights(1).double(), Components(SPACE, 1, full).double()
    maximise(prior, components, lambda: rows(flat), lambda x: torch.ones(len(x), 1).double())
    floor = 1e-3 * float(flat.var(0, correction=0).mean())
    best = components.log_prob_each(flat).mean().detach()
    found = components.scale.detach().clone()
    random = torch.Generator().manual_seed(0)
    for _ in range(30):
        push = 0.03 * torch.randn(found.shape, generator=random, dtype=torch.float64)
        tried = (found * (1 + push)) if not full else found @ torch.matrix_exp(push)
        covariance = torch.diag_embed(tried.square()) if not full else tried @ tried.mT
        values, vectors = torch.linalg.eigh(covariance)
        legal = vectors * values.clamp(min=floor).unsqueeze(1) @ vectors.mT
        law = MultivariateNormal(components.mean.detach(), legal)
        other = law.log_prob(flat.unsqueeze(1)).mean()  # type: ignore[no-untyped-call]
        other = other + SPACE.log_jacobian
        assert other <= best + 1e-12


def test_seeds_are_rows_far_apart_and_the_same_for_the_same_seed() -> None:
    centres = seeds(rows, 3, seed=4)
    assert torch.equal(centres, seeds(lambda: rows(size=900), 3, seed=4))
    assert not torch.equal(centres, seeds(rows, 3, seed=5))
    assert all(bool((centre == MODEL_X).all(1).any()) for centre in centres)
    hard = nearest(centres)(MODEL_X)
    assert torch.equal(hard.sum(1), torch.ones(len(X)).double())
    assert torch.equal(hard.argmax(1), torch.cdist(MODEL_X, centres).argmin(1))
    twice = torch.tensor([[0.0, 0.0]] * 5 + [[1.0, 1.0]]).double()
    one, other = seeds(lambda: rows(twice), 2, seed=0)
    assert not torch.equal(one, other)


def test_q_is_a_factor_of_its_own_until_it_is_brought_up_to_date() -> None:
    prior, components = Weights(2), Components(SPACE, 2, full=True)
    posterior = Posterior(prior, components)
    x = MODEL_X[:5].float()
    before = posterior(x).probs
    with torch.no_grad():
        components.mean[0] += 1
    assert torch.equal(posterior(x).probs, before)
    posterior.copy(prior, components)
    assert not torch.equal(posterior(x).probs, before)


def test_images_of_bytes_are_mixed_in_their_own_shape() -> None:
    random = np.random.default_rng(0)
    pictures: npt.NDArray[Any] = random.integers(0, 255, (60, 8, 9), np.uint8)
    space = Space.of(pictures)
    torch.manual_seed(0)
    model = gmm(space, 3, "diagonal")
    x = space.to_model(torch.from_numpy(pictures)).float()
    for player in ("model", "encoder"):
        move(model, player, x)
    law = model.p["x"].network(model.encode({"x": x}))  # type: ignore[union-attr]
    assert law.event_shape == (1, 8, 9)
    prior, components = parts(model)
    mean = prior.log_weight.exp() @ components.mean
    torch.testing.assert_close(mean.detach(), x.mean(0).flatten(), atol=1e-5, rtol=0)
    assert torch.isfinite(law.log_prob(x)).all()
