"""Models between the two: some terms by densities, some by samples."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from kullback.data.space import Space
from kullback.divergences import NON_SATURATING
from kullback.models.model import Model, either, joints
from kullback.networks import (
    GaussianHead,
    Logit,
    Network,
    PointCode,
    StandardNormal,
    inward,
    mlp,
    outward,
)
from kullback.objectives import adversarial, kl


def aae(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    scale: float,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """The VAE's joints; the z-term compares q(z), not q(z|x), with p(z), by samples.

    Of E KL(q(z|x) ‖ p(z)) = I(x; z) + KL(q(z) ‖ p(z)) only the second part is left, so the sum is
    no bound on log p(x). The decoder's scale is fixed: a learned one shrinks as reconstruction
    improves, multiplies the x-term without bound, and the game on z is drowned. At its optimum the
    critic's mean logit under q is KL(q(z) ‖ p(z)) in nats.
    """
    q, p = joints(
        Network(either(encoder, inward(space, hidden, latent_dim)), PointCode()),
        Network(either(decoder, outward(space, hidden, latent_dim)), GaussianHead(space, scale)),
        StandardNormal(latent_dim),
    )
    widths = (128, 128) if hidden is None else hidden
    judge = Logit(either(critic, mlp(latent_dim, widths, 1, nn.LeakyReLU)))
    game = adversarial(NON_SATURATING, q, p, judge, on="z", moves=moves)
    return Model(q, p, kl(q, p, terms="x") + game)
