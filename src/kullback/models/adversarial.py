"""Models that compare x by samples: a generator against a critic.

In each, q = data(x) and p = ∫ p(z) δ(x − G(z)) dz. They differ in the dual, which says what the
critic's loss bounds, and in what keeps the critic from being too steep.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from kullback.data.space import Space
from kullback.divergences import (
    HINGE,
    LEAST_SQUARES,
    MINIMAX,
    NON_SATURATING,
    RELATIVISTIC,
    WASSERSTEIN,
    unit_slope,
    zero_slope,
)
from kullback.models.games import averaged, critic_of, flat, pair, sides, total_variance
from kullback.models.model import Model, either
from kullback.networks import (
    ByLabel,
    Logit,
    Network,
    PointHead,
    StandardNormal,
    across,
    clipping,
    dcgan_critic,
    dcgan_generator,
    inward,
    outward,
    spectrally_normalised,
)
from kullback.objectives import (
    Data,
    Factor,
    Joint,
    Snapshot,
    adversarial,
    proximal,
)


def gan(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """data(x) against p(x) = ∫ p(z) δ(x − G(z)) dz, by samples: −E log D(G(z)) for the generator.

    With the best critic the generator moves down 2 KL(m ‖ data), m the half-half mixture. Alone,
    that game need not come to rest even where p is the data; a critic with no slope there does
    (R1), so unless ``r1`` is 0 its squared slope on the data is a term of its loss.
    """
    q, p, judge = pair(space, latent_dim, hidden, generator, critic)
    game = adversarial(NON_SATURATING, q, p, judge, penalties=flat(r1), moves=moves)
    return averaged(q, p, game, ema)


def gan_minimax(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """As ``gan``, with E log(1 − D(G(z))) for the generator: one value, which the two play for.

    With the best critic the generator moves down 2 JS(data, p). Its slope in the critic's logit is
    D, so it fades where the critic is sure of the samples; ``gan``'s is 1 − D.
    """
    q, p, judge = pair(space, latent_dim, hidden, generator, critic)
    game = adversarial(MINIMAX, q, p, judge, penalties=flat(r1), moves=moves)
    return averaged(q, p, game, ema)


def lsgan(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """As ``gan``, with squares: the critic fits 1 to data and −1 to samples, which are led to 1.

    The best critic is (data − p)/(data + p), and its loss is 1 − χ²/2, χ² the Pearson divergence of
    2p from data + p. For the generator a sample there costs 2 (p/(data + p))²: most where the model
    has too much, least where it has too little. (Leading samples to 0, as Mao et al., 2017, also
    propose, costs ½ ((data − p)/(data + p))², as much for too little as for too much.)
    """
    q, p, judge = pair(space, latent_dim, hidden, generator, critic)
    game = adversarial(LEAST_SQUARES, q, p, judge, penalties=flat(r1), moves=moves)
    return averaged(q, p, game, ema)


def hinge_gan(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """As ``gan``, with the hinge loss, and a critic whose layers are spectrally normalised.

    Over all critics the hinge is the total variation; over critics of bounded slope, a
    distance that also sees how far apart the sides are.
    """
    q, p, judge = pair(space, latent_dim, hidden, generator, critic)
    bounded = spectrally_normalised(judge)
    game = adversarial(HINGE, q, p, bounded, moves=moves, over="‖W‖₂ ≈ 1 in each layer")
    return averaged(q, p, game, ema)


def wgan(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    bound: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """As ``gan``, with an integral probability metric: E_data D − E_p D over clipped critics.

    Parameters in [−``bound``, ``bound``] make the critic Lipschitz with a constant K that nobody
    knows. The best of those that such parameters can express gives a distance that is at most
    K·W₁ and of another shape; it is no KL.
    """
    q, p, judge = pair(space, latent_dim, hidden, generator, critic)
    project, over = clipping(judge, bound), f"|w| ≤ {bound:g}"
    game = adversarial(WASSERSTEIN, q, p, judge, moves=moves, project=project, over=over)
    return averaged(q, p, game, ema)


def wgan_gp(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    penalty: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """As ``wgan``, with critics whose slope is held near one, where E_data D − E_p D is W₁.

    The slope is asked for by a penalty λ(‖∇D‖ − 1)² at points between the two sides, which is soft:
    of points θ apart the best critic has the slope 1 + θ/2λ. Divided by the critic's mean slope the
    difference estimates W₁.
    """
    q, p, judge = pair(space, latent_dim, hidden, generator, critic)
    penalties = (unit_slope(penalty),)
    game = adversarial(WASSERSTEIN, q, p, judge, penalties=penalties, moves=moves)
    return averaged(q, p, game, ema)


def r3gan(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    gamma: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """Each sample against an observation, by which of the two the critic scores higher (R3GAN).

    E softplus(D(G(z)) − D(x)) for the critic and the opposite for the generator: samples cannot all
    be put on one side of a border, so that losing a mode costs at once. With squared slopes on both
    sides (R1 and R2) the game comes to rest. It is no f-divergence.

    Their weight γ is ``gamma`` times the data's total variance V = Var(x). A slope is per unit
    of x. If x is measured in other units, a·x, the same critic's slope is ∇D/a; and if every
    coordinate stands k times in x, as when pixels are halved, it is spread over k copies, and its
    squared norm falls by k. V grows by a² in the one case and k in the other: so V·‖∇D‖² is the
    same number for the same critic, and one ``gamma`` serves every resolution and unit. V is taken
    to be 1 per feature of real data, which the library makes it, and 1/12 per value in [0, 1], the
    variance of a uniform one.
    """
    q, p, judge = pair(space, latent_dim, hidden, generator, critic)
    penalties = (
        zero_slope(gamma, "q", total_variance(space)),
        zero_slope(gamma, "p", total_variance(space)),
    )
    game = adversarial(RELATIVISTIC, q, p, judge, penalties=penalties, moves=moves)
    return averaged(q, p, game, ema)


def cgan(
    space: Space,
    classes: int,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """data(x, y) against data(y) p(x|y), p(x|y) = ∫ p(z) δ(x − G(z, y)) dz: ``gan`` for each label.

    Generator and critic are both given y, the critic as the choice of one of its outputs. As both
    sides have the same data(y), the divergence of the joints is the mean over y of that between
    data(x|y) and p(x|y).
    """
    body = either(generator, outward(space, hidden, latent_dim, beside=[classes]))
    judge = Logit(either(critic, ByLabel(inward(space, hidden, classes, nn.LeakyReLU))))
    q = Joint("q", Data("x"), Data("y"))
    p = Joint(
        "p",
        Data("y"),
        Factor("z", StandardNormal(latent_dim)),
        Factor("x", Network(body, PointHead(space)), given="z y"),
    )
    game = adversarial(NON_SATURATING, q, p, judge, on="x y", penalties=flat(r1), moves=moves)
    return averaged(q, p, game, ema)


def gan_proximal(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    proximity: float,
    generator_moves: int,
    snapshot_every: int,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """As ``gan``, with λ E‖G(z) − G_old(z)‖² for the generator: −E log D(G(z)) + KL(p ‖ p_old).

    With D the best critic for p_old, KL(p ‖ data) is −E_p log D/(1−D) + KL(p ‖ p_old). The loss has
    log D for log D/(1−D), as ``gan`` has, so that it is least at p ∝ D·p_old, half the way. Without
    the second term it would be least at one point, where D is largest. That term is bounded by the
    distance with λ = 1/(2s²), s the width of the noise by which one would blur samples.

    G_old is a copy taken every ``snapshot_every`` rounds. At G = G_old the distance has no slope:
    with a copy before every single move it does nothing.
    """
    q, p, judge = pair(space, latent_dim, hidden, generator, critic)
    game = adversarial(
        NON_SATURATING,
        q,
        p,
        judge,
        penalties=flat(r1),
        moves=moves,
        model_moves=generator_moves,
    )
    maker = p["x"]
    assert isinstance(maker, Factor)
    old = Snapshot(maker.network, snapshot_every)
    near = proximal(p, old, weight=proximity, moves=generator_moves)
    return averaged(q, p, game + near, ema)


def dcgan(
    space: Space,
    latent_dim: int,
    width: int,
    moves: int,
    ema: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """As ``gan`` on pictures, with strided convolutions and batch normalisation in both networks.

    Batch normalisation makes each logit a function of the whole batch, so that a slope per
    observation, as R1 asks for, has no meaning: there is no penalty. Data and samples are
    normalised apart.
    """
    q, p = sides(space, latent_dim, either(generator, dcgan_generator(space, latent_dim, width)))
    judge = Logit(either(critic, dcgan_critic(space, width)))
    return averaged(q, p, adversarial(NON_SATURATING, q, p, judge, moves=moves), ema)


def gan_from_data(
    space: Space,
    source: Space,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    r1: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """As ``gan``, with a second data set in the prior's place: ∫ data(source) δ(x − G(source)).

    The critic sees x alone, so what it asks for is a change of law, from the second set's to the
    first's. Nothing asks that x keep anything of the source.
    """
    network = Network(either(generator, across(source, space, hidden)), PointHead(space))
    p = Joint("p", Data("source"), Factor("x", network, given="source"))
    q = Joint("q", Data("x"))
    judge = critic_of(space, hidden, critic)
    game = adversarial(NON_SATURATING, q, p, judge, penalties=flat(r1), moves=moves)
    return averaged(q, p, game, ema)
