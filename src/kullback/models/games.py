"""What games have in common: a critic that is kept flat, and networks used as their averages."""

from __future__ import annotations

from kullback.divergences import Penalty, zero_slope
from kullback.models.model import Model
from kullback.objectives import (
    Follower,
    Joint,
    Objective,
    batch_statistics,
    has_batch_statistics,
)


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
