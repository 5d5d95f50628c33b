"""Parts of the data, and what share of the samples each has: classes, modes, regions.

    classes   labelled images, each read by a judge
    modes     points whose density is known
    regions   anything: the cells of k-means

For all three a part is *missing* if, beyond doubt, the samples have less than a fifth of the share
that the data have, and *rare* below a half. Beyond doubt means that the two proportions differ by
the z-test of `cells` at 1 % for all parts together (Bonferroni).

A judge errs, and a class that is never made is still read now and then. With C the confusion of
held-out real rows, C[i, j] = P(read as i | is j), samples of class shares w are read with shares
Cw, so w is the mixture that makes what was read likeliest, found by expectation–maximisation,

    w_j ← w_j Σ_i (read_i / (Cw)_i) C[i, j]

(a discrete form of Saerens, Latinne and Decaestecker, 2002; Lipton et al., 2018, arXiv 1802.03916,
invert C instead, which may leave negative shares).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from kullback.data import Mixture
from kullback.evaluation.cells import cells, regions
from kullback.evaluation.metric import Array, Floats

MISSING, RARE = 0.2, 0.5
"""A part with less than so much of its share."""

LEVEL = 0.01
FEWEST_IN_A_CELL = 20
FEWEST_CELLS, MOST_CELLS = 5, 50
LEAST_ACCURACY = 0.7
"""A judge that reads fewer held-out rows right is not asked."""

_ROUNDS = 200


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of samples and of the data over the same parts, (K,), and the z of each, (K,)."""

    kind: Literal["classes", "modes", "regions"]
    names: tuple[str, ...]
    samples: Floats
    real: Floats
    z: Floats

    def below(self, fraction: float) -> list[int]:
        """The parts that have, beyond doubt, less than this fraction of their share."""
        doubt = NormalDist().inv_cdf(1 - LEVEL / (2 * len(self.real)))
        return np.flatnonzero((self.samples < fraction * self.real) & (self.z < -doubt)).tolist()

    @property
    def lost(self) -> float:
        """The share of the data in parts that are missing."""
        return float(self.real[self.below(MISSING)].sum())


def by_class(
    names: tuple[str, ...], labels: Array, read: Array, real_read: Array, real_labels: Array
) -> Shares | None:
    """Shares of classes, from the class that each sample (N,) is read as.

    ``labels`` are those of the data. Which class real rows (M,) were read as, and are, says how the
    judge errs; ``None`` where that is too often for it to be asked.
    """
    k = len(names)
    if float((real_read == real_labels).mean()) < LEAST_ACCURACY:
        return None
    found, real = (np.bincount(x, minlength=k) / len(x) for x in (read, labels))
    confusion = np.zeros((k, k))
    np.add.at(confusion, (real_read, real_labels), 1)
    confusion += 1e-3 / k  # no reading is impossible
    confusion /= confusion.sum(0)
    w = np.full(k, 1 / k)
    for _ in range(_ROUNDS):
        w = w * (confusion.T @ (found / (confusion @ w)))
    # Undoing confusion must not invent a loss that the readings do not show.
    expected = confusion @ real
    w = np.where(found < RARE * expected, w, np.maximum(w, found))
    return Shares("classes", names, w, real, _z(found, len(read), expected, len(real_read)))


def by_mode(samples: Array, truth: Mixture) -> Shares:
    """Shares of the modes of a known density: the mean posterior of each, of samples (N, D)."""
    found = truth.responsibilities(np.asarray(samples, np.float64)).mean(0)
    deviation = np.sqrt(truth.weights * (1 - truth.weights) / len(samples))
    names = tuple(f"mode {m}" for m in range(len(found)))
    return Shares("modes", names, found, truth.weights, (found - truth.weights) / deviation)


def by_region(samples: Array, train: Array, unseen: Array | None, seed: int = 0) -> Shares | None:
    """Shares of the k-means cells of real rows, at most as many as counts of 20 allow.

    Where nothing is held out one half of the rows makes the cells and the other half is counted.
    ``None`` for too few rows.
    """
    if unseen is None:
        order = np.random.default_rng([seed, 5]).permutation(len(train))
        train, unseen = train[order[::2]], train[order[1::2]]
    k = min(MOST_CELLS, min(len(samples), len(unseen)) // FEWEST_IN_A_CELL)
    if k < FEWEST_CELLS:
        return None
    centres = regions(train, k, seed)
    k = len(centres)
    found, real = (np.bincount(cells(x, centres), minlength=k) / len(x) for x in (samples, unseen))
    names = tuple(f"region {i}" for i in range(k))
    return Shares("regions", names, found, real, _z(found, len(samples), real, len(unseen)))


def _z(p: Floats, n: int, q: Floats, m: int) -> Floats:
    pooled = (n * p + m * q) / (n + m)
    deviation = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return np.divide(p - q, deviation, out=np.zeros(len(p)), where=deviation > 0)
