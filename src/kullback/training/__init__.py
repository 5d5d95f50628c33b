"""The one training loop, for any number of players."""

from kullback.training.loop import Horizon, Listener, Report, train
from kullback.training.optimisers import Adam, Moments, Optimiser, RMSProp
from kullback.training.play import losses, play
from kullback.training.state import Column, Counters, Rows, Streamed, Training

__all__ = [
    "Adam",
    "Column",
    "Counters",
    "Horizon",
    "Listener",
    "Moments",
    "Optimiser",
    "RMSProp",
    "Report",
    "Rows",
    "Streamed",
    "Training",
    "losses",
    "play",
    "train",
]
