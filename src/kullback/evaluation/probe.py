"""Can a freshly trained classifier tell samples from real rows?

A classifier two-sample test (Lopez-Paz & Oquab, 2017, arXiv 1610.06545): label real rows 1 and
samples 0, as many of each, learn one half of them and predict the other. If both have one law the
accuracy on rows not learnt from is ½, whatever the classifier; an accuracy a says that their total
variation is 2a − 1 at least. Each half is learnt from once, so that every row is predicted.

A critic that was trained against a generator is no such test: at ½ it may only be weak, and at 1 it
may only remember its training rows. The floor is the accuracy between training rows and the same
real rows, which is ½ unless they differ in law.

It is a hard examiner. A probe sees the grey levels that a mean of p(x|z) has and a photograph has
not, and one accuracy near 1 says little of how samples look; what is worth reading is how far below
1 it comes, and which of two models is lower.

The same test between codes of held-out rows and draws of the prior asks whether q(z) = p(z), of all
moments at once, where a moment gap (`kullback.evaluation.latent`) asks of the first two.
"""

from __future__ import annotations

import numpy as np

from kullback.data import Space
from kullback.data.sequences import joined
from kullback.data.values import Array
from kullback.evaluation.classifier import BATCH, Classifier
from kullback.evaluation.metric import Floats, Metric
from kullback.evaluation.reference import Reference
from kullback.evaluation.sets import equal_sets

PASSES = 20
FEWEST_STEPS = 60
"""A probe sees the rows that it learns so many times, in so many steps at least."""

FEWEST_ROWS, MOST_ROWS = 50, 2000
"""Of each kind: enough to learn from, and so many that a probe takes seconds."""

SAMPLES, REAL = 0, 1


def c2st(samples: Array, real: Reference, seed: int = 0) -> Metric | None:
    """The accuracy of a fresh classifier between samples and unseen real rows, ½ to 1.

    ``stderr`` is that of a share of independent predictions. Rows are those of `equal_sets`, at
    most ``MOST_ROWS`` of each; ``None`` for fewer than ``FEWEST_ROWS``, of which a classifier
    learns nothing that lasts.
    """
    sets = equal_sets(samples, real, seed)
    return _test(sets.samples, sets.real, sets.others, real.space, seed)


def prior_c2st(codes: Array, prior: Array, others: Array, seed: int = 0) -> Metric | None:
    """The accuracy of a fresh classifier between codes (N, d) and draws of the prior, ½ to 1.

    The floor is that between two sets of draws, ``prior`` and ``others``. Else as `c2st`.
    """
    n = min(len(codes), len(prior), len(others))
    space = Space.of(prior, "real")
    return _test(codes[:n], prior[:n], others[:n], space, seed)


def _test(samples: Array, real: Array, others: Array, space: Space, seed: int) -> Metric | None:
    """The accuracy between samples and ``real``, beside that between ``others`` and ``real``."""
    n = min(len(samples), MOST_ROWS)
    if n < FEWEST_ROWS:
        return None
    right = _told_apart(samples[:n], real[:n], space, seed)
    floor = _told_apart(others[:n], real[:n], space, seed)
    details = {
        "of_samples": float(right[:n].mean()),
        "of_real": float(right[n:].mean()),
        "floor_stderr": float(floor.std(ddof=1) / np.sqrt(len(floor))),
        "n_each": n,
        "steps": _steps(n),
    }
    return Metric.mean(right, "accuracy, ½ is chance", float(floor.mean()), details)


def _told_apart(samples: Array, real: Array, space: Space, seed: int) -> Floats:
    """1 where a row was told rightly, samples first, then real rows: (2n,)."""
    n = len(samples)
    x = joined([_alike(samples, real), real])
    y = np.repeat([SAMPLES, REAL], n)
    order = np.random.default_rng([seed, 1]).permutation(n)
    halves = [np.concatenate([order[a], n + order[a]]) for a in (slice(n // 2), slice(n // 2, n))]
    right = np.zeros(2 * n)
    for learnt, asked in (halves, halves[::-1]):
        probe = Classifier(space, 2, seed)
        probe.fit(x[learnt], y[learnt], seed, _steps(n))
        right[asked] = probe.probabilities(x[asked]).argmax(1) == y[asked]
    return right


def _steps(n: int) -> int:
    """One half of n samples and one half of n real rows are n rows to learn."""
    return max(FEWEST_STEPS, PASSES * n // BATCH)


def _alike(samples: Array, real: Array) -> Array:
    """Samples in the type of the real rows, so that a rounding is not what tells them apart."""
    return samples.astype(real.dtype) if samples.dtype != real.dtype else samples
