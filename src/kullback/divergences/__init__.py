"""How far apart two distributions are: by densities, by a critic, or by fixed statistics."""

from kullback.divergences.duals import (
    HINGE,
    LEAST_SQUARES,
    MINIMAX,
    NON_SATURATING,
    RELATIVISTIC,
    WASSERSTEIN,
    Dual,
)
from kullback.divergences.kl import closed_form_kl, importance_estimate, log_mean_exp
from kullback.divergences.match import mmd
from kullback.divergences.penalties import Penalty, squared_slope, unit_slope, zero_slope

__all__ = [
    "HINGE",
    "LEAST_SQUARES",
    "MINIMAX",
    "NON_SATURATING",
    "RELATIVISTIC",
    "WASSERSTEIN",
    "Dual",
    "Penalty",
    "closed_form_kl",
    "importance_estimate",
    "log_mean_exp",
    "mmd",
    "squared_slope",
    "unit_slope",
    "zero_slope",
]
