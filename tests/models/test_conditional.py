"""Models of labelled data, and of labels that are sought."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from kullback.data import Space
from kullback.distributions import Noise
from kullback.models.clustering import clustering_vae
from kullback.models.conditional import cvae, cvae_class_mean
from kullback.models.model import Model
from kullback.networks import ClassNormal
from kullback.objectives import Clock

SPACE = Space("real", (4,), "float32", (0.0, 1.0, 2.0, 3.0), scale=2.0)
COUNT, CLASSES = 24, 3
X = torch.from_numpy(np.random.default_rng(0).normal(size=(COUNT, 4))).float()
Y = one_hot(torch.arange(COUNT) % CLASSES, CLASSES).float()
CLOCK = Clock(*torch.zeros(3).unbind())


def terms(model: Model, y: Tensor = Y, seed: int = 0) -> dict[str, Tensor]:
    noise = Noise.seeded(COUNT, seed)
    return model.objective["model"].terms({"x": X, "y": y}, noise, CLOCK)


def conditional(told: bool) -> Model:
    torch.manual_seed(0)
    build = cvae if told else cvae_class_mean
    return build(SPACE, CLASSES, 2, [8], 1.0, "gaussian", None)


def centres(model: Model) -> Tensor:
    prior = model.networks["p(z|y)"]
    assert isinstance(prior, ClassNormal)
    found: Tensor = prior.centres()
    return found


def test_the_class_mean_kl_is_the_closed_form_and_its_monte_carlo_mean() -> None:
    model = conditional(told=False)
    law = model.networks["q(z|x)"](X)
    away = law.mean - centres(model)[Y.argmax(1)]
    closed = 0.5 * (away.square() + law.variance - law.variance.log() - 1).sum(1)
    torch.testing.assert_close(terms(model)["kl_z"], closed.mean())

    trace = model.q.trace({"x": X, "y": Y}, Noise.seeded(COUNT, 0), draws=4000)
    ratio = (trace.log_prob("z") - model.p.at(trace, "z").log_prob("z")).detach()
    error = float((ratio.var(0) / 4000).sum().sqrt()) / COUNT
    assert float(ratio.mean() - closed.mean().detach()) == pytest.approx(0, abs=4 * error)
    assert error < 0.02


def test_the_label_enters_a_class_mean_model_by_the_kl_only() -> None:
    model = conditional(told=False)
    one, other = terms(model), terms(model, Y.roll(1, 1))
    assert one["nll_x"] == other["nll_x"]
    assert one["kl_z"] != other["kl_z"]
    assert model.read == ("x",)


def test_a_class_is_sampled_from_its_own_gaussian() -> None:
    model = conditional(told=False)
    label = one_hot(torch.full((20_000,), 2), CLASSES).float()
    z = model.p.trace({"y": label}, Noise.seeded(20_000, 0), "z").values["z"].detach()
    torch.testing.assert_close(z.mean(0), centres(model)[2].detach(), atol=0.04, rtol=0)
    torch.testing.assert_close(z.T.cov(), torch.eye(2), atol=0.05, rtol=0)


def test_both_networks_of_a_cvae_read_the_label() -> None:
    model = conditional(told=True)
    other = Y.roll(1, 1)
    encoder, decoder = model.networks["q(z|x, y)"], model.networks["p(x|z, y)"]
    assert not torch.equal(encoder(X, Y).mean, encoder(X, other).mean)
    z = torch.zeros(COUNT, 2)
    assert not torch.equal(decoder(z, Y).mean, decoder(z, other).mean)
    assert model.read == ("x", "y")
    assert model.given == ("y",)


def clustering() -> Model:
    torch.manual_seed(0)
    return clustering_vae(SPACE, 2, CLASSES, [8], 0.5)


def test_the_terms_of_clustering_are_the_sums_over_all_clusters() -> None:
    model = clustering()
    prior = model.networks["p(z|y)"]
    with torch.no_grad():
        for weight in prior.parameters():
            weight.normal_()
    trace = model.q.trace({"x": X}, Noise.seeded(COUNT, 0), "z")
    z, law = trace.values["z"], trace.distributions["z"]
    probabilities = model.networks["q(y|z)"](z).probs
    means = prior(torch.eye(CLASSES)).mean
    distance = (z.unsqueeze(1) - means).square().sum(2)
    log_prior = -0.5 * distance - np.log(2 * np.pi)
    expected = (probabilities * (law.log_prob(z).unsqueeze(1) - log_prior)).sum(1)
    found = terms(model)
    torch.testing.assert_close(found["kl_z"], expected.mean())
    information = (probabilities * (probabilities.log() + np.log(CLASSES))).sum(1)
    torch.testing.assert_close(found["kl_y"], information.mean())
    likelihood = model.networks["p(x|z)"](z).log_prob(X)
    torch.testing.assert_close(found["nll_x"], -likelihood.mean())


def test_clusters_start_as_one() -> None:
    """Equal centres: the prior is N(0, I) and no cluster is nearer to a code than another."""
    model = clustering()
    means = model.networks["p(z|y)"](torch.eye(CLASSES)).mean
    torch.testing.assert_close(means, torch.zeros(CLASSES, 2))
    code = model.encode({"x": X})
    probabilities = model.networks["q(y|z)"](code).probs
    assert float(probabilities.max().detach()) < 0.9


def test_the_log_odds_of_clusters_are_affine_as_those_of_equal_gaussians_are() -> None:
    classify = clustering().networks["q(y|z)"]
    one, other = torch.randn(9, 2), torch.randn(9, 2)
    ends = classify(one).logits + classify(other).logits
    bend = ends - 2 * classify((one + other) / 2).logits
    # What all clusters share is the normaliser and no odds.
    torch.testing.assert_close(bend, bend[:, :1].expand(-1, CLASSES), atol=1e-5, rtol=0)
