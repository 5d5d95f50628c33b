"""The two penalties that come first to mind for keeping a code near N(0, I).

With q(z|x) = N(μ, diag σ²) and s = log σ² they are ‖μ‖² and ‖s‖², each least at the prior. To
second order there

    KL(N(μ, σ²) ‖ N(0, 1)) = ½(μ² + eˢ − s − 1) = ½μ² + ¼s² + O(s³),

so a ratio of 2:1 is the KL's own. Far away it is not: a certain code, s → −∞, costs the KL −s/2
and the penalty s²/4, which at s = −6 is 9.0 in place of 2.50.
"""

from __future__ import annotations

from torch.distributions import Independent, Normal

from kullback.distributions import Noise
from kullback.errors import BadInput
from kullback.objectives.clock import Clock
from kullback.objectives.joint import Batch, Factor, Joint
from kullback.objectives.player import Objective, Player, Terms


def posterior_penalty(
    q: Joint, mean: float = 0.5, log_variance: float = 0.25, on: str = "z"
) -> Objective:
    """Minimise E [``mean`` ‖μ‖² + ``log_variance`` ‖log σ²‖²] of q's Gaussian factor for ``on``.

    One player "model" with the terms ``mean_z`` and ``log_variance_z``: sums over the coordinates,
    means over the batch. Nothing is drawn. ``BadInput`` unless q(z|·) is a diagonal Gaussian.
    """
    factor = q[on]
    if not isinstance(factor, Factor):
        raise BadInput(f"{factor} has no mean and variance to penalise; name a latent of {q}")

    def losses(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        conditions = q.trace(batch, noise, *factor.conditions)
        law = q.at(conditions, on).distributions[on]
        if not (isinstance(law, Independent) and isinstance(law.base_dist, Normal)):
            raise BadInput(
                f"{q.text(factor)} is a {type(law).__name__}; its mean and log-variance can be "
                "penalised where it is a diagonal Gaussian"
            )
        squares = {"mean": law.mean.square(), "log_variance": law.variance.log().square()}
        weights = {"mean": mean, "log_variance": log_variance}
        return {
            f"{name}_{on}": weights[name] * square.flatten(1).sum(1).mean()
            for name, square in squares.items()
        }

    text = q.text(factor)
    formula = f"min  {mean:g}·E ‖μ‖² + {log_variance:g}·E ‖log σ²‖²,  {text} = N(μ, σ²),  q = {q}"
    return Objective({"model": Player(q.networks(on), losses)}, formula)
