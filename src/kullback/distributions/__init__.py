"""What ``torch.distributions`` lacks: a point mass, 8-bit masses, sequences, base noise."""

from kullback.distributions.bits import Bits
from kullback.distributions.delta import Delta
from kullback.distributions.discretised_logistic import DiscretisedLogistic
from kullback.distributions.draw import draw
from kullback.distributions.length import Length
from kullback.distributions.levels import Levels
from kullback.distributions.masked import Masked
from kullback.distributions.noise import Noise, seed_of
from kullback.distributions.rescaled import Rescaled
from kullback.distributions.reshaped import Reshaped
from kullback.distributions.unit_normal import UnitNormal

__all__ = [
    "Bits",
    "Delta",
    "DiscretisedLogistic",
    "Length",
    "Levels",
    "Masked",
    "Noise",
    "Rescaled",
    "Reshaped",
    "UnitNormal",
    "draw",
    "seed_of",
]
