"""Exact intervals of a share: how sure a count of successes makes one of their probability.

Clopper and Pearson (1934): of k successes in n, the interval holds every p under which neither k
or more, nor k or fewer, is rarer than half of what the confidence leaves.
"""

from __future__ import annotations

from kullback.errors import BadInput


def binomial_interval(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The Clopper–Pearson interval of a probability, from ``k`` successes in ``n`` trials.

    Raises ``BadInput`` unless 0 ≤ k ≤ n and n > 0.
    """
    if not 0 <= k <= n or n < 1:
        raise BadInput(f"{k} successes of {n} have no interval; give 0 ≤ k ≤ n with n > 0")
    from scipy.stats import binomtest  # a second to import

    found = binomtest(k, n).proportion_ci(confidence, method="exact")
    return float(found.low), float(found.high)
