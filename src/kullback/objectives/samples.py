"""Two joints compared by samples: with a critic, or by fixed statistics.

Only samples of ``on`` are needed, so either side may be implicit; what is compared is the two
joints' *marginals* of the named variables:

    on="x"     data(x) against p(x)              a GAN
    on="z"     ∫ data(x) q(z|x) dx against p(z)  the second half of an AAE
    on="x z"   q(x, z) against p(x, z)           ALI
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from kullback.distributions import Noise
from kullback.divergences import Dual, Penalty
from kullback.errors import BadInput
from kullback.objectives.clock import Clock
from kullback.objectives.joint import Batch, Data, Joint
from kullback.objectives.player import Objective, Player, Terms


def adversarial(
    dual: Dual,
    q: Joint,
    p: Joint,
    critic: nn.Module,
    on: str = "x",
    penalties: Sequence[Penalty] = (),
    moves: int = 1,
) -> Objective:
    """Two players: "critic", which minimises the dual's loss and the penalties, ``moves`` times a
    round, and "model", every network that has a hand in drawing ``on``.

    One rule for every game: the critic scores q's samples as 1; a side minimises −E log P(other
    side). The two sides are never put in one critic batch, since batch statistics would tell them
    apart. A critic with batch normalisation and a penalty is refused: the penalty is per
    observation, and batch statistics make each logit a function of all of them.
    """
    names = on.split()
    if penalties and any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in critic.modules()):
        raise BadInput(
            f"a critic with batch normalisation cannot have a {penalties[0].name}: the penalty is "
            "per observation; use LayerNorm, GroupNorm or none"
        )

    def draw(joint: Joint, batch: Batch, noise: Noise) -> tuple[Tensor, ...]:
        trace = joint.trace(batch, noise, *names)
        return tuple(trace.values[name] for name in names)

    def critic_terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        with torch.no_grad():
            real, made = draw(q, batch, noise), draw(p, batch, noise)
        terms = {f"critic_{'_'.join(names)}": dual.critic(critic(*real), critic(*made))}
        return terms | {
            penalty.name: penalty.value(critic, real, made, noise) for penalty in penalties
        }

    sides = [joint for joint in (q, p) if joint.networks(*names)]

    def mover_terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        logits = {
            joint.side: critic(*draw(joint, batch, noise))
            for joint in (q, p)
            if dual.paired or joint in sides
        }
        terms = {}
        for joint, other, sign in ((q, p, -1), (p, q, 1)):
            if joint in sides:
                away = sign * logits[other.side].detach() if dual.paired else None
                suffix = f"_{joint.side}" if len(sides) > 1 else ""
                name = f"adversarial_{'_'.join(names)}{suffix}"
                terms[name] = dual.mover(sign * logits[joint.side], away)
        return terms

    modules = {name: m for joint in sides for name, m in joint.networks(*names).items()}
    observes = dual.paired or any(
        isinstance(factor, Data) for joint in sides for factor in joint.ancestors(*names)
    )
    movers = ";  ".join(
        f"{own.side} min {dual.mover_formula.format(own=own.side, other=other.side)}"
        for own, other in ((q, p), (p, q))
        if own in sides
    )
    regular = "".join(f" + {penalty.formula}" for penalty in penalties)
    formula = (
        f"game on ({', '.join(names)}),  q = {_marginal(q, names)},  p = {_marginal(p, names)}:"
        f"  critic min {dual.critic_formula}{regular};  {movers}"
    )
    return Objective(
        {
            "critic": Player({f"D({', '.join(names)})": critic}, critic_terms, moves),
            "model": Player(modules, mover_terms, observes=observes),
        },
        formula,
    )


def match(
    statistic: Callable[[Tensor, Tensor], Tensor],
    q: Joint,
    p: Joint,
    on: str = "z",
    weight: float = 1.0,
) -> Objective:
    """One player "model" that minimises ``weight`` × a divergence by samples without a critic."""

    def losses(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        made = [joint.trace(batch, noise, on).values[on] for joint in (q, p)]
        return {f"match_{on}": weight * statistic(made[0], made[1])}

    modules = {name: m for joint in (q, p) for name, m in joint.networks(on).items()}
    formula = f"min  {weight:g}·{getattr(statistic, '__name__', 'match')}( q({on}), p({on}) )"
    return Objective({"model": Player(modules, losses)}, formula)


def _marginal(joint: Joint, names: Sequence[str]) -> str:
    factors = joint.ancestors(*names)
    product = " ".join(joint.text(factor) for factor in factors)
    hidden = [factor.variable for factor in factors if factor.variable not in names]
    return f"∫ {product} d{' d'.join(hidden)}" if hidden else product
