"""Exact intervals of a share: how sure a count of successes makes one of their probability.

Clopper and Pearson (1934): of k successes in n, the interval holds every p under which neither k
or more, nor k or fewer, is rarer than α/2. Its ends solve

    P(X ≥ k; n, p) = α/2    and    P(X ≤ k; n, p) = α/2,

found here by bisection; both sides are monotone in p.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kullback.errors import BadInput
from kullback.evaluation.metric import Floats


def binomial_interval(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The Clopper–Pearson interval of a probability, from ``k`` successes in ``n`` trials.

    Raises ``BadInput`` unless 0 ≤ k ≤ n and n > 0.
    """
    if not 0 <= k <= n or n < 1:
        raise BadInput(f"{k} successes of {n} have no interval; give 0 ≤ k ≤ n with n > 0")
    tail = (1 - confidence) / 2
    log_choose = _log_choose(n)
    low = _root(lambda p: _tail(log_choose, n, p, k, n) - tail) if k else 0.0
    high = _root(lambda p: tail - _tail(log_choose, n, p, 0, k)) if k < n else 1.0
    return low, high


def _log_choose(n: int) -> Floats:
    """Logarithms of the binomial coefficients n over 0, …, n."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    return np.asarray(logs[-1] - logs - logs[::-1])


def _tail(log_choose: Floats, n: int, p: float, first: int, last: int) -> float:
    """P(first ≤ X ≤ last) for X binomial (n, p)."""
    k = np.arange(first, last + 1)
    return float(np.exp(log_choose[k] + k * np.log(p) + (n - k) * np.log1p(-p)).sum())


def _root(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2
