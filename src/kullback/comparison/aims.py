"""Where a metric should go: up, down, or to what real data score.

A metric that has no place here has no best: it is shown and not judged. That is so of numbers that
describe (``active_units``), and of those that are bad on one side only of the floor and on the
other for another reason (``copy_rate``: noise copies nothing).
"""

from __future__ import annotations

from typing import Literal

Aim = Literal["up", "down", "real"]

_AIMS: dict[str, Aim | None] = {
    "frechet": "down",
    "kid": "down",
    "c2st": "down",
    "precision": "up",
    "density": "up",
    "high_quality": "up",
    "recall": "up",
    "coverage": "up",
    "modes": "up",
    "reverse_kl": "down",
    "label_accuracy": "up",
    "sharpness": "real",
    "copy_rate": None,
    "nll": "down",
    "bits_per_dim": "down",
    "elbo": "up",
    "reconstruction_mse": "down",
    "active_units": None,
}
"""In the order of a table: samples as a whole, their quality, their variety; likelihood; codes."""


def aim_of(metric: str) -> Aim | None:
    """Return a metric's aim; ``frechet_classifier`` has that of ``frechet``."""
    return _AIMS.get(_base(metric))


def place_of(metric: str) -> int:
    """Return the place of a metric in a table; unknown ones come last."""
    base = _base(metric)
    return list(_AIMS).index(base) if base else len(_AIMS)


def _base(metric: str) -> str:
    """The known metric that a name is of, or begins with; empty if there is none."""
    while metric and metric not in _AIMS:
        metric = metric.rpartition("_")[0]
    return metric


def loss(value: float, aim: Aim, real: float | None) -> float:
    """Return a number that is smaller where a value is better: 0 at best where the aim is real.

    Without a floor a value whose aim is what real data score is held against chance and equality:
    it goes down.
    """
    if aim == "real":
        return value if real is None else abs(value - real)
    return value if aim == "down" else -value
