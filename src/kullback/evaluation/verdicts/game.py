"""The doctor of games: what a critic has become, and what it still tells the generator.

    saturated-critic       a logistic critic that is sure of every fresh pair, so that its logits
                           are far out where the logistic is flat or its slope is noise
    vanishing-generator    the generator is told nothing: its gradient is of the size of the
                           optimiser's ε, or has died since training began
    polarised-weights      clipping has driven weights to ±c and the critic flat with them
    exploding-penalty      the slope costs the critic more than it gains by it, and much
    overfitted-critic      the critic knows training rows from held-out ones of the same law

No one number of a game is an illness by itself. A critic that tells samples from data is a good
critic of a bad generator, and one with small slopes may be at peace: so each verdict asks for the
cause beside the sign. Arjovsky & Bottou (2017, arXiv 1701.04862) on saturation; Gulrajani et al.
(2017, arXiv 1704.00028) on clipping; Karras et al. (2020, arXiv 2006.06676) on overfitting.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from kullback.evaluation.critics import Answers, told_apart
from kullback.evaluation.metric import Array
from kullback.evaluation.verdicts.verdict import Verdict
from kullback.grades import graded, mildest, worst

SURE_WARN, SURE_FAIL = 0.1, 0.02
"""Nats of cross-entropy, of both sides together; 2 log 2 = 1.386 is a critic that cannot tell."""

DEAD_WARN, DEAD_FAIL = 1e-6, 1e-7
"""Gradient for each parameter (root mean square); ε of Adam and RMSProp is 1e-8 beside it."""

FADED_WARN, FADED_FAIL = 1e-3, 1e-4
"""Shares of the largest gradient of the training."""

POLARISED = 0.3
"""Share of weights at the bound; of random ones within it a twentieth are."""

AT_BOUND = 0.95

FLAT_WARN, FLAT_FAIL = 0.03, 3e-3
"""Change of a clipped critic's logit across the data's spread, by its slope at samples."""

PENALTY_WARN, PENALTY_FAIL = 5.0, 30.0
"""A penalty that is larger than the critic's own term."""

KNOWN_WARN, KNOWN_FAIL = 0.7, 0.85
"""Share of pairs of a training row and a held-out one that the critic puts in order."""

MEMORY = 0.5
"""How far held-out rows fall from training rows towards samples."""

_ERRORS = 2.0
_TENTH = 10
_EARLY = 1e-12


def saturated_critic(answers: Answers, paired: bool, settings: Collection[str]) -> Verdict:
    """Judge a logistic critic by its cross-entropy on held-out rows and fresh samples.

    E log(1 + e^−ℓ) on the one side + E log(1 + e^ℓ) on the other, in nats. A ``paired`` game knows
    its logits up to a constant: then 0 is put in the middle of the two sides.
    """
    middle = (answers.fixed.mean() + answers.moving.mean()) / 2 if paired else 0.0
    fixed, moving = answers.fixed - middle, answers.moving - middle
    entropy = float(np.logaddexp(0, -fixed).mean() + np.logaddexp(0, moving).mean())
    apart = told_apart(answers.fixed, answers.moving).value
    grade = graded(entropy, SURE_WARN, SURE_FAIL)
    return Verdict(
        "saturated-critic",
        grade,
        f"the critic puts {apart:.1%} of fresh pairs in order, with {entropy:.3g} nats of "
        "cross-entropy, where 1.386 is a critic that cannot tell",
        {
            "cross_entropy": entropy,
            "told_apart": apart,
            "mover_weight": float(answers.weights.mean()),
        },
        {"cross_entropy": SURE_FAIL},
        "curve critic",
        "" if grade == "ok" else _weaker(settings),
    )


def vanishing_generator(
    norms: Sequence[float], parameters: int, settings: Collection[str]
) -> Verdict:
    """Judge the curve of the generator's gradient norm, given how many parameters it has.

    The gradient of the end is the median of the last tenth of the reports, ‖g‖/√parameters.
    """
    end = float(np.median(norms[-_part(norms) :]))
    each, faded = end / max(parameters, 1) ** 0.5, end / max(*norms, _EARLY)
    grade = worst(graded(each, DEAD_WARN, DEAD_FAIL), graded(faded, FADED_WARN, FADED_FAIL))
    return Verdict(
        "vanishing-generator",
        grade,
        f"the generator's gradient ends at {each:.1e} a parameter, {faded:.2g} of its largest",
        {"gradient": each, "share_of_largest": faded},
        {"gradient": DEAD_FAIL, "share_of_largest": FADED_FAIL},
        "curve model/gradient_norm",
        "" if grade == "ok" else _more_slope(settings),
    )


def polarised_weights(share: float, answers: Answers, bound: float) -> Verdict:
    """Judge a clipped critic by its ``share`` of weights |w| ≥ .95·``bound``, and its slope.

    The slope at samples is in units of the logit for the root of the data's total variance.
    """
    slope = float(answers.slopes.mean())
    flat = graded(slope, FLAT_WARN, FLAT_FAIL)
    grade = flat if share >= POLARISED else mildest(flat, "warn")
    text = (
        f"{share:.0%} of the critic's weights are at ±{bound:g}, and its logit changes by "
        f"{slope:.1e} across the data"
    )
    return Verdict(
        "polarised-weights",
        grade,
        text,
        {"share_at_bound": share, "slope": slope},
        {"share_at_bound": POLARISED, "slope": FLAT_FAIL},
        "curve model/gradient_norm",
        ""
        if grade == "ok"
        else "a larger bound, --set bound=0.1; or kullback train wgan-gp, the same distance with a "
        "penalty in place of clipping",
    )


def exploding_penalty(
    penalties: Mapping[str, Sequence[float]], critic: Sequence[float], settings: Collection[str]
) -> Verdict:
    """Judge the curves of a critic's penalties, by term, the worst of them.

    A value of the end is the mean of the last tenth of the reports. ``critic`` is the curve of the
    critic's own term, what it gains by telling the sides apart: of points θ apart a slope s gains
    θs and costs λ(s − 1)², which at the best s is half of it at most, however small λ is. So a
    penalty above the gain is no price that is paid for a slope.
    """
    ends = {name: _end(curve) for name, curve in penalties.items()}
    name = max(ends, key=ends.__getitem__)
    gain = abs(_end(critic))
    grade = graded(ends[name], PENALTY_WARN, PENALTY_FAIL) if ends[name] > gain else "ok"
    return Verdict(
        "exploding-penalty",
        grade,
        f"{name} ends at {ends[name]:.3g}, beside {gain:.3g} that the critic's own term comes to",
        {"penalty": ends[name], "critic": gain},
        {"penalty": PENALTY_FAIL},
        f"curve {name}",
        "" if grade == "ok" else _softer(settings),
    )


def overfitted_critic(answers: Answers, rows: int, settings: Collection[str]) -> Verdict:
    """Judge by how well the critic knows its ``rows`` training rows from held-out ones.

    It fails where the share of pairs in order is large, by two standard errors more than the share
    to warn of, so that few held-out rows alone make no disease; and held-out rows fall at least
    half the way to samples, if they are not themselves what moves.
    """
    known = told_apart(answers.train, answers.held_out)
    surely = known.value - _ERRORS * (known.stderr or 0.0) >= KNOWN_WARN
    memory = answers.memory
    grade = graded(known.value, KNOWN_WARN, KNOWN_FAIL)
    if grade == "fail" and not (surely and (memory is None or memory >= MEMORY)):
        grade = "warn"
    return Verdict(
        "overfitted-critic",
        grade,
        f"the critic scores a training row above a held-out one in {known.value:.1%} ± "
        f"{known.stderr:.1%} of pairs, where one half is chance",
        {"known": known.value, "known_stderr": known.stderr, "memory": memory, "rows": rows},
        {"known": KNOWN_FAIL, "memory": MEMORY},
        "curve critic",
        "" if grade == "ok" else _fewer_memories(settings),
    )


def share_at_bound(weights: Sequence[Array], bound: float) -> float:
    """The share of entries |w| ≥ .95·``bound`` of matrices; vectors, biases, are left out."""
    entries = np.concatenate([np.abs(w).ravel() for w in weights if w.ndim > 1])
    return float((entries >= AT_BOUND * bound).mean())


def _end(curve: Sequence[float]) -> float:
    return float(np.mean(curve[-_part(curve) :]))


def _part(curve: Sequence[float]) -> int:
    return max(1, len(curve) // _TENTH)


def _ways(*ways: str | None) -> str:
    return "; ".join(way for way in ways if way)


def _weaker(settings: Collection[str]) -> str:
    return _ways(
        "--set r1=1, which keeps the critic flat on the data" if "r1" in settings else None,
        "a slower critic, --set critic_lr=0.0005" if "critic_lr" in settings else None,
        "--set moves=1" if "moves" in settings else None,
        "kullback train gan-noise, whose critic sees data and samples with noise of every size",
    )


def _more_slope(settings: Collection[str]) -> str:
    return _ways(
        "a larger bound, --set bound=0.1" if "bound" in settings else None,
        "kullback train gan, whose loss does not fade where the critic is sure, or r3gan",
        "--set r1=1" if "r1" in settings else None,
        "a slower critic, --set critic_lr=0.0005" if "critic_lr" in settings else None,
    )


def _softer(settings: Collection[str]) -> str:
    return _ways(
        "a slower critic, --set critic_lr=0.0005" if "critic_lr" in settings else None,
        "--set penalty=10, under which it pays to keep the slope at one"
        if "penalty" in settings
        else None,
        "--set clip=1, the largest norm of each player's gradient" if "clip" in settings else None,
    )


def _fewer_memories(settings: Collection[str]) -> str:
    return _ways(
        "more rows of data",
        "a smaller critic, --set hidden=[64]" if "hidden" in settings else None,
        "a larger penalty, --set r1=10" if "r1" in settings else None,
        "a larger penalty, --set gamma=1" if "gamma" in settings else None,
        "fewer --steps",
    )
