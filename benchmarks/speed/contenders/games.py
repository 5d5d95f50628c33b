"""What ``gan`` and ``wgan-gp`` are by default on points of the plane, for the loops beside ours."""

from __future__ import annotations

from typing import NamedTuple

HIDDEN = 128
"""The width of the two hidden layers of either network."""

LATENT = 2
LR = 2e-3
DECAY = 0.999
"""Of the moving average of the generator."""


class Game(NamedTuple):
    """The critic's moves in a round, and Adam's betas."""

    moves: int
    betas: tuple[float, float]


GAMES = {"gan": Game(1, (0.5, 0.99)), "wgan-gp": Game(5, (0.0, 0.9))}
