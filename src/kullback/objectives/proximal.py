"""A step of a game that stays near where the model was.

With the best critic for the old model, −E log D(G(z)) alone leads every sample to where D is
largest. The bound it comes from holds KL(p ‖ p_old) beside it, which for a small step is second
order; blurring samples with N(0, s²I) gives a quantity that can be computed,

    λ E_z ‖G(z) − G_old(z)‖²,    λ = 1/(2s²),

an upper bound of that KL, as joints with z have no smaller a KL than their marginals: Su (2018,
arXiv 1807.05936).

At G = G_old the term and its gradient are 0. With a snapshot taken before each move it would do
nothing: it needs two moves a snapshot, or more.
"""

from __future__ import annotations

import torch

from kullback.distributions import Noise
from kullback.objectives.clock import Clock
from kullback.objectives.follower import Snapshot
from kullback.objectives.joint import Batch, Data, Factor, Joint
from kullback.objectives.player import Objective, Player, Terms


def proximal(
    p: Joint, snapshot: Snapshot, on: str = "x", weight: float = 1.0, moves: int = 1
) -> Objective:
    """``weight``·E‖x − x_old‖²: p's network of ``on``, a point mass, against its ``snapshot``.

    One player "model", term ``proximal_x``, a sum over coordinates and a mean over the batch. Both
    networks are given the same conditions, z above all. The snapshot follows as "old p(x|z)".
    """
    factor = p[on]
    assert isinstance(factor, Factor)

    def losses(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        trace = p.trace(batch, noise, on)
        with torch.no_grad():
            before = snapshot.module(*(trace.values[name] for name in factor.conditions)).mean
        moved = (trace.values[on] - before).flatten(1).square().sum(1)
        return {f"proximal_{on}": weight * moved.mean()}

    text = p.text(factor)
    observes = any(isinstance(ancestor, Data) for ancestor in p.ancestors(on))
    formula = (
        f"min  {weight:g}·E ‖{on} − {on}_old‖²,  {on} and {on}_old of {text} now and at most "
        f"{snapshot.every} round{'s' * (snapshot.every != 1)} ago, of the same "
        f"{', '.join(factor.conditions)}"
    )
    player = Player(p.networks(on), losses, moves, observes)
    return Objective({"model": player}, formula, {f"old {text}": snapshot})
