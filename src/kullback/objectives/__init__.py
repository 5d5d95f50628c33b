"""Joints, the divergences between them, and the players that make these small."""

from kullback.objectives.clock import Clock, Schedule, Written, at, cosine, warm_up
from kullback.objectives.densities import kl
from kullback.objectives.features import feature_means, feature_reconstruction
from kullback.objectives.follower import Follower, Following, Snapshot
from kullback.objectives.importance import importance_bound
from kullback.objectives.instance_noise import InstanceNoise, annealed, every_size
from kullback.objectives.joint import Batch, Data, Factor, Joint, Trace, log_weight
from kullback.objectives.penalties import posterior_penalty
from kullback.objectives.player import Objective, Player, Terms, TrainingRows, alone, evaluating
from kullback.objectives.proximal import proximal
from kullback.objectives.samples import Game, adversarial, match
from kullback.objectives.statistics import batch_statistics, has_batch_statistics

__all__ = [
    "Batch",
    "Clock",
    "Data",
    "Factor",
    "Follower",
    "Following",
    "Game",
    "InstanceNoise",
    "Joint",
    "Objective",
    "Player",
    "Schedule",
    "Snapshot",
    "Terms",
    "Trace",
    "TrainingRows",
    "Written",
    "adversarial",
    "alone",
    "annealed",
    "at",
    "batch_statistics",
    "cosine",
    "evaluating",
    "every_size",
    "feature_means",
    "feature_reconstruction",
    "has_batch_statistics",
    "importance_bound",
    "kl",
    "log_weight",
    "match",
    "posterior_penalty",
    "proximal",
    "warm_up",
]
