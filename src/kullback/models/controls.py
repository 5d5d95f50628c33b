"""Negative controls: models that are built in order to fail, for experiments.

Each is an answer that suggests itself and is wrong, in networks and terms as those of the models
that work, so that an experiment can show what goes wrong and what makes the difference. None is in
the catalogue.

Two are GANs whose generator is given a row y of the data, in the hope that it will code it. But a
critic on x constrains the law of G's output and nothing else, and y's own law is the right one:

    G(y, z)    G(y, z) = y is as good as G(y, z) = G'(z), which does not look at y. For normal y and
               z, and G = ay + bz, every (a, b) on the circle a² + b² = 1 has the same loss.
    G(y)       G(y) = y is an optimum, and nothing is generated.

They learn something where the critic sees y beside x (``paired_gan``), where y comes from another
law (``gan_from_data``), or where a KL bounds what of y may pass (``bicycle``). The third is a VAE
with uniform posteriors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from torch import nn

from kullback.data.space import Space
from kullback.divergences import NON_SATURATING
from kullback.models.adversarial import gan_from_data
from kullback.models.games import averaged, critic_of, flat
from kullback.models.model import Model, either, joints
from kullback.networks import (
    Network,
    PointHead,
    StandardNormal,
    StandardUniform,
    UniformCode,
    across,
    inward,
    likelihood_head,
    outward,
)
from kullback.objectives import Data, Factor, Joint, adversarial, kl


def gan_given_data_and_noise(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """data(x) against ∫ data(source) p(z) δ(x − G(source, z)), source rows of the data as well.

    A batch has rows "x" and rows "source" of one data set, drawn apart. The generator may copy its
    source or leave it aside, or anything between, at the same loss.
    """
    body = either(generator, across(space, space, hidden, beside=[latent_dim]))
    q = Joint("q", Data("x"))
    p = Joint(
        "p",
        Data("source"),
        Factor("z", StandardNormal(latent_dim)),
        Factor("x", Network(body, PointHead(space)), given="source z"),
    )
    judge = critic_of(space, hidden, critic)
    game = adversarial(NON_SATURATING, q, p, judge, penalties=flat(r1), moves=moves)
    return averaged(q, p, game, ema)


def gan_given_data(
    space: Space,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """data(x) against ∫ data(source) δ(x − G(source)), source rows of the data as well.

    ``gan_from_data`` with the first set for its second: G(source) = source is an optimum.
    """
    return gan_from_data(space, space, hidden, moves, ema, r1, generator, critic)


def vae_with_uniform_posteriors(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    prior: Literal["normal", "uniform"],
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """The VAE with q(z|x) = U[m − w, m + w], each coordinate by itself.

    For p(z) = U[0, 1] the KL is −log 2w where the posterior lies within the prior's support, and
    infinite where any of it does not: one such row and the loss has no value, nor a slope to lead
    it back. For p(z) = N(0, 1) it is ½(m² + w²/3) + ½ log 2π − log 2w, finite throughout: it is not
    the uniform law that makes a KL infinite but the prior's support.
    """
    head = likelihood_head(space, likelihood, scale)
    priors = {"normal": StandardNormal, "uniform": StandardUniform}
    q, p = joints(
        Network(either(encoder, inward(space, hidden, 2 * latent_dim)), UniformCode()),
        Network(either(decoder, outward(space, hidden, latent_dim, head.maps)), head),
        priors[prior](latent_dim),
    )
    return Model(q, p, kl(q, p, terms="x z"))
