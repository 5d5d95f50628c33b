"""The doctor of trainings: one that broke, one that hardly began, one that minimised the wrong law.

    divergence          training met a number that is not finite, or a loss that ended far above
                        where it began
    under-training      few steps and few rows beside the model's own default, and samples that are
                        still nearer to the data's mean than to the data
    wrong-likelihood    a continuous density on values that lie on a lattice finer than it resolves,
                        so that the density says nothing of the values; or a scale that the
                        residuals contradict

A schedule takes the rate to 0, so that the loss of a run of forty steps ends as flat as that of
forty thousand: the curve cannot say that training ended too early. The number of steps can, beside
evidence that they did not suffice. A density at the atoms of its data grows without bound as its
scale shrinks, and the mass of a value is about density · spacing only while σ is no smaller than
the spacing: below, log-densities go up and mean less (Theis, van den Oord & Bethge, 2016, arXiv
1511.01844, sec. 3.1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kullback.evaluation.metric import Array
from kullback.evaluation.verdicts.verdict import Verdict
from kullback.grades import Grade, graded, mildest, worst

RISEN_WARN, RISEN_FAIL = 0.4, 0.8
"""How far a single loss ends above its least, in units of the way it had come down."""

GROWN_WARN, GROWN_FAIL = 100.0, 1000.0
"""A game's term at the end, beside its usual size in the first half, 1 at least."""

HARDLY = 0.03
"""Share of the default training that is too little whatever else is seen."""

EARLY = 0.2
"""Share of the default training from which on a run counts as trained."""

FAR_WARN, FAR_FAIL = 0.1, 0.2
"""Energy distance of samples from held-out rows, as a share of that of the rows' mean."""

FINE_WARN, FINE_FAIL = 0.5, 0.25
"""A scale σ beside the spacing of the values."""

OFF_WARN, OFF_FAIL = math.log(3), math.log(10)
"""|log E (x − m)²/σ²|."""

_TENTH = 10
_TINY = 1e-12
_FEWEST_REPORTS = 10
_FEW_VALUES = 0.25


def divergence(
    curves: Mapping[str, Sequence[float]], failed: str | None, finite: bool, single: bool
) -> Verdict:
    """Judge the terms' curves, by ``player/term``.

    ``failed`` is the diagnosis of a training that broke, ``finite`` whether samples are finite
    numbers, ``single`` whether the terms are of one loss, which training should bring down.
    """
    figure, grade = _rise(curves, single)
    text = (
        "the loss and its gradients stayed finite, and ended no higher than they began"
        if grade == "ok"
        else f"the loss ended {figure:.3g} times as far above its least as it began"
        if single
        else f"a term of the game ended {figure:.3g} times its usual size"
    )
    if failed is not None:
        grade, text = "fail", f"training broke off: {failed.partition(';')[0]}"
    elif not finite:
        grade, text = "fail", "the model's samples are not all finite numbers"
    return Verdict(
        "divergence",
        grade,
        text,
        {"risen" if single else "grown": figure},
        {"risen" if single else "grown": RISEN_FAIL if single else GROWN_FAIL},
        "curve",
        ""
        if grade == "ok"
        else "a smaller learning rate, --set lr=0.0005, and --set clip=1, the largest norm of each "
        "player's gradient",
    )


def under_training(
    steps: int,
    share: float,
    behind: float,
    far: float | None,
    exact: bool,
) -> Verdict:
    """Judge a run of so many ``steps``, a ``share`` of the model's default training.

    ``behind`` is the share of the run's own horizon that is behind it, ``far`` the energy distance
    of samples as ``share_of_mean``, ``None`` where nothing can be sampled. ``exact``: its moves
    are solutions, of which few are enough.
    """
    grade: Grade = "ok"
    if not exact and share < EARLY:
        grade = "ok" if far is None else graded(far, FAR_WARN, FAR_FAIL)
        grade = "fail" if share < HARDLY else grade
    stopped = behind < 0.5
    if stopped and grade == "ok":
        grade = "warn"
    usual = f"{share:.0%}" if share >= 0.01 else f"{share:.2%}"
    of = f"{steps:,} step{'s' * (steps != 1)}, {usual} of the model's default training"
    text = f"{steps:,} exact move{'s' * (steps != 1)}" if exact else of
    if stopped:
        text += f"; stopped after {behind:.0%} of its horizon"
    if far is not None and grade == "fail":
        text += f"; samples are {far:.0%} as far from the data as the data's mean is"
    remedy = "kullback train --resume finishes it" if behind < 1 else "more --steps"
    return Verdict(
        "under-training",
        grade,
        text,
        {"share_of_default": share, "behind": behind, "far": far},
        {"share_of_default": HARDLY if far is None or share < HARDLY else EARLY, "far": FAR_FAIL},
        "samples",
        "" if grade == "ok" else remedy,
    )


def wrong_likelihood(
    scale: float,
    second_moment: float,
    spacing: float | None,
    settings: Mapping[str, Any],
    better: str | None,
) -> Verdict:
    """Judge a Gaussian p(x|z) of standard deviation ``scale`` on values ``spacing`` apart.

    Both are in one unit; ``spacing`` is ``None`` for values on no lattice. ``second_moment`` is
    E (x − m)²/σ², which p(x|z) says is 1: it fails a scale that was set, and warns of a learned
    one. A model whose likelihood is no setting is warned of at most. ``better`` names the
    likelihood to try, if there is one.
    """
    chosen = "likelihood" in settings
    fine = None if spacing is None else scale / spacing
    grade: Grade = "ok" if fine is None else graded(fine, FINE_WARN, FINE_FAIL)
    off = abs(math.log(max(second_moment, 1e-12)))
    if chosen:
        other = graded(off, OFF_WARN, OFF_FAIL)
        # A learned scale follows the training residuals: held-out ones differ where it overfits.
        other = mildest(other, "warn") if settings.get("scale") is None else other
        grade = worst(grade, other)
    else:
        grade = mildest(grade, "warn")
    told = "" if fine is None else f"values lie {1 / fine:.3g} scales apart, and "
    rescale = f"--set scale={scale * math.sqrt(max(second_moment, 1e-12)):.2g}, or none: learned"
    way = "" if chosen else "kullback train vae "
    remedy = (
        "add uniform noise of one spacing to the values, so that they have a density"
        if better is None
        else f"{way}--set likelihood={better}"
    )
    return Verdict(
        "wrong-likelihood",
        grade,
        f"{told}the residuals' second moment is {second_moment:.3g} of what p(x|z) says",
        {"scale_by_spacing": fine, "second_moment": second_moment},
        {"scale_by_spacing": FINE_FAIL, "second_moment": math.exp(-OFF_FAIL)},
        "reconstructions",
        "" if grade == "ok" else rescale if fine is None or fine >= FINE_WARN else remedy,
    )


def spacing_of(rows: Array) -> float | None:
    """The least spacing of the values of rows (N, …) that lie on a lattice.

    A feature's values do where a quarter as many are different as there are rows, or fewer, though
    more than one. It is the median over such features of the least
    difference, and ``None`` if they are not most of those that vary.
    """
    found = [np.unique(values) for values in rows.reshape(len(rows), -1).T]
    varying = [different for different in found if len(different) > 1]
    few = [d for d in varying if len(d) <= _FEW_VALUES * len(rows)]
    if 2 * len(few) <= len(varying):
        return None
    return float(np.median([np.diff(d.astype(np.float64)).min() for d in few]))


def _rise(curves: Mapping[str, Sequence[float]], single: bool) -> tuple[float, Grade]:
    series = {n: np.asarray(c, np.float64) for n, c in curves.items()}
    shortest = min((len(c) for c in series.values()), default=0)
    if shortest < _FEWEST_REPORTS:
        return 0.0, "ok"
    last = max(1, shortest // _TENTH)
    if single:
        loss = np.sum([c[:shortest] for n, c in series.items() if "gradient_norm" not in n], axis=0)
        parts = np.array([part.mean() for part in np.array_split(loss, min(_TENTH, shortest))])
        # Batches differ: a loss that had hardly to come down is not held against its own scatter.
        scatter = 2 * float(loss[-last:].std()) + _TINY
        risen = float(parts[-1] - parts.min()) / (float(loss[0] - parts.min()) + scatter)
        return risen, graded(risen, RISEN_WARN, RISEN_FAIL)
    half = shortest // 2
    grown = max(
        float(np.abs(c[-last:]).mean()) / max(1.0, float(np.median(np.abs(c[:half]))))
        for n, c in series.items()
        if "/logit_" not in n  # a figure that is told, and large where a critic is sure
    )
    return grown, graded(grown, GROWN_WARN, GROWN_FAIL)
