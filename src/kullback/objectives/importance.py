"""The importance-weighted bound.

    L_K = E log (1/K) Σ_k w_k,   w_k = p(x, z_k) / q(z_k|x),   z_1 … z_K ~ q(z|x)

E w = p(x), so L_K ≤ log p(x) by Jensen's inequality; L_1 is the ELBO, L_K grows with K, and where
the weights are bounded it tends to log p(x). The encoder's error costs less than it costs the
ELBO, so the model is pulled less towards posteriors that the encoder can express.

Burda, Grosse & Salakhutdinov (2016, arXiv 1509.00519), eq. 8 and theorem 1.
"""

from __future__ import annotations

from kullback.distributions import Noise
from kullback.divergences import log_mean_exp
from kullback.errors import BadInput
from kullback.objectives.clock import Clock
from kullback.objectives.enumeration import require_pathwise
from kullback.objectives.joint import Batch, Joint, log_weight
from kullback.objectives.player import Objective, Player, Terms


def importance_bound(q: Joint, p: Joint, draws: int) -> Objective:
    """Maximise L_K, K = ``draws``: one player "model", whose term ``iwae`` is −L_K in nats.

    The gradient is taken along the draws: a class, whose draw has none, is ``BadInput``.
    """
    if draws < 1:
        raise BadInput(f"an importance-weighted bound needs 1 draw or more, not {draws}")

    def losses(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        trace = q.trace(batch, noise, draws=draws)
        require_pathwise(q, trace, *(factor.variable for factor in q.latents))
        return {"iwae": -log_mean_exp(log_weight(q, p, trace)).mean()}

    made = " ".join(p.text(factor) for factor in p.latents)
    proposed = " ".join(q.text(factor) for factor in q.latents)
    proposed = proposed if len(q.latents) == 1 else f"({proposed})"
    drawn = ", ".join(factor.variable for factor in q.latents)
    formula = f"min  −E log (1/{draws}) Σ_k w_k,  w = {made} / {proposed},  {drawn} ~ q,  q = {q}"
    modules = q.networks(*(f.variable for f in q.factors)) | p.networks(
        *(f.variable for f in p.factors)
    )
    return Objective({"model": Player(modules, losses)}, formula)
