"""Modules that return distributions, and critics."""

from kullback.networks.across import across
from kullback.networks.bodies import Input, inward, mlp, outward
from kullback.networks.bounds import clipping, spectrally_normalised
from kullback.networks.classes import ClassCode, ClassNormal, UniformClass
from kullback.networks.critics import ByLabel, Logit
from kullback.networks.dcgan import Leaky, dcgan_critic, dcgan_generator
from kullback.networks.features import features_of
from kullback.networks.heads import (
    LIKELIHOODS,
    BernoulliHead,
    GaussianCode,
    GaussianHead,
    Head,
    Network,
    NoisyCode,
    PointCode,
    PointHead,
    UniformCode,
    likelihood_head,
)
from kullback.networks.mixture import Components, Posterior, Weights
from kullback.networks.priors import FittedNormal, StandardNormal, StandardUniform
from kullback.networks.sequence import (
    LengthHead,
    Pooled,
    SequenceNetwork,
    TokenHead,
    Unrolled,
)
from kullback.networks.still import Still
from kullback.networks.tables import CodeTable
from kullback.networks.travelling import Affine
from kullback.networks.waves import Corrected, NoiseTold, waves

__all__ = [
    "LIKELIHOODS",
    "Affine",
    "BernoulliHead",
    "ByLabel",
    "ClassCode",
    "ClassNormal",
    "CodeTable",
    "Components",
    "Corrected",
    "FittedNormal",
    "GaussianCode",
    "GaussianHead",
    "Head",
    "Input",
    "Leaky",
    "LengthHead",
    "Logit",
    "Network",
    "NoiseTold",
    "NoisyCode",
    "PointCode",
    "PointHead",
    "Pooled",
    "Posterior",
    "SequenceNetwork",
    "StandardNormal",
    "StandardUniform",
    "Still",
    "TokenHead",
    "UniformClass",
    "UniformCode",
    "Unrolled",
    "Weights",
    "across",
    "clipping",
    "dcgan_critic",
    "dcgan_generator",
    "features_of",
    "inward",
    "likelihood_head",
    "mlp",
    "outward",
    "spectrally_normalised",
    "waves",
]
