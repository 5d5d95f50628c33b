"""How far apart two distributions are: by densities, by a critic, or by fixed statistics."""

from kullback.divergences.duals import (
    FULL,
    HINGE,
    LEAST_SQUARES,
    MINIMAX,
    NON_SATURATING,
    RELATIVISTIC,
    TRUNCATED,
    WASSERSTEIN,
    Dual,
)
from kullback.divergences.kl import (
    closed_form_kl,
    coordinate_kl,
    importance_estimate,
    log_mean_exp,
)
from kullback.divergences.match import mean_distance, mmd
from kullback.divergences.penalties import (
    Critic,
    Penalty,
    Scored,
    score,
    unit_slope,
    zero_slope,
)

__all__ = [
    "FULL",
    "HINGE",
    "LEAST_SQUARES",
    "MINIMAX",
    "NON_SATURATING",
    "RELATIVISTIC",
    "TRUNCATED",
    "WASSERSTEIN",
    "Critic",
    "Dual",
    "Penalty",
    "Scored",
    "closed_form_kl",
    "coordinate_kl",
    "importance_estimate",
    "log_mean_exp",
    "mean_distance",
    "mmd",
    "score",
    "unit_slope",
    "zero_slope",
]
