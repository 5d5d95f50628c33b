from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from kullback.errors import BadInput
from kullback.evaluation.intervals import binomial_interval


@pytest.mark.parametrize(("k", "n"), [(0, 12), (12, 12), (3, 12), (1, 1), (97, 100), (450, 10_000)])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.975])
def test_the_ends_are_quantiles_of_beta_laws(k: int, n: int, confidence: float) -> None:
    tail = (1 - confidence) / 2
    low = beta.ppf(tail, k, n - k + 1) if k else 0.0
    high = beta.ppf(1 - tail, k + 1, n - k) if k < n else 1.0
    assert np.allclose(binomial_interval(k, n, confidence), (low, high), atol=1e-9)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(k: int, n: int) -> None:
    with pytest.raises(BadInput, match="have no interval"):
        binomial_interval(k, n)
