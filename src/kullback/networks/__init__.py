"""Modules that return distributions, and critics."""

from kullback.networks.bodies import inward, mlp, outward
from kullback.networks.heads import (
    LIKELIHOODS,
    BernoulliHead,
    FittedNormal,
    GaussianCode,
    GaussianHead,
    Head,
    Logit,
    Network,
    PointCode,
    PointHead,
    StandardNormal,
)

__all__ = [
    "LIKELIHOODS",
    "BernoulliHead",
    "FittedNormal",
    "GaussianCode",
    "GaussianHead",
    "Head",
    "Logit",
    "Network",
    "PointCode",
    "PointHead",
    "StandardNormal",
    "inward",
    "mlp",
    "outward",
]
