"""Two joints compared by densities.

    KL(q(x,z) ‖ p(x,z)) = Σ over factors of E_q [log q(v|·) − log p(v|·)]

For q = data(x) q(z|x) and p = p(z) p(x|z) the sum is, up to the data's entropy, the negative ELBO

    E −log p(x|z) + E KL(q(z|x) ‖ p(z)).

By the chain rule it is KL(data ‖ p(x)) + E KL(q(z|x) ‖ p(z|x)): an upper bound of the divergence
between the marginals, tight when the encoder is the posterior.

``terms`` names *factors*, E KL(q(z|x) ‖ p(z)); the ``on`` of ``adversarial`` names *marginals*,
q(z) against p(z). The difference of the two is the mutual information of x and z under q.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from kullback.distributions import Noise
from kullback.divergences import closed_form_kl
from kullback.objectives.clock import Clock, Schedule, at
from kullback.objectives.joint import Batch, Data, Factor, Joint, Trace
from kullback.objectives.player import Objective, Player, Terms


def kl(
    q: Joint,
    p: Joint,
    terms: str = "x z",
    weights: Mapping[str, float | Schedule] | None = None,
) -> Objective:
    """Minimise the named factors' share of KL(q ‖ p), one player "model", means over the batch.

    An observed variable v gives the term ``nll_v`` = E −log p(v|·). A latent gives ``kl_v``: the
    closed form where there is one and it is valid (see ``kl_term``), else one draw of
    log q − log p. ``weights`` multiply terms; with all of them 1 the sum is −ELBO in nats.
    """
    names = terms.split()
    weights = weights or {}
    if unknown := weights.keys() - set(names):
        raise ValueError(f"no term {', '.join(sorted(unknown))} among {terms}")
    needed = {
        f.variable
        for name in names
        for f in (q[name], *(q[c] for c in _factor(p, name).conditions))
    }

    def losses(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        trace = q.trace(batch, noise, *needed)
        scored = p.at(trace, *names)
        found = {}
        for name in names:
            label, value = _term(q, p, trace, scored, name)
            found[label] = at(weights[name], clock) * value if name in weights else value
        return found

    modules = q.networks(*needed) | {
        name: network
        for v in names
        for name, network in p.networks(v).items()
        if network is _factor(p, v).network
    }
    return Objective({"model": Player(modules, losses)}, _formula(q, p, names, weights))


def kl_term(q: Joint, p: Joint, trace: Trace, scored: Trace, name: str) -> Tensor:
    """Return KL(q(name|·) ‖ p(name|·)) of a trace, per draw or per row.

    The closed form integrates over ``name`` with its conditions held fixed, so it is valid only
    where no condition of p's factor is itself drawn from ``name`` in q.
    """
    downstream = any(q.depends(c, on=name) for c in _factor(p, name).conditions)
    if not downstream:
        closed = closed_form_kl(trace.distributions[name], scored.distributions[name])
        if closed is not None:
            return closed
    return trace.log_prob(name) - scored.log_prob(name)


def _term(q: Joint, p: Joint, trace: Trace, scored: Trace, name: str) -> tuple[str, Tensor]:
    if isinstance(q[name], Data):
        return f"nll_{name}", -scored.log_prob(name).mean()
    return f"kl_{name}", kl_term(q, p, trace, scored, name).mean()


def _factor(joint: Joint, name: str) -> Factor:
    factor = joint[name]
    if isinstance(factor, Data):
        raise ValueError(f"data({name}) has no density on side {joint.side}")
    return factor


def _formula(q: Joint, p: Joint, names: list[str], weights: Mapping[str, float | Schedule]) -> str:
    if not weights and set(names) == {factor.variable for factor in p.factors}:
        return f"min  KL( {q} ‖ {p} )"
    parts = []
    for name in names:
        density = p.text(p[name])
        observed = isinstance(q[name], Data)
        term = f"E_q −log {density}" if observed else f"E_q KL({q.text(q[name])} ‖ {density})"
        match weights.get(name):
            case None:
                parts.append(term)
            case int() | float() as weight:
                parts.append(f"{weight:g}·{term}")
            case _:
                parts.append(f"w(t)·{term}")
    return f"min  {' + '.join(parts)},  q = {q},  p = {p}"
