"""Models of two data sets: a generator that is given a row of the second, ``source``.

A generator is a push-forward, and a critic constrains only the law of what it is shown. So what
such a model learns depends on what the critic compares and not on what enters the generator:

    (x, source) pairs       p(x|source) is the data's                       paired_gan, bicycle
    x alone                 ∫ data(source) p(x|source) is the data's: any map that carries the one
                            law to the other will do, and another term has to choose among them

The terms that choose score a point by errors around it. Laplace errors of scale D/λ, D the number
of features, make −log p(x|·) = λ · (the mean absolute error) and a constant, which is how the
papers weigh it.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn
from torch.distributions import Laplace

from kullback.data.space import Space
from kullback.divergences import NON_SATURATING
from kullback.models.games import averaged, critic_of, flat
from kullback.models.model import Model, either
from kullback.networks import (
    GaussianCode,
    Network,
    PointHead,
    StandardNormal,
    Still,
    across,
    inward,
)
from kullback.objectives import Data, Factor, Joint, adversarial, kl


def paired_gan(
    space: Space,
    source: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    l1: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """data(x, source) against data(source) ∫ p(z) p(x|source, z) dz, by samples of pairs.

    Beside the game, λ = ``l1`` times the mean absolute error: E −log p(x|source, z) with z
    from the prior. That pulls every sample towards the median of the data given the source, so z is
    hardly heard where λ is large; it makes up for a critic that is yet to learn what a pair is.
    """
    prior = StandardNormal(latent_dim)
    maker = _generator(space, source, hidden, l1, generator, latent_dim)
    q = Joint("q", Data("x"), Data("source"), Factor("z", prior))
    p = Joint("p", Data("source"), Factor("z", prior), Factor("x", maker, given="source z"))
    judge = critic_of(space, hidden, critic, source)
    game = adversarial(NON_SATURATING, q, p, judge, on="x source", penalties=flat(r1), moves=moves)
    return averaged(q, p, kl(q, p, terms="x") + game, ema)


def bicycle(
    space: Space,
    source: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    l1: float,
    beta: float,
    regression: float,
    encoder: nn.Module | None = None,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """As ``paired_gan``, with a z that an encoder reads from x, so that outputs vary with it.

    Two ways round. From x: the conditional VAE, z ~ q(z|x), the mean absolute error and
    ``beta``·E KL(q(z|x) ‖ p(z)), which bounds what z tells of x. From z: ``regression``·E_p log
    p(z)/q(z|x), the encoder finding the z that a sample was made of, which is minus a lower bound
    of what x tells of z; it moves the generator only, lest the two agree on a hidden mark. The
    critic sees samples made from the prior, as pairs.
    """
    prior = StandardNormal(latent_dim)
    coder = Network(either(encoder, inward(space, hidden, 2 * latent_dim)), GaussianCode())
    maker = _generator(space, source, hidden, l1, generator, latent_dim)
    q = Joint("q", Data("x"), Data("source"), Factor("z", coder, given="x"))
    p = Joint("p", Data("source"), Factor("z", prior), Factor("x", maker, given="source z"))
    judge = critic_of(space, hidden, critic, source)
    game = adversarial(NON_SATURATING, q, p, judge, on="x source", penalties=flat(r1), moves=moves)
    reading = q.with_networks({"q(z|x)": Still(coder)})
    objective = (
        kl(q, p, terms="x z", weights={"z": beta})
        + kl(p, reading, terms="z", weights={"z": regression})
        + game
    )
    return averaged(q, p, objective, ema)


def cyclegan(
    space: Space,
    source: Space,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    l1: float,
    generator: nn.Module | None = None,
    inverse: nn.Module | None = None,
    critic: nn.Module | None = None,
    source_critic: nn.Module | None = None,
) -> Model:
    """ALI with data on both sides: data(x) q(source|x) and data(source) p(x|source), unpaired.

    The two marginals are compared by a critic each; what ALI's critic on pairs would ask for, that
    the two maps be inverse to each other, is asked for by densities: E_q −log p(x|source) and
    E_p −log q(source|x), λ = ``l1`` times the mean absolute error of going there and back. A
    cycle chooses a one-to-one map, not which: any that keeps both laws will do. Which, the networks
    settle: of pictures each pixel is made from what surrounds it, so that a place keeps what is
    there. Networks that see the whole exchange one digit for another as readily.
    """
    there = _generator(space, source, hidden, l1, generator, whole=False)
    back = _generator(source, space, hidden, l1, inverse, whole=False)
    q = Joint("q", Data("x"), Factor("source", back, given="x"))
    p = Joint("p", Data("source"), Factor("x", there, given="source"))
    of_x, of_source = critic_of(space, hidden, critic), critic_of(source, hidden, source_critic)
    objective = (
        kl(q, p, terms="x")
        + kl(p, q, terms="source")
        + adversarial(NON_SATURATING, q, p, of_x, "x", flat(r1), moves)
        + adversarial(NON_SATURATING, q, p, of_source, "source", flat(r1, on="p"), moves)
    )
    return averaged(q, p, objective, ema)


def denoising_gan(
    space: Space,
    source: Space,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    l1: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """data(x) against ∫ data(source) p(x|source), source a damaged x, and the error of each pair.

    The critic is shown restored pictures without what they were made from, and asks only that they
    look like data; it would as well have another picture than the right one. E −log p(x|source), λ
    = ``l1`` times the mean absolute error, says which: alone it gives the median of what the
    damage leaves open, a blur where that is much, and the game takes the median to a picture.
    """
    maker = _generator(space, source, hidden, l1, generator)
    q = Joint("q", Data("x"), Data("source"))
    p = Joint("p", Data("source"), Factor("x", maker, given="source"))
    judge = critic_of(space, hidden, critic)
    game = adversarial(NON_SATURATING, q, p, judge, penalties=flat(r1), moves=moves)
    return averaged(q, p, kl(q, p, terms="x") + game, ema)


def _generator(
    space: Space,
    source: Space,
    hidden: Sequence[int] | None,
    l1: float,
    own: nn.Module | None,
    *beside: int,
    whole: bool = True,
) -> Network:
    body = either(own, across(source, space, hidden, beside, whole=whole))
    return Network(body, PointHead(space, Laplace, space.features / l1))
