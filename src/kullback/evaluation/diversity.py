"""How many different samples are there? The birthday problem, turned round.

Among n draws from S equally likely things there are about n²/2S pairs of the same thing. So from
the pairs that are found,

    S ≈ n (n − 1) / 2 · 1 / pairs,

one learns of S from few samples, n ~ √S (Arora and Zhang, 2017, arXiv 1706.08224); of unequal
probabilities p it is 1/Σp². Two samples count as the same if they are nearer than all but 1 in 100
real rows are to their nearest other row, of as many real rows. Where samples spread less than real
rows do, about their mean, that bound shrinks with them, to a half at most: a pale or blurred
sample is not a repeated one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kullback.evaluation.metric import Array, Floats
from kullback.evaluation.neighbours import bands, nearest

QUANTILE = 0.01
_MOST_ROWS = 5_000
_LEAST_SHRINKING = 0.5


@dataclass(frozen=True)
class Diversity:
    """``support``: how many different things; ``real_support`` the same of as many real rows.

    The latter is ``None`` where samples were not laid beside real rows. Where no pair is the same,
    support is that of half a pair. ``spread`` is the root of the total variance of samples over
    that of real rows, ``n`` how many of each were compared.
    """

    support: float
    real_support: float | None
    pairs: int
    spread: float
    n: int

    @classmethod
    def of_equal(cls, samples: Array) -> Diversity | None:
        """One thing, if all samples (N, …) as given are equal; else ``None``."""
        if not (samples == samples[:1]).all():
            return None
        n = len(samples)
        return cls(1.0, None, n * (n - 1) // 2, 0.0, n)


def diversity(samples: Array, real: Array, seed: int = 0) -> Diversity:
    """Of samples (N, D) next to real rows (M, D), equally many of each, at most 5,000."""
    rng = np.random.default_rng([seed, 4])
    n = min(len(samples), len(real), _MOST_ROWS)
    a, b = (x[rng.permutation(len(x))[:n]] for x in (samples, real))
    others = nearest(b, b, 1, leave_self_out=True)[0][:, 0]
    apart = others[others > 0]
    bound = float(np.quantile(apart, QUANTILE)) if len(apart) else 0.0
    variance = float(b.var(0).sum())
    spread = float(np.sqrt(a.var(0).sum() / variance)) if variance > 0 else 1.0
    pairs = _pairs(a, bound * min(1.0, max(spread, _LEAST_SHRINKING)))
    every = n * (n - 1) / 2
    return Diversity(every / max(pairs, 0.5), every / max(_pairs(b, bound), 0.5), pairs, spread, n)


def _pairs(x: Floats, bound: float) -> int:
    """How many pairs of rows (N, D) are nearer than a bound, or equal."""
    near = (squared <= bound**2 for _, band in bands(x, x) for _, squared in band)
    ordered = sum(int(pairs.sum()) for pairs in near)
    return max(0, (ordered - len(x)) // 2)
