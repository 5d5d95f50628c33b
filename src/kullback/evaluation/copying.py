"""Learnt or copied? How near samples lie to one training row, next to how near real rows do.

A copy is not what is near to a training row: a blurred picture is near to many, and nearer than an
unseen real row is, without being a copy of any. A copy is *much nearer to one row than to every
other*. So each point is given the ratio of its distances to the nearest and to the second nearest
distinct training row,

    r(x) = d₁(x) / d₂(x)    in [0, 1],    0 for a copy.

(Lowe, 2004, tells a match of two picture details by it.) What is small depends on the dimension, r
of a uniform density in D dimensions is below t with probability t^D, so the bound comes from real
rows that the model did not learn from: t is the 5 % quantile of their ratios. With F the share of
ratios up to t,

    copy_rate = (F_samples − F_real) / (1 − F_real),

which is the share of copies among samples that are otherwise as real ones. Where no rows were held
out, each training row is measured against the others. Of rows that the data hold more than once
another real row *is* a copy, r = 0, so such data raise F_real and no alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kullback.evaluation.intervals import binomial_interval
from kullback.evaluation.metric import Array, Floats, Metric
from kullback.evaluation.neighbours import nearest

QUANTILE = 0.05
"""The share of real rows whose ratio counts as near, where the data repeat no rows."""

CONFIDENCE = 0.95

_MOST_REAL = 2_500

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Samples and the training row that each is nearest to, (N,): indices, distance, ratio."""

    sample: Indices
    row: Indices
    distance: Floats
    ratio: Floats

    def closest(self, count: int) -> Pairs:
        """The pairs that are most like copies, worst first, no training row twice."""
        order = np.lexsort((self.distance, self.ratio))
        _, first = np.unique(self.row[order], return_index=True)
        best = order[np.sort(first)[:count]]
        return Pairs(self.sample[best], self.row[best], self.distance[best], self.ratio[best])


class Copying:
    """Training rows (M, D) to compare with, and the ratios of real rows that were not learnt from.

    ``same`` (M,) numbers equal rows with equal numbers. ``unseen`` (N, D) are rows held out, or
    ``None``: then 2,500 training rows drawn by ``seed`` are each measured against the others.
    """

    def __init__(
        self, train: Array, same: Indices, unseen: Array | None = None, seed: int = 0
    ) -> None:
        _, self._first, counts = np.unique(same, return_index=True, return_counts=True)
        self._rows = train[self._first]
        rng = np.random.default_rng([seed, 1])
        if unseen is not None:
            chosen = np.sort(rng.permutation(len(unseen))[:_MOST_REAL])
            self.real = self.pairs(unseen[chosen]).ratio
        else:
            _, number = np.unique(same, return_inverse=True)
            chosen = number[np.sort(rng.permutation(len(train))[:_MOST_REAL])]
            self.real = np.where(counts[chosen] > 1, 0.0, self._left_out(chosen))
        self.bound = float(np.quantile(self.real, QUANTILE))

    def pairs(self, x: Array) -> Pairs:
        """What each row of ``x`` (N, D) is nearest to."""
        distances, found = nearest(x, self._rows, min(2, len(self._rows)))
        row = self._first[found[:, 0]]
        return Pairs(np.arange(len(x)), row, distances[:, 0], _ratio(distances))

    def rate(self, pairs: Pairs) -> Metric:
        """The share of copies; ``details["interval"]`` holds it with 95 % confidence.

        The interval joins the exact binomial intervals of the two shares, so it holds at least so
        often. Its floor is 0.
        """
        near, near_real = (int((r <= self.bound).sum()) for r in (pairs.ratio, self.real))
        share, real = near / len(pairs.ratio), near_real / len(self.real)
        each = 1 - (1 - CONFIDENCE) / 2
        low, high = binomial_interval(near, len(pairs.ratio), each)
        real_low, real_high = binomial_interval(near_real, len(self.real), each)
        details = {
            "interval": [_excess(low, real_high), _excess(high, real_low)],
            "confidence": CONFIDENCE,
            "ratio_bound": self.bound,
            "near_share": share,
            "real_near_share": real,
            "median_ratio": float(np.median(pairs.ratio)),
            "real_median_ratio": float(np.median(self.real)),
            "distinct_rows": len(self._rows),
            "n_real": len(self.real),
        }
        stderr = np.sqrt(share * (1 - share) / len(pairs.ratio)) / max(1 - real, 1e-12)
        return Metric(
            _excess(share, real), float(stderr), len(pairs.ratio), "share of samples", 0.0, details
        )

    def _left_out(self, chosen: Indices) -> Floats:
        """The ratios of these distinct rows, each among the others."""
        if len(self._rows) < 3:
            return np.ones(len(chosen))
        distances, found = nearest(self._rows[chosen], self._rows, 3)
        others = np.argsort(found == chosen[:, None], axis=1, kind="stable")[:, :2]
        return _ratio(np.take_along_axis(distances, others, axis=1))


def numbered(rows: Array) -> Indices:
    """A number for each row (N, …) such that equal rows have equal ones: (N,)."""
    seen: dict[bytes, int] = {}
    flat = np.ascontiguousarray(np.ma.getdata(rows)).reshape(len(rows), -1)
    return np.array([seen.setdefault(row.tobytes(), len(seen)) for row in flat], np.int64)


def _ratio(distances: Floats) -> Floats:
    """d₁/d₂ of ascending distances (N, 2); 0 for a copy, 1 where there is no second."""
    first, second = distances[:, 0], distances[:, -1]
    return np.divide(first, second, out=np.zeros(len(first)), where=second > 0)


def _excess(share: float, real: float) -> float:
    return max(0.0, (share - real) / (1 - real)) if real < 1 else 0.0
