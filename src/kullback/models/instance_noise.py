"""Games in noise: the critic sees data and samples with noise on both, of one size or of every."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import nn

from kullback.data.space import Space
from kullback.divergences import NON_SATURATING, RELATIVISTIC
from kullback.models.games import averaged, flat, pair, sides, total_variance
from kullback.models.model import Model, either
from kullback.networks import Corrected, Leaky, Logit, NoiseTold, inward, outward
from kullback.objectives import adversarial, annealed, every_size

_OCTAVES = 6
_CORRECTIONS = 2


def gan_noise(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    moves: int,
    ema: float,
    noise: str,
    smallest: float,
    largest: float,
    gamma: float,
    generator: nn.Module | None = None,
    critic: nn.Module | None = None,
) -> Model:
    """``r3gan`` of data and samples with noise: x + sε of every size s, which the critic is told.

    Where data lie in small clusters far apart, no one size will do: a large one shows the critic
    which cluster lacks mass, a small one how sharp each is. log s is uniform, s the same for the
    two of a pair. Slopes are in units of the noise, which have no scale of their own, so ``gamma``
    is the weight whatever the data. Sizes are in units of σ = √V, V the variance as ``r3gan``
    takes it: two points at a distance δ are one under noise of s ≈ δ/2 along the line between
    them, whatever the number of features; and distances in the data grow as √V. What differs
    between images is smaller against σ than what lies between clusters of points, so by default
    their sizes are smaller (docs/results.md).

    For real points and vectors the critic sees waves beside x, and the generator corrects its own
    draft by them. A network has limited slope in its inputs; in waves of them, more. Pictures, and
    all else whose values lie in [0, 1], get plain networks: a generator of those makes logits,
    whose waves mean nothing.

    With ``noise="annealed"`` it is ``gan`` with one size that falls to 0, and is not told.
    """
    spread = math.sqrt(total_variance(space))
    if noise == "annealed":
        q, p, judge = pair(space, latent_dim, hidden, generator, critic)
        falling = annealed(largest, spread)
        return averaged(
            q, p, adversarial(NON_SATURATING, q, p, judge, moves=moves, instance_noise=falling), ema
        )
    q, p = sides(
        space, latent_dim, either(generator, _correcting_generator(space, latent_dim, hidden))
    )
    judge = Logit(either(critic, _told_critic(space, hidden)))
    game = adversarial(
        RELATIVISTIC,
        q,
        p,
        judge,
        penalties=flat(gamma) + flat(gamma, on="p"),
        moves=moves,
        instance_noise=every_size(smallest, largest, spread),
    )
    return averaged(q, p, game, ema)


def _told_critic(space: Space, hidden: Sequence[int] | None) -> nn.Module:
    """A critic that is told the size of the noise, and sees real points by their waves."""
    octaves = _OCTAVES if _waves(space) else 0
    widths = (128, 128, 128) if hidden is None and _waves(space) else hidden
    body = inward(space, widths, 1, Leaky, beside=[1 + 2 * octaves * space.features])
    centre = 0.5 if space.bounded else 0.0
    return NoiseTold(body, centre, math.sqrt(total_variance(space) / space.features), octaves)


def _correcting_generator(space: Space, latent_dim: int, hidden: Sequence[int] | None) -> nn.Module:
    """A generator that corrects its draft of real points twice, by their waves."""
    if not _waves(space):
        return outward(space, hidden, latent_dim, activation=Leaky)
    widths = (128, 128) if hidden is None else hidden
    beside = [latent_dim, 2 * _OCTAVES * space.features]
    return Corrected(
        outward(space, widths[:1], latent_dim, activation=Leaky),
        [inward(space, widths, space.features, Leaky, beside=beside) for _ in range(_CORRECTIONS)],
        _OCTAVES,
    )


def _waves(space: Space) -> bool:
    """Whether networks see observations by their waves: the generator's output is one itself."""
    return not (space.is_image or space.bounded)
