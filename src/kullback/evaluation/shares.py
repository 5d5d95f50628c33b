"""Parts of the data, and what share of the samples each has: classes, modes, regions.

    classes   labelled images, each read by a judge
    modes     points whose density is known
    regions   anything: the cells of k-means

For all three a part is *rare* if the samples have less than half of the share that the data have,
and, beyond doubt, not the whole of it; and *missing* if they have less than a fifth and, beyond
doubt, not a half. (A class that is read more often than the judge may read it into rows of the
others is there; it is missing below a tenth.) Beyond doubt means that samples with so large a share
fq of the part would hardly ever have so few there. Of n samples, x in a part of share q, that
chance is

    P(X ≤ x),    X binomial (n, fq)                          q known: classes, modes
                 X binomial (x + y, fn / (fn + m))           y of m real rows are there: regions

(the latter compares two rates by their total; Przyborowski & Wilenski, 1940, Biometrika 31), and it
must be below 1 %, of half a share 5 %, for all parts together (Bonferroni). Few samples cannot show
of any one part that it is missing, but of many at once: the A parts of K that look missing are so
beyond doubt too if the chance of so few samples in all of them, times the K·C(K, A) ways to have
chosen them, is below 10⁻⁴. So a part of half its share, because another has more than its own, is
called missing in at most one of twenty sets of samples, however few they are, and a part of its
whole share never.

Modes overlap, so their x is the sum of the samples' posteriors: of numbers from 0 to 1 with mean q,
which is more nearly nq than a binomial is (Hoeffding, 1963).

A judge errs, and a class that is never made is still read now and then. With C the confusion of
held-out real rows, C[i, j] = P(read as i | is j), samples of class shares w are read with shares
Cw, so w is the mixture that makes what was read likeliest, found by expectation–maximisation,

    w_j ← w_j Σ_i (read_i / (Cw)_i) C[i, j],

and a class of which none are made is still read in the share Σ_{i≠j} C[j, i] w_i of samples
(a discrete form of Saerens, Latinne and Decaestecker, 2002; Lipton et al., 2018, arXiv 1802.03916,
invert C instead, which may leave negative shares).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np

from kullback.data import Mixture
from kullback.evaluation.cells import cells, regions
from kullback.evaluation.intervals import binomial_interval
from kullback.evaluation.metric import Array, Floats
from kullback.evaluation.reference import kept_apart

MISSING, RARE, WHOLE = 0.2, 0.5, 1.0
"""A part with less than so much of its share."""

MISSING_THOUGH_READ = 0.1
"""A class that is read more often than a judge reads it into rows of the others."""

LEVEL_RARE, LEVEL_MISSING, LEVEL_TOGETHER = 0.01, 0.05, 1e-4
"""The chance that some part of a whole share is called rare; that some part of half a share is
called missing by itself; and that many are at once."""

FEWEST_SAMPLES_IN_A_CELL, FEWEST_ROWS_IN_A_CELL = 10, 20
FEWEST_CELLS, MOST_CELLS = 5, 50
LEAST_ACCURACY = 0.7
"""A judge that reads fewer held-out rows right is not asked."""

_ROUNDS = 200


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of samples and of the data over the same parts, (K,).

    ``found`` are the counts (K,) of samples that were seen in each, ``expected`` the shares (K,)
    that would be seen if each had its own, and ``misread`` those seen if it had nothing. ``rows``
    is how many real rows these were counted on, ``None`` where they are known. ``bound`` (K,), or
    one for all, is the fraction of its share below which a part is missing.
    """

    kind: Literal["classes", "modes", "regions"]
    names: tuple[str, ...]
    samples: Floats
    real: Floats
    found: Floats
    expected: Floats
    misread: Floats | float = 0.0
    rows: int | None = None
    bound: Floats | float = MISSING

    @property
    def rare(self) -> list[int]:
        """The parts that have less than half of their share, and beyond doubt not the whole."""
        return self._below(RARE, WHOLE, LEVEL_RARE)

    @property
    def missing(self) -> list[int]:
        """The parts that are missing: each beyond doubt, or all that look so beyond doubt."""
        absent = self.samples < self.bound * self.real
        chance = self._chance(RARE, np.where(absent, 1.0, 0.0))
        ways = len(self.real) * comb(len(self.real), int(absent.sum()))
        together = bool(absent.any()) and ways * float(chance) < LEVEL_TOGETHER
        if together:
            return np.flatnonzero(absent).tolist()
        return self._below(self.bound, RARE, LEVEL_MISSING)

    @property
    def lost(self) -> float:
        """The share of the data in parts that are missing."""
        return float(self.real[self.missing].sum())

    @property
    def lacking(self) -> float:
        """The share of the data that samples lack: of missing parts all, of rare ones the rest."""
        rare = [part for part in self.rare if part not in self.missing]
        return self.lost + float((self.real - self.samples)[rare].sum())

    def _below(self, fraction: Floats | float, denied: float, level: float) -> list[int]:
        """The parts with less than a fraction of their share, and beyond doubt not with another."""
        sure = self._chance(denied, np.eye(len(self.real))) < level / len(self.real)
        return np.flatnonzero((self.samples < fraction * self.real) & sure).tolist()

    def _chance(self, fraction: float, which: Floats) -> Floats:
        """How often so few samples are seen where parts have this fraction of their share.

        ``which`` (…, K) holds 1 for the parts that are looked at together, 0 for others.
        """
        from scipy.stats import binom  # takes a second

        n = round(float(self.found.sum()))
        found = np.ceil(which @ self.found - 1e-9)
        if self.rows is None:
            seen = which @ (self.misread + fraction * (self.expected - self.misread))
            return np.asarray(binom.cdf(found, n, np.minimum(seen, 1.0)))
        real = np.rint(which @ self.expected * self.rows)
        rate = fraction * n / (fraction * n + self.rows)
        return np.asarray(binom.cdf(found, found + real, rate))


def by_class(
    names: tuple[str, ...], labels: Array, read: Array, real_read: Array, real_labels: Array
) -> Shares | None:
    """Shares of classes, from the class that each sample (N,) is read as.

    ``labels`` are all that the data have. Which class real rows (M,) were read as, and are, says
    how the judge errs; ``None`` where that is too often for it to be asked.
    """
    k = len(names)
    if float((real_read == real_labels).mean()) < LEAST_ACCURACY:
        return None
    counts, real = np.bincount(read, minlength=k), np.bincount(labels, minlength=k) / len(labels)
    found = counts / len(read)
    confusion = np.zeros((k, k))
    np.add.at(confusion, (real_read, real_labels), 1)
    confusion += 1e-3 / k  # no reading is impossible
    confusion /= confusion.sum(0)
    w = np.full(k, 1 / k)
    for _ in range(_ROUNDS):
        w = w * (confusion.T @ (found / (confusion @ w)))
    own = confusion.diagonal()
    misread = confusion @ w - own * w
    # Undoing confusion must not invent a loss that the readings do not show.
    w = np.where(found < RARE * (confusion @ real), w, np.maximum(w, found))
    bound = np.where(found <= _misread(k, real_read, real_labels), MISSING, MISSING_THOUGH_READ)
    found = counts.astype(np.float64)
    return Shares("classes", names, w, real, found, misread + own * real, misread, bound=bound)


def _misread(k: int, read: Array, labels: Array) -> Floats:
    """The largest share of rows of other classes that may well be read as each, (K,)."""
    upper = []
    for each in range(k):
        others = labels != each
        wrong = int((read[others] == each).sum())
        upper.append(binomial_interval(wrong, max(int(others.sum()), 1))[1])
    return np.array(upper)


def by_mode(samples: Array, truth: Mixture) -> Shares:
    """Shares of the modes of a known density: the mean posterior of each, of samples (N, D)."""
    found = truth.responsibilities(np.asarray(samples, np.float64)).sum(0)
    names = tuple(f"mode {m}" for m in range(len(found)))
    return Shares("modes", names, found / len(samples), truth.weights, found, truth.weights)


def by_region(samples: Array, rows: Array, seed: int = 0) -> Shares | None:
    """Shares of the k-means cells of real rows (M, D): a cell for 10 samples and 40 rows at least.

    One half of the rows makes the cells and the other half is counted. ``None`` for too few rows.
    """
    counted, cut = kept_apart(len(rows), 0.5, np.random.default_rng([seed, 5]))
    most = len(samples) // FEWEST_SAMPLES_IN_A_CELL, len(counted) // FEWEST_ROWS_IN_A_CELL
    k = min(MOST_CELLS, *most)
    if k < FEWEST_CELLS:
        return None
    centres = regions(rows[cut], k, seed)
    k = len(centres)
    found, real = (np.bincount(cells(x, centres), minlength=k) for x in (samples, rows[counted]))
    names = tuple(f"region {i}" for i in range(k))
    share = real / len(counted)
    counts = found.astype(np.float64)
    return Shares("regions", names, found / len(samples), share, counts, share, rows=len(counted))
