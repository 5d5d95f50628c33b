"""The doctor of codes: a latent that says nothing, and a latent without noise.

Where β weighs E KL(q(z|x) ‖ p(z)), too large a one makes silence the cheapest code, and none at all
lets every code become a point, at a distance from the others that suits the encoder and of which
the prior knows nothing. The same network shows both in its codes:

    posterior-collapse    no dimension is in use, or the nats a code tells, E KL(q(z|x) ‖ p(z)), are
                          a small share of those of a linear code of as many dimensions
    no-noise              the noise of the dimensions in use is small beside their spread, and the
                          aggregate q(z) is not where p(z) puts its draws: by its first two moments,
                          or by a probe that tells codes from draws of the prior

A share of the *linear* rate, because unused dimensions are no disease: where the data have fewer
than the latent, a VAE leaves the others at the prior and tells all the same. Both halves of
no-noise, because sharp data are told by sharp codes: what ruins samples is that draws of the prior
find no code nearby. Moments alone would miss codes in a few tight clumps that happen to lie as wide
as the prior; a probe that is right in the share a says that q(z) and p(z) differ by a total
variation of 2a − 1 or more. Bowman et al. (2016, arXiv 1511.06349) on collapse.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from kullback.evaluation.latent import in_use, noise_ratio
from kullback.evaluation.metric import Array, Metric
from kullback.evaluation.verdicts.verdict import Verdict
from kullback.grades import Grade, graded, mildest, worst

TOLD_WARN, TOLD_FAIL = 0.08, 0.04
"""Shares of the linear rate."""

LEAST_LINEAR_RATE = 2.0
"""Data of which a line tells fewer nats are no yardstick: then only dimensions in use count."""

NOISE_WARN, NOISE_FAIL = 0.08, 0.04
GAP_WARN, GAP_FAIL = 0.12, 0.2
"""Nats of the moment gap for each dimension of the latent."""

TOLD_APART_WARN, TOLD_APART_FAIL = 0.8, 0.9
"""Share of codes and draws of the prior that a probe tells, less two standard errors."""

_ERRORS = 2.0


def posterior_collapse(
    means: Array, rate: float | None, linear_rate: float, settings: Collection[str]
) -> Verdict:
    """Judge codes' means (N, d), and the nats they tell beside those of a linear code.

    ``rate`` is ``None`` where p(z|·) has no closed form beside q(z|x); then only the dimensions in
    use are judged. ``settings`` are the names of what can be set, for the remedy.
    """
    used = int(in_use(means).sum())
    told = None
    if rate is not None and linear_rate >= LEAST_LINEAR_RATE:
        told = rate / linear_rate
    grade: Grade = "fail"
    if used:
        grade = "ok" if told is None else graded(told, TOLD_WARN, TOLD_FAIL)
    said = "" if told is None else f", and codes tell {told:.0%} of what a linear code would"
    return Verdict(
        "posterior-collapse",
        grade,
        f"{used} of {means.shape[1]} latent dimensions are in use{said}",
        {"active_units": used, "rate": rate, "linear_rate": linear_rate, "told": told},
        {"active_units": 1, "told": TOLD_FAIL},
        "curve model/kl_z",
        "" if grade == "ok" else _louder(settings),
    )


def no_noise(
    means: Array, scales: Array, gap: float, probe: Metric | None, settings: Collection[str]
) -> Verdict:
    """Judge codes' means and standard deviations (N, d), and how they lie to the prior.

    That is told by their moment gap, and by the ``probe`` between codes and draws of the prior,
    ``None`` where there are too few of them.
    """
    used = in_use(means)
    each = gap / means.shape[1]
    told = None if probe is None else max(0.5, probe.value - _ERRORS * (probe.stderr or 0.0))
    thresholds = {
        "noise_ratio": NOISE_FAIL,
        "gap_per_dimension": GAP_FAIL,
        "told_apart": TOLD_APART_FAIL,
    }
    if not used.any():
        figures = {"noise_ratio": None, "gap_per_dimension": each, "told_apart": told}
        text = "no latent dimension is in use: codes are all noise"
        return Verdict("no-noise", "ok", text, figures, thresholds, "latent")
    ratio = float(np.median(noise_ratio(means, scales)[used]))
    apart = worst(
        graded(each, GAP_WARN, GAP_FAIL),
        "ok" if told is None else graded(told, TOLD_APART_WARN, TOLD_APART_FAIL),
    )
    grade = mildest(graded(ratio, NOISE_WARN, NOISE_FAIL), apart)
    probed = "" if probe is None else f"; a probe tells the two apart in {probe.value:.0%} of cases"
    return Verdict(
        "no-noise",
        grade,
        f"the noise of a code is {ratio:.2g} of its spread, and codes lie {gap:.3g} nats from "
        f"where the prior draws its own, by their moments{probed}",
        {"noise_ratio": ratio, "gap_per_dimension": each, "told_apart": told},
        thresholds,
        "latent",
        "" if grade == "ok" else _noisier(settings),
    )


def _louder(settings: Collection[str]) -> str:
    ways = []
    if "beta" in settings:
        ways.append("--set beta=1, at which the loss is the bound on log p(x)")
    if "scale" in settings:
        ways.append("a smaller fixed scale, such as --set scale=0.1, where one is set")
    ways.append(
        "train beta-vae with --set beta=1 --set warm_up=0.3, which lets codes speak before they "
        "are priced, or --set free_bits=0.1"
    )
    return "; ".join(ways)


def _noisier(settings: Collection[str]) -> str:
    if "beta" in settings:
        return "--set beta=1: without the KL nothing keeps codes where the prior draws them"
    return "train vae, whose KL keeps codes where the prior draws them"
