"""Two joints compared by the features φ that some network sees in an observation.

The network learns for an end of its own, a critic to tell the sides apart, a classifier to tell
classes apart, and is no player here: slopes lead through φ and not into it. Row by row,

    E_q ½‖φ(x) − φ(x̂)‖²,  x̂ ~ p(x|·)

is the reconstruction, −log N(φ(x); φ(x̂), I) up to a constant (Larsen et al., 2016, arXiv
1512.09300); in the mean of each side,

    ½‖E_q φ(x) − E_p φ(x)‖²,   ½K‖E_q φ(x)yᵀ − E_p φ(x)yᵀ‖²

(Salimans et al., 2016, arXiv 1606.03498), the latter class by class where y is a one-hot label, one
of K (Bao et al., 2017, arXiv 1703.10155). A side's mean is all that a generator is asked for there,
so that no single sample is pulled towards a single row.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from kullback.distributions import Noise, draw
from kullback.divergences import mean_distance
from kullback.errors import BadInput
from kullback.objectives.clock import Clock
from kullback.objectives.joint import Batch, Data, Joint
from kullback.objectives.player import Objective, Player, Terms


def feature_reconstruction(
    q: Joint, p: Joint, features: Mapping[str, nn.Module], weight: float = 1.0, on: str = "x"
) -> Objective:
    """Minimise ``weight`` · E_q ½‖φ(x) − φ(x̂)‖², x̂ drawn from p's factor given q's draws.

    One player "model" with a term ``features_NAME`` for each φ of ``features``, by name. The square
    is summed over the features and averaged over the batch.
    """
    factor = p[on]
    if isinstance(factor, Data):
        raise BadInput(f"{factor} is not made by side {p.side}: it has no reconstruction")
    conditions = factor.conditions

    def losses(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        trace = q.trace(batch, noise, on, *conditions)
        made = draw(p.at(trace, on).distributions[on], noise)
        terms = {}
        for name, phi in features.items():
            difference = (phi(made) - phi(trace.values[on])).flatten(1)
            terms[f"features_{name}"] = 0.5 * weight * difference.square().sum(1).mean()
        return terms

    maker, modules = p.text(factor), q.networks(*conditions)
    if maker in p.networks(on):
        modules[maker] = factor.network
    errors = (f"{weight:g}·E_q ½‖φ_{name}({on}) − φ_{name}({on}̂)‖²" for name in features)
    formula = f"min  {' + '.join(errors)},  {on}̂ ~ {maker},  q = {q}"
    return Objective({"model": Player(modules, losses)}, formula)


def feature_means(
    q: Joint,
    p: Joint,
    features: Mapping[str, nn.Module],
    weight: float = 1.0,
    on: str = "x",
    by: Mapping[str, str] | None = None,
) -> Objective:
    """Minimise ``weight`` · ½‖E_q φ − E_p φ‖², class by class where ``by`` names a one-hot label.

    One player "model" with a term ``means_NAME`` for each φ of ``features``, by name, an unbiased
    estimate from one batch: it can be below zero. What ``by`` names for a φ is data on both sides.
    Class by class the sum over the K classes is of K·P(c)²‖E_q[φ|c] − E_p[φ|c]‖², the mean of the
    squares where all classes are as frequent.
    """
    label = by or {}

    def losses(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        rows, made = (joint.trace(batch, noise, on).values[on] for joint in (q, p))
        terms = {}
        for name, phi in features.items():
            classes = batch[label[name]] if name in label else None
            terms[f"means_{name}"] = 0.5 * weight * mean_distance(phi(rows), phi(made), classes)
        return terms

    seen = {n: f"φ_{n}({on})" + (f" {label[n]}ᵀ" if n in label else "") for n in features}
    distances = " + ".join(
        f"{weight:g}·½{'K' * (n in label)}‖E_q {phi} − E_p {phi}‖²" for n, phi in seen.items()
    )
    classes = "".join(f",  {y} one of K" for y in dict.fromkeys(label.values()))
    modules = {text: m for joint in (q, p) for text, m in joint.networks(on).items()}
    formula = f"min  {distances}{classes},  q = {q},  p = {p}"
    return Objective({"model": Player(modules, losses)}, formula)
