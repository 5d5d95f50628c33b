"""What ``torch.distributions`` lacks: a point mass, 8-bit masses, explicit base noise."""

from kullback.distributions.delta import Delta
from kullback.distributions.discretised_logistic import DiscretisedLogistic
from kullback.distributions.draw import draw
from kullback.distributions.levels import Levels
from kullback.distributions.noise import Noise, seed_of
from kullback.distributions.rescaled import Rescaled

__all__ = ["Delta", "DiscretisedLogistic", "Levels", "Noise", "Rescaled", "draw", "seed_of"]
