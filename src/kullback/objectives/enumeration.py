"""Expectations over finite latents as exact sums.

A draw of a class y has no derivative in the class's probability: E_q f along a drawn y would give
q(y|·) no gradient. But where y takes C values, the expectation is a sum of C terms,

    E_q f = E Σ_y q(y|·) E [f | y],

which has no Monte Carlo error in y and is differentiable in q(y|·). What q draws after y, given y,
is drawn anew under each of its values; what it draws before, or beside, stays as it was drawn.
Kingma, Mohamed, Rezende & Welling (2014, arXiv 1406.5298, eq. 7) sum so over missing labels.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import torch
from torch import Tensor

from kullback.distributions import Noise
from kullback.errors import BadInput
from kullback.objectives.joint import Factor, Joint, Trace


def expectation(
    q: Joint,
    trace: Trace,
    noise: Noise,
    needed: Collection[str],
    value: Callable[[Trace], Tensor],
    drawn: Collection[str] = (),
) -> Tensor:
    """Return E_q ``value`` per row, (B, …), where ``value(trace)`` depends on ``needed`` only.

    Every finite variable that ``needed`` are drawn from is summed over, they themselves included,
    but for those in ``drawn``; of the others ``trace``, of one draw a row, is the sample, and
    ``require_pathwise`` of them.
    """
    latents = _latents(q, needed, drawn)
    summed = next((f.variable for f in latents if _finite(trace, f)), None)
    if summed is None:
        require_pathwise(q, trace, *(f.variable for f in latents))
        return value(trace)
    law = trace.distributions[summed].expand(torch.Size([trace.rows]))
    fixed = [f.variable for f in q.factors if not q.depends(f.variable, on=summed)]
    after = q
    for name in (*fixed, summed):
        after = after.given(name)
    parts = []
    support = law.enumerate_support()
    for instance, mass in zip(support, law.log_prob(support).exp(), strict=True):
        below = after.trace({**trace.values, summed: instance}, noise, *needed)
        branch = replace(
            trace,
            values={**trace.values, **below.values},
            distributions={**trace.distributions, **below.distributions},
        )
        inner = expectation(q, branch, noise, needed, value, (*drawn, summed))
        parts.append(mass.view(-1, *[1] * (inner.dim() - 1)) * inner)
    return torch.stack(parts).sum(0)


def require_pathwise(q: Joint, trace: Trace, *variables: str) -> None:
    """Raise ``BadInput`` if one of ``variables`` was drawn without a gradient that q needs."""
    for name in variables:
        law = trace.distributions[name]
        if law.has_rsample:
            continue
        if any(w.requires_grad for m in q.networks(name).values() for w in m.parameters()):
            raise BadInput(
                f"a draw of {q.text(q[name])}, a {type(law).__name__}, has no gradient to train "
                "it by: let it be reparameterised, or one finite variable a row in a kl"
            )


def _latents(q: Joint, needed: Collection[str], drawn: Collection[str]) -> list[Factor]:
    factors = q.ancestors(*needed)
    return [f for f in factors if isinstance(f, Factor) and f.variable not in drawn]


def _finite(trace: Trace, factor: Factor) -> bool:
    """One variable a row with finitely many values: a vector of M classes has too many, C^M."""
    law = trace.distributions[factor.variable]
    return law.has_enumerate_support and len(law.batch_shape) <= 1
