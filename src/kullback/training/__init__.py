"""The one training loop, for any number of players."""

from kullback.training.loop import Horizon, Listener, Report, train
from kullback.training.optimisers import Adam, Moments
from kullback.training.play import losses, play
from kullback.training.state import Counters, Rows, Training

__all__ = [
    "Adam",
    "Counters",
    "Horizon",
    "Listener",
    "Moments",
    "Report",
    "Rows",
    "Training",
    "losses",
    "play",
    "train",
]
