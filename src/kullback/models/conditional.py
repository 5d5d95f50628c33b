"""VAEs of labelled data: log p(x|y).

A label y stands on both sides as data. It can tell the networks what to encode and decode, or only
where the codes of its class are to lie.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from kullback.data.space import Space
from kullback.models.model import Model, labelled_joints, observation
from kullback.models.variational import coder_and_maker
from kullback.networks import ClassNormal, StandardNormal
from kullback.objectives import Data, Factor, Joint, kl


def cvae(
    space: Space,
    classes: int,
    latent_dim: int,
    hidden: Sequence[int] | None,
    beta: float,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """min KL( data(x, y) q(z|x, y) ‖ data(y) p(z) p(x|z, y) ): the VAE within each class.

    Both networks are told the label, so z is what a class leaves open. The bound is on log p(x|y).
    """
    coder, maker = coder_and_maker(
        space, latent_dim, hidden, likelihood, scale, encoder, decoder, beside=[classes]
    )
    q, p = labelled_joints(coder, maker, StandardNormal(latent_dim))
    return Model(q, p, kl(q, p, terms="x z", weights={"z": beta}))


def cvae_class_mean(
    space: Space,
    classes: int,
    latent_dim: int,
    hidden: Sequence[int] | None,
    beta: float,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """min KL( data(x, y) q(z|x) ‖ data(y) p(z|y) p(x|z) ), p(z|y) = N(μ_y, I) with learned μ_y.

    Neither network sees the label: it enters only E KL(N(μ, σ²) ‖ N(μ_y, I)), which is
    ½ Σ [(μ − μ_y)² + σ² − log σ² − 1]. A class is sampled from its own Gaussian.
    """
    coder, maker = coder_and_maker(space, latent_dim, hidden, likelihood, scale, encoder, decoder)
    prior = ClassNormal(classes, latent_dim, spread=1.0)
    q = Joint("q", observation(maker), Data("y"), Factor("z", coder, given="x"))
    p = Joint("p", Data("y"), Factor("z", prior, given="y"), Factor("x", maker, given="z"))
    return Model(q, p, kl(q, p, terms="x z", weights={"z": beta}))
