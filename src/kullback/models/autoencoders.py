"""Autoencoders: codes that are a function of x, with or without noise, and PCA, solved exactly."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from kullback.data.space import Space
from kullback.divergences import mmd
from kullback.models.model import Model, either, fitted, joints
from kullback.models.principal import solve_linear
from kullback.models.variational import vae
from kullback.networks import (
    FittedNormal,
    GaussianHead,
    Network,
    NoisyCode,
    PointCode,
    StandardNormal,
    inward,
    outward,
)
from kullback.objectives import Batch, Objective, Player, TrainingRows, kl, match


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
    return Model(q, p, kl(q, p, terms="x") + fitted(prior, q))


def noisy_ae(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    noise: float,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """min E −log p(x|z) at z = f(x) + sε, s fixed: the autoencoder with a noisy channel, no KL.

    Codes that are closer than s become one, so nearby codes must decode alike; but nothing keeps f
    from growing until the noise says little, which is what the VAE's KL prices. The prior is fitted
    to the noisy codes. The one scale of p(x|z) is learned: with no other term to weigh against, it
    is the size of the error and moves no optimum, and the densities mean something.
    """
    prior = FittedNormal(latent_dim)
    q, p = joints(
        Network(either(encoder, inward(space, hidden, latent_dim)), NoisyCode(noise)),
        Network(either(decoder, outward(space, hidden, latent_dim)), GaussianHead(space)),
        prior,
    )
    return Model(q, p, kl(q, p, terms="x") + fitted(prior, q, noise))


def mmd_vae(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    scale: float,
    weight: float,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """min E −log p(x|z) + λ MMD²(q(z), p(z)) at z = f(x): the AAE without a critic.

    As there it is the aggregate q(z), not each q(z|x), that is compared with p(z), by samples, so
    the sum is no bound; and as there the decoder's scale is fixed, for a learned one shrinks as
    reconstruction improves and multiplies the x-term until λ counts for nothing. MMD² is no number
    of nats: what λ is right depends on the scale, and one says so by looking at the codes.
    """
    q, p = joints(
        Network(either(encoder, inward(space, hidden, latent_dim)), PointCode()),
        Network(either(decoder, outward(space, hidden, latent_dim)), GaussianHead(space, scale)),
        StandardNormal(latent_dim),
    )
    return Model(q, p, kl(q, p, terms="x") + match(mmd, q, p, on="z", weight=weight, name="MMD²"))


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

    def infer(batch: Batch) -> Tensor:
        posterior = model.q["z"].network(batch["x"])  # type: ignore[union-attr]
        return posterior.mean / (1 - posterior.variance)  # type: ignore[no-any-return]

    exact = Player(player.modules, player.terms, solve=solve)
    return Model(model.q, model.p, Objective({"model": exact}, model.objective.formula), infer)
