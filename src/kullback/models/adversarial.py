"""Models that compare x by samples: a generator against a critic."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from kullback.data.space import Space
from kullback.divergences import NON_SATURATING, WASSERSTEIN, Dual, Penalty, unit_slope, zero_slope
from kullback.models.model import Model, either
from kullback.networks import Logit, Network, PointHead, StandardNormal, inward, outward
from kullback.objectives import Data, Factor, Follower, Joint, adversarial


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
    penalties = (zero_slope(r1, on="q"),) if r1 else ()
    return _game(
        NON_SATURATING, penalties, space, latent_dim, hidden, moves, ema, generator, critic
    )


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
    """As ``gan``, with an integral probability metric: E_data D − E_p D over critics of slope one.

    The slope is asked for by a penalty at points between the two sides. It is a distance, not a KL.
    """
    penalties = (unit_slope(penalty),)
    return _game(WASSERSTEIN, penalties, space, latent_dim, hidden, moves, ema, generator, critic)


def _game(
    dual: Dual,
    penalties: Sequence[Penalty],
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    generator: nn.Module | None,
    critic: nn.Module | None,
) -> Model:
    network = Network(either(generator, outward(space, hidden, latent_dim)), PointHead(space))
    judge = Logit(either(critic, inward(space, hidden, 1, nn.LeakyReLU)))
    q = Joint("q", Data("x"))
    p = Joint("p", Factor("z", StandardNormal(latent_dim)), Factor("x", network, given="z"))
    objective = adversarial(dual, q, p, judge, on="x", penalties=penalties, moves=moves)
    return Model(q, p, objective.followed({"p(x|z)": Follower(network, ema)}))
