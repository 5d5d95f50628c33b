"""Joints, the divergences between them, and the players that make these small."""

from kullback.objectives.clock import Clock, Schedule, at, cosine
from kullback.objectives.densities import kl
from kullback.objectives.follower import Follower
from kullback.objectives.joint import Batch, Data, Factor, Joint, Trace, log_weight
from kullback.objectives.player import Objective, Player, Terms, TrainingRows, alone, evaluating
from kullback.objectives.samples import adversarial, match

__all__ = [
    "Batch",
    "Clock",
    "Data",
    "Factor",
    "Follower",
    "Joint",
    "Objective",
    "Player",
    "Schedule",
    "Terms",
    "Trace",
    "TrainingRows",
    "adversarial",
    "alone",
    "at",
    "cosine",
    "evaluating",
    "kl",
    "log_weight",
    "match",
]
