"""Two joints compared by densities.

    KL(q(x,z) ‖ p(x,z)) = Σ over factors of E_q [log q(v|·) − log p(v|·)]

For q = data(x) q(z|x) and p = p(z) p(x|z) the sum is, up to the data's entropy, the negative ELBO

    E −log p(x|z) + E KL(q(z|x) ‖ p(z)).

By the chain rule it is KL(data ‖ p(x)) + E KL(q(z|x) ‖ p(z|x)): an upper bound of the divergence
between the marginals, tight when the encoder is the posterior.

Where E_q is over a variable of finitely many values, such as a class, it is summed and not drawn
(``expectation``). With q = data(x) q(z|x) q(y|z) and p = p(y) p(z|y) p(x|z), y a class, the terms
are those of clustering,

    E −log p(x|z) + E Σ_y q(y|z) [log q(z|x) − log p(z|y)] + E KL(q(y|z) ‖ p(y)).

``terms`` names *factors*, E KL(q(z|x) ‖ p(z)); the ``on`` of ``adversarial`` names *marginals*,
q(z) against p(z). The difference of the two is the mutual information of x and z under q.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from torch import Tensor

from kullback.distributions import Noise
from kullback.divergences import closed_form_kl, coordinate_kl
from kullback.errors import BadInput
from kullback.objectives.clock import Clock, Schedule, Written, at
from kullback.objectives.enumeration import expectation
from kullback.objectives.joint import Batch, Data, Factor, Joint, Trace
from kullback.objectives.player import Objective, Player, Terms


def kl(
    q: Joint,
    p: Joint,
    terms: str = "x z",
    weights: Mapping[str, float | Schedule] | None = None,
    free_bits: Mapping[str, float] | None = None,
    player: str = "model",
) -> Objective:
    """Minimise the named factors' share of KL(q ‖ p), by one ``player``, means over the batch.

    An observed variable v gives the term ``nll_v`` = E −log p(v|·). A latent gives ``kl_v``: the
    closed form where there is one and it is valid (see ``kl_term``), else log q − log p of one
    draw. Expectations over variables with finitely many values are exact sums. ``weights`` multiply
    terms; with all of them 1 the sum is −ELBO in nats. With the model side in q's place, what it
    draws is scored by the data side, and the terms' names end in ``_p``.

    ``free_bits`` gives a latent λ nats for each of its coordinates that cost nothing,

        kl_z = Σ_j max(λ, E KL(q(z_j|x) ‖ p(z_j|·))),   E the mean over the batch:

    no coordinate gains by saying less than λ (Kingma et al., 2016, arXiv 1606.04934, eq. 15). The
    sum is then −ELBO only where every coordinate says more. It needs coordinates independent on
    both sides, with a closed form, else ``BadInput``.
    """
    names = terms.split()
    weights, free_bits = weights or {}, free_bits or {}
    if unknown := (weights.keys() | free_bits.keys()) - set(names):
        raise ValueError(f"no term {', '.join(sorted(unknown))} among {terms}")
    weights = {name: weight for name, weight in weights.items() if weight != 1}
    for name in free_bits:
        if isinstance(q[name], Data) or not _closes(q, p, name):
            raise BadInput(f"free bits need KL({_conditional(q, name)} ‖ …) in closed form")
    needed = {name: [q[v].variable for v in (name, *_factor(p, name).conditions)] for name in names}
    involved = [v for name in names for v in needed[name]]

    def losses(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        trace = q.trace(batch, noise, *involved)
        found = {}
        for name in names:
            label, value = _term(q, p, trace, noise, name, needed[name], free_bits.get(name))
            found[label] = at(weights[name], clock) * value if name in weights else value
        return found

    modules = q.networks(*involved) | {
        name: network
        for v in names
        for name, network in p.networks(v).items()
        if network is _factor(p, v).network
    }
    formula = _formula(q, p, names, weights, free_bits)
    return Objective({player: Player(modules, losses)}, formula)


def kl_term(q: Joint, p: Joint, trace: Trace, scored: Trace, name: str) -> Tensor:
    """Return KL(q(name|·) ‖ p(name|·)) of a trace, per draw or per row.

    The closed form integrates over ``name`` with its conditions held fixed, so it is valid only
    where no condition of p's factor is itself drawn from ``name`` in q.
    """
    if _closes(q, p, name):
        closed = closed_form_kl(trace.distributions[name], scored.distributions[name])
        if closed is not None:
            return closed
    return trace.log_prob(name) - scored.log_prob(name)


def _closes(q: Joint, p: Joint, name: str) -> bool:
    return not any(q.depends(c, on=name) for c in _factor(p, name).conditions)


def _term(
    q: Joint,
    p: Joint,
    trace: Trace,
    noise: Noise,
    name: str,
    needed: list[str],
    free: float | None,
) -> tuple[str, Tensor]:
    observed = isinstance(q[name], Data)

    def rows(drawn: Trace) -> Tensor:
        scored = p.at(drawn, name)
        if observed:
            return -scored.log_prob(name).flatten()
        if free is None:
            return kl_term(q, p, drawn, scored, name).flatten()
        law, prior = drawn.distributions[name], scored.distributions[name]
        each = coordinate_kl(law, prior)
        if each is None:
            raise BadInput(
                f"free bits need coordinates that are independent and of closed form, not "
                f"{type(law).__name__} and {type(prior).__name__} for {name}"
            )
        return each.reshape(-1, *law.event_shape)

    # A closed form is itself the sum over the variable's own values.
    integrated = () if observed or not _closes(q, p, name) else (name,)
    value = expectation(q, trace, noise, needed, rows, drawn=integrated)
    label = ("nll_" if observed else "kl_") + name + ("" if q.side == "q" else f"_{q.side}")
    return label, value.mean() if free is None else value.mean(0).clamp(min=free).sum()


def _factor(joint: Joint, name: str) -> Factor:
    factor = joint[name]
    if isinstance(factor, Data):
        raise ValueError(f"data({name}) has no density on side {joint.side}")
    return factor


def _formula(
    q: Joint,
    p: Joint,
    names: list[str],
    weights: Mapping[str, float | Schedule],
    free_bits: Mapping[str, float],
) -> str:
    plain = not weights and not free_bits
    latents = {f.variable for f in q.latents}
    if plain and latents <= set(names) == {f.variable for f in p.latents}:
        return f"min  KL( {q} ‖ {p} )"
    parts = []
    for name in names:
        term = _text(q, p, name, free_bits.get(name))
        match weights.get(name):
            case None:
                parts.append(term)
            case int() | float() as weight:
                parts.append(f"{weight:g}·{term}")
            case Written(formula=formula):
                parts.append(f"{formula}·{term}")
            case _:
                parts.append(f"w(t)·{term}")
    return f"min  {' + '.join(parts)},  {q.side} = {q},  {p.side} = {p}"


def _text(q: Joint, p: Joint, name: str, free: float | None) -> str:
    density = _conditional(p, name)
    if isinstance(q[name], Data):
        return f"E_{q.side} −log {density}"
    if free is not None:
        coordinates = f"{_conditional(q, name, '_j')} ‖ {_conditional(p, name, '_j')}"
        return f"Σ_j max({free:g}, E_{q.side} KL({coordinates}))"
    if not _closes(q, p, name):
        return f"E_{q.side} log {_conditional(q, name)}/{density}"
    return f"E_{q.side} KL({_conditional(q, name)} ‖ {density})"


def _conditional(joint: Joint, name: str, coordinate: str = "") -> str:
    factor = joint[name]
    return joint.text(replace(factor, variable=f"{name}{coordinate}"))
