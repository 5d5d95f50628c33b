"""Models of two explicit joints, compared by densities: PCA, autoencoder, VAE."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from kullback.data.space import Space
from kullback.models.model import Model, either, joints
from kullback.models.principal import solve_linear
from kullback.networks import (
    LIKELIHOODS,
    FittedNormal,
    GaussianCode,
    GaussianHead,
    Head,
    Network,
    PointCode,
    StandardNormal,
    inward,
    outward,
)
from kullback.objectives import Objective, Player, TrainingRows, kl


def vae(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    beta: float,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """min KL( data(x) q(z|x) ‖ p(z) p(x|z) ), both terms by densities.

    The sum of the terms is −ELBO in nats at β = 1: E −log p(x|z) + β E KL(q(z|x) ‖ p(z)).
    """
    head: Head = (
        GaussianHead(space, scale) if likelihood == "gaussian" else LIKELIHOODS[likelihood](space)
    )
    q, p = joints(
        Network(either(encoder, inward(space, hidden, 2 * latent_dim)), GaussianCode()),
        Network(either(decoder, outward(space, hidden, latent_dim, head.maps)), head),
        StandardNormal(latent_dim),
    )
    return Model(q, p, kl(q, p, terms="x z", weights=None if beta == 1 else {"z": beta}))


def ae(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """min E −log p(x|z) at z = f(x), with p(x|z) = N(g(z), I): ½‖x − g(f(x))‖² and a constant.

    The squared error is in model units whatever the data. The codes' law is left as it falls, so
    the prior that sampling uses is fitted afterwards: the Gaussian with the training codes'
    moments, which minimises KL(q(z) ‖ ·) among Gaussians.
    """
    prior = FittedNormal(latent_dim)
    q, p = joints(
        Network(either(encoder, inward(space, hidden, latent_dim)), PointCode()),
        Network(
            either(decoder, outward(space, hidden, latent_dim)), GaussianHead(space, fixed=1.0)
        ),
        prior,
    )

    def fit_prior(rows: TrainingRows) -> None:
        with torch.no_grad():
            codes = [q["z"].network(batch["x"]).mean for batch in rows()]  # type: ignore[union-attr]
        prior.fit(torch.cat(codes))

    fitting = Player({"p(z)": prior}, lambda *_: {}, solve=fit_prior, closing=True)
    return Model(q, p, kl(q, p, terms="x") + Objective({"prior": fitting}, "p(z) fitted to q(z)"))


def pca(space: Space, latent_dim: int) -> Model:
    """The VAE with affine networks and one learned scale, whose optimum is known: one exact move.

    The bound is tight, so its likelihood is probabilistic PCA's. The code of an observation is the
    posterior's mean without the pull of the prior, μ/(1 − σ²): its reconstruction is then the
    orthogonal projection on the principal subspace.
    """
    model = vae(space, latent_dim, [], 1.0, "gaussian", None)
    (player,) = model.objective.values()

    def solve(rows: TrainingRows) -> None:
        solve_linear(model.q["z"].network, model.p["x"].network, latent_dim, rows)  # type: ignore

    def code(posterior: torch.distributions.Distribution) -> Tensor:
        return posterior.mean / (1 - posterior.variance)

    exact = Player(player.modules, player.terms, solve=solve)
    return Model(model.q, model.p, Objective({"model": exact}, model.objective.formula), code)
