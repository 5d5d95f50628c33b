"""What games have in common: generators, critics that are kept flat, networks used as averages."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from kullback.data.space import Space
from kullback.divergences import Penalty, zero_slope
from kullback.models.model import Model, either
from kullback.networks import Input, Logit, Network, PointHead, StandardNormal, inward, outward
from kullback.objectives import (
    Data,
    Factor,
    Follower,
    Joint,
    Objective,
    batch_statistics,
    has_batch_statistics,
)


def pair(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    generator: nn.Module | None,
    critic: nn.Module | None,
) -> tuple[Joint, Joint, Logit]:
    """Return the two sides and the critic, of networks of one's own or of the usual ones."""
    q, p = sides(space, latent_dim, either(generator, outward(space, hidden, latent_dim)))
    return q, p, critic_of(space, hidden, critic)


def sides(space: Space, latent_dim: int, body: nn.Module) -> tuple[Joint, Joint]:
    """Return q = data(x) and p = p(z) δ(x − G(z))."""
    network = Network(body, PointHead(space))
    p = Joint("p", Factor("z", StandardNormal(latent_dim)), Factor("x", network, given="z"))
    return Joint("q", Data("x")), p


def critic_of(
    space: Space, hidden: Sequence[int] | None, own: nn.Module | None, *beside: Input
) -> Logit:
    """Return a critic of observations and of what is ``beside`` them: one's own or the usual."""
    return Logit(either(own, inward(space, hidden, 1, nn.LeakyReLU, beside)))


def flat(r1: float, on: str = "q") -> tuple[Penalty, ...]:
    """Return the penalty that keeps a critic flat on one side, γ/2 E‖∇D‖², if γ is not 0."""
    return (zero_slope(r1, on),) if r1 else ()


def averaged(q: Joint, p: Joint, objective: Objective, decay: float) -> Model:
    """Return the model whose networks are used as the moving averages of their weights."""
    followers = {}
    for joint in (q, p):
        for factor in joint.latents:
            network = factor.network
            if any(True for _ in network.parameters()):
                follower = followers[joint.text(factor)] = Follower(network, decay)
                if has_batch_statistics(network):
                    objective = objective + batch_statistics(joint, factor.variable, follower)
    return Model(q, p, objective.followed(followers))


def total_variance(space: Space) -> float:
    """The total variance that data of a space are taken to have, in model units.

    Real data are scaled to 1 per feature; 1/12 is the variance of a uniform value in [0, 1].
    """
    return space.features * (1 / 12 if space.bounded else 1)
