"""Models between the two: some terms by densities, some by samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from torch import nn
from torch.distributions import Normal

from kullback.data.space import Space
from kullback.divergences import FULL, MINIMAX, NON_SATURATING, TRUNCATED, Dual
from kullback.models.games import averaged, critic_of, flat
from kullback.models.model import Model, either, joints, labelled_joints
from kullback.networks import (
    ClassCode,
    GaussianCode,
    GaussianHead,
    Logit,
    Network,
    PointCode,
    PointHead,
    StandardNormal,
    features_of,
    inward,
    mlp,
    outward,
)
from kullback.objectives import (
    Data,
    Factor,
    Joint,
    adversarial,
    feature_means,
    feature_reconstruction,
    kl,
)

Game = Literal["label-swapped", "minimax", "full", "truncated"]
GAMES: dict[Game, Dual] = {
    "label-swapped": NON_SATURATING,
    "minimax": MINIMAX,
    "full": FULL,
    "truncated": TRUNCATED,
}


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

    Of E KL(q(z|x) ‖ p(z)) = I(x; z) + KL(q(z) ‖ p(z)) the first part is dropped, and a game is
    played on the second: with the best critic the encoder moves down 2 KL(m ‖ p(z)), m half q(z)
    and half p(z). The sum is no bound on log p(x). The best critic's mean logit under q is
    KL(q(z) ‖ p(z)) in nats, which is infinite where codes fill fewer dimensions than the prior. The
    decoder's scale is fixed: a learned one shrinks as reconstruction improves, multiplies the
    x-term without bound, and the game on z is drowned.
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


def ali(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    game: Game,
    reconstruction: float,
    encoder: nn.Module | None = None,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """The VAE's joints, x and z at once, by samples: data(x) q(z|x) against p(z) p(x|z).

    Where the two are equal the encoder is the generator's posterior, and as the generator is a
    point G(z), every code of x leads back to x. A game that has not come so far need not
    reconstruct at all; a term E −log p(x|z), with normal errors of scale 1 around the point, asks
    for it from the start (ALICE: Li et al., 2017, arXiv 1709.01215).

    Each side minimises −E log P(other side) ("label-swapped"), E log P(own side) ("minimax") or
    their sum ("full"), with which it moves down its own KL to the other; "truncated" is −E_q log D
    − E_p log D for both, which need not bring the two together.
    """
    q, p = joints(
        Network(either(encoder, inward(space, hidden, 2 * latent_dim)), GaussianCode()),
        Network(either(generator, outward(space, hidden, latent_dim)), PointHead(space, Normal)),
        StandardNormal(latent_dim),
    )
    judge = critic_of(space, hidden, critic, latent_dim)
    objective = adversarial(GAMES[game], q, p, judge, on="x z", penalties=flat(r1), moves=moves)
    if reconstruction:
        objective = kl(q, p, terms="x", weights={"x": reconstruction}) + objective
    return averaged(q, p, objective, ema)


def vae_gan(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    features: float,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """The VAE with its x-term in the critic's features, and a game on x besides.

    E KL(q(z|x) ‖ p(z)) + ``features``·E ½‖φ(x) − φ(x̂)‖², φ the critic's last hidden layer, where a
    picture that is moved by a pixel is near; the game sees to what φ does not tell apart. The
    critic learns from the game alone, and of the model's rows it is shown samples only: what it
    compares with the data is p(x), which is what is sampled. Larsen et al. (2016, arXiv 1512.09300)
    show it reconstructions besides, and so compare the half-half mixture of the two.
    """
    q, p = joints(
        Network(either(encoder, inward(space, hidden, 2 * latent_dim)), GaussianCode()),
        Network(either(decoder, outward(space, hidden, latent_dim)), PointHead(space)),
        StandardNormal(latent_dim),
    )
    judge = critic_of(space, hidden, critic)
    objective = (
        kl(q, p, terms="z")
        + feature_reconstruction(q, p, {"D": features_of(judge)}, features)
        + adversarial(NON_SATURATING, q, p, judge, penalties=flat(r1), moves=moves)
    )
    return averaged(q, p, objective, ema)


def cvae_gan(
    space: Space,
    classes: int,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    reconstruction: float,
    features: float,
    means: float,
    encoder: nn.Module | None = None,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
    classifier: nn.Module | None = None,
) -> Model:
    """The conditional VAE with features of a critic and of a classifier: E, G, D and C.

    E KL(q(z|x, y) ‖ p(z)), and the reconstruction in pixels and in the features of both. The
    critic learns to tell data from samples and the classifier to tell the data's classes, but the
    generator answers neither: it matches the means of the critic's features, and class by class
    those of the classifier's, which ask for less than each sample's own logit and so for no mode.
    """
    inner, outer = inward(space, hidden, 2 * latent_dim, beside=[classes]), [classes]
    coder = Network(either(encoder, inner), GaussianCode())
    maker = Network(
        either(generator, outward(space, hidden, latent_dim, beside=outer)),
        PointHead(space, Normal),
    )
    judge = critic_of(space, hidden, critic)
    reader = Network(either(classifier, inward(space, hidden, classes, nn.LeakyReLU)), ClassCode())
    q, p = labelled_joints(coder, maker, StandardNormal(latent_dim))
    classes_of = Joint("C", Data("x"), Factor("y", reader, given="x"))
    seen_by = {"D": features_of(judge), "C": features_of(reader)}
    objective = (
        kl(q, classes_of, terms="y", player="classifier")
        + kl(q, p, terms="x z", weights={"x": reconstruction})
        + feature_reconstruction(q, p, seen_by, features)
        + feature_means(q, p, seen_by, means, by={"C": "y"})
        + adversarial(NON_SATURATING, q, p, judge, penalties=flat(r1), moves=moves, model_moves=0)
    )
    return averaged(q, p, objective, ema)
