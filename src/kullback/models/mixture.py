"""The Gaussian mixture by EM: the one model whose every term is exact."""

from __future__ import annotations

import torch

from kullback.data.space import Space
from kullback.models import expectation_maximisation as em
from kullback.models.model import Model
from kullback.networks import Components, Posterior, Weights
from kullback.objectives import Data, Factor, Joint, Objective, Player, TrainingRows, kl


def gmm(space: Space, latent_dim: int, covariance: str) -> Model:
    """min KL( data(x) q(z|x) ‖ p(z) p(x|z) ), z one of ``latent_dim`` Gaussian components.

    Two players move in turn, each to its exact best: the model's weights, means and covariances for
    the q that stands, then q(z|x) to the model's posterior. After each round the gap between the
    joint KL and KL(data ‖ p(x)), E KL(q(z|x) ‖ p(z|x)), is 0, and neither move can raise the KL.
    Started from rows that k-means++ chooses by torch's seed.
    """
    prior, components = Weights(latent_dim), Components(space, latent_dim, covariance == "full")
    posterior = Posterior(prior, components)
    q = Joint("q", Data("x"), Factor("z", posterior, given="x"))
    p = Joint("p", Factor("z", prior), Factor("x", components, given="z"))
    seed = int(torch.randint(2**31, ()))

    def maximise(rows: TrainingRows) -> None:
        if posterior.informed:
            em.maximise(prior, components, rows, lambda x: posterior(x).probs)
        else:
            em.maximise(prior, components, rows, em.nearest(em.seeds(rows, latent_dim, seed)))

    def infer(rows: TrainingRows) -> None:
        posterior.copy(prior, components)

    whole = kl(q, p, terms="x z")
    terms = whole["model"].terms
    model = Player({"p(z)": prior, "p(x|z)": components}, terms, solve=maximise)
    encoder = Player({"q(z|x)": posterior}, terms, solve=infer)
    players = {"model": model, "encoder": encoder}
    return Model(q, p, Objective(players, f"{whole},  in p, then in q, exactly"))
