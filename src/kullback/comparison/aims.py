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
    "density": "real",
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
    "prior_c2st": "down",
    "label_probe": None,
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
    """Return a number that is smaller where a value is better.

    With what real data score it is how far the value falls short of that, 0 beyond it: samples that
    are denser or more surely of a class than real rows are no better than those. Without, a value
    whose aim is what real data score goes down, from telling apart to chance.
    """
    if real is None:
        return -value if aim == "up" else value
    short = value - real if aim == "down" else real - value
    return abs(short) if aim == "real" else max(0.0, short)
