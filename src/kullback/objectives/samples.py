"""Two joints compared by samples: with a critic, or by fixed statistics.

Only samples of ``on`` are needed, so either side may be implicit; what is compared is the two
joints' *marginals* of the named variables:

    on="x"     data(x) against p(x)              a GAN
    on="z"     ∫ data(x) q(z|x) dx against p(z)  the second half of an AAE
    on="x z"   q(x, z) against p(x, z)           ALI
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from kullback.distributions import Noise
from kullback.divergences import Dual, Penalty, score
from kullback.divergences.penalties import Critic, Points, Scored
from kullback.errors import BadInput
from kullback.objectives.clock import Clock
from kullback.objectives.instance_noise import InstanceNoise
from kullback.objectives.joint import Batch, Data, Joint
from kullback.objectives.player import Objective, Player, Terms
from kullback.objectives.statistics import has_batch_statistics


def adversarial(
    dual: Dual,
    q: Joint,
    p: Joint,
    critic: nn.Module,
    on: str = "x",
    penalties: Sequence[Penalty] = (),
    moves: int = 1,
    model_moves: int = 1,
    instance_noise: InstanceNoise | None = None,
    project: Callable[[], None] | None = None,
    over: str = "",
) -> Objective:
    """Two players: "critic", which minimises the dual's loss and the penalties, ``moves`` times a
    round, and "model", every network that has a hand in drawing ``on``, ``model_moves`` times;
    with none the critic looks on, and others make use of what it sees.

    One rule for every game: the critic scores q's samples as 1; a side minimises −E log P(other
    side). The two sides are never put in one critic batch, since batch statistics would tell them
    apart. A variable that is data on both sides is a condition: both see the same value, and
    penalties ask for no slope along it. With ``instance_noise`` the critic sees the other variables
    with noise, and slopes are in units of the noise. ``project`` brings the critic's weights back
    within bounds after each of its moves; ``over`` is how the formula says what critics there are.

    Of a dual whose best critic is log q/p the critic's mean logit under q, ``logit_…``, is told
    beside: of the best one KL(q ‖ p) of what it sees, in nats. A penalty keeps it below that.

    A critic with batch normalisation and a penalty is refused: the penalty is per observation, and
    batch statistics make each logit a function of all of them.
    """
    names = on.split()
    if penalties and has_batch_statistics(critic):
        raise BadInput(
            f"a critic with batch normalisation cannot have a {penalties[0].name}: the penalty is "
            "per observation; use LayerNorm, GroupNorm or none"
        )
    game = Game(dual, critic, q, p, tuple(names), tuple(penalties), instance_noise)

    def critic_terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        at_q, on_q, on_p = game.scored(batch, noise, clock)
        terms = {f"critic_{suffix}": dual.critic(on_q.logits, on_p.logits)}
        for penalty in penalties:
            terms[f"{penalty.name}_{suffix}"] = penalty.value(at_q, on_q, on_p, noise)
        if dual.log_ratio:
            terms[logit] = on_q.logits.mean().detach()
        return terms

    sides = [joint for joint in (q, p) if joint.networks(*names)]

    def mover_terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        sizes = game.sizes(noise, clock)
        scored = {}
        for joint in (q, p):
            if dual.paired or joint in sides:
                # A side that does not move is only scored: there is nothing to go back through.
                with torch.set_grad_enabled(torch.is_grad_enabled() and joint in sides):
                    look = game.look(joint, batch, noise, sizes)
                    scored[joint.side] = game.logits(look.points, look, sizes)
        terms = {}
        for joint, other, sign in ((q, p, 1 if dual.to_q else -1), (p, q, 1)):
            if joint in sides:
                away = sign * scored[other.side].detach() if dual.paired else None
                which = f"_{joint.side}" if len(sides) > 1 else ""
                terms[f"adversarial_{suffix}{which}"] = dual.mover(sign * scored[joint.side], away)
        return terms

    suffix = "_".join(names)
    logit = f"logit_{suffix}"
    modules = {name: m for joint in sides for name, m in joint.networks(*names).items()}
    observes = dual.paired or any(
        isinstance(factor, Data) for joint in sides for factor in joint.ancestors(*names)
    )
    movers = "".join(
        f";  {own.side} min {dual.mover_formula.format(own=own.side, other=other.side)}"
        for own, other in ((q, q if dual.to_q else p), (p, q))
        if own in sides and model_moves
    )
    # With noise a slope is along ε, and that is s times the slope along x.
    slope = "s∇" if instance_noise else "∇"
    regular = "".join(f" + {penalty.formula.replace('∇', slope)}" for penalty in penalties)
    bound = f" over {over}" if over else ""
    seen = f", critic sees {instance_noise.formula}" if instance_noise else ""
    formula = (
        f"game on ({', '.join(names)}){seen},  q = {_marginal(q, names)},  "
        f"p = {_marginal(p, names)}:  critic min {dual.critic_formula}{regular}{bound}{movers}"
    )
    inputs = ", ".join([*names, "s"] if game.told else names)
    players = {
        "critic": Player(
            {f"D({inputs})": critic},
            critic_terms,
            moves,
            project=project,
            figures=frozenset([logit]),
        )
    }
    if model_moves:
        players["model"] = Player(modules, mover_terms, model_moves, observes)
    return Objective(players, formula, games=(game,))


@dataclass(frozen=True)
class Look:
    """What a critic gets to see of one side: the compared variables, and the conditions."""

    points: Points
    conditions: Batch


@dataclass(frozen=True)
class Game:
    """What a critic is asked: from which side are the variables ``names``, ``q`` or ``p``?

    ``conditions`` are data on both sides, and ``compared`` are the others.
    """

    dual: Dual
    critic: nn.Module
    q: Joint
    p: Joint
    names: tuple[str, ...]
    penalties: tuple[Penalty, ...] = ()
    instance_noise: InstanceNoise | None = None

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        return tuple(
            n for n in self.names if all(isinstance(joint[n], Data) for joint in (self.q, self.p))
        )

    @cached_property
    def compared(self) -> tuple[str, ...]:
        return tuple(n for n in self.names if n not in self.conditions)

    @property
    def told(self) -> bool:
        """Whether the critic is told the size of the noise."""
        return self.instance_noise is not None and self.instance_noise.told

    def sizes(self, noise: Noise, clock: Clock) -> Tensor | None:
        """Return the size of the noise on each pair of points, (B,), if there is any."""
        return self.instance_noise.size(noise, clock) if self.instance_noise else None

    def look(self, joint: Joint, batch: Batch, noise: Noise, sizes: Tensor | None) -> Look:
        """Draw one side."""
        trace = joint.trace(batch, noise, *self.names)
        points = tuple(_blurred(trace.values[name], sizes, noise) for name in self.compared)
        return Look(points, {name: trace.values[name] for name in self.conditions})

    def logits(self, points: Points, look: Look, sizes: Tensor | None) -> Tensor:
        """Score points under the conditions of a look, (B,)."""
        values = {**look.conditions, **dict(zip(self.compared, points, strict=True))}
        beside = (sizes,) if self.told and sizes is not None else ()
        found: Tensor = self.critic(*(values[name] for name in self.names), *beside)
        return found

    def scored(self, batch: Batch, noise: Noise, clock: Clock) -> tuple[Critic, Scored, Scored]:
        """Draw both sides, with no way back into their networks, and score them.

        Returns the critic as a function of points under q's conditions, and q and p as scored.
        """
        with torch.no_grad():
            sizes = self.sizes(noise, clock)
            real, made = (self.look(joint, batch, noise, sizes) for joint in (self.q, self.p))
        unit = 1.0 if sizes is None else sizes

        def at(look: Look) -> Critic:
            return lambda *points: self.logits(points, look, sizes)

        return at(real), score(at(real), real.points, unit), score(at(made), made.points, unit)


def _blurred(point: Tensor, sizes: Tensor | None, noise: Noise) -> Tensor:
    if sizes is None:
        return point
    return point + sizes.view(-1, *[1] * (point.dim() - 1)) * noise.normal(*point.shape)


def match(
    statistic: Callable[[Tensor, Tensor], Tensor],
    q: Joint,
    p: Joint,
    on: str = "z",
    weight: float = 1.0,
    name: str = "match",
) -> Objective:
    """One player "model" that minimises ``weight`` × a divergence by samples without a critic.

    ``name`` is how the formula calls the ``statistic``.
    """

    def losses(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        made = [joint.trace(batch, noise, on).values[on] for joint in (q, p)]
        return {f"match_{on}": weight * statistic(made[0], made[1])}

    modules = {name: m for joint in (q, p) for name, m in joint.networks(on).items()}
    formula = f"min  {weight:g}·{name}( q({on}), p({on}) )"
    return Objective({"model": Player(modules, losses)}, formula)


def _marginal(joint: Joint, names: Sequence[str]) -> str:
    factors = joint.ancestors(*names)
    hidden = [factor.variable for factor in factors if factor.variable not in names]
    product = joint.product(*names)
    return f"∫ {product} d{' d'.join(hidden)}" if hidden else product
