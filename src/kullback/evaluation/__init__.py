"""Arrays in, numbers out: likelihood, toys against their truth, images before a judge.

``points`` and ``judge`` both measure ``modes`` and ``high_quality``, so they stay modules.
"""

from kullback.evaluation import judge, points
from kullback.evaluation.likelihood import (
    Protocol,
    bits_per_dim,
    bits_per_dim_metric,
    elbo_metric,
    log_likelihood,
    nll_metric,
    reconstruction_mse,
)
from kullback.evaluation.metric import Metric

__all__ = [
    "Metric",
    "Protocol",
    "bits_per_dim",
    "bits_per_dim_metric",
    "elbo_metric",
    "judge",
    "log_likelihood",
    "nll_metric",
    "points",
    "reconstruction_mse",
]
