"""The energy distance: how far samples are from data, with nothing trained and nothing chosen.

    E(p, q) = 2 E‖x − y‖ − E‖x − x'‖ − E‖y − y'‖ ≥ 0,   x, x' ~ p,  y, y' ~ q,

0 only where p = q (Székely & Rizzo, 2013, J. Stat. Plan. Inference 143(8)). Over pixels it sees
little of what a person sees, and is no measure of quality; but a model that has hardly begun is far
by it. Its yardstick is a sampler that knows the data's mean and nothing else, whose distance is

    2 E‖y − m‖ − E‖y − y'‖.
"""

from __future__ import annotations

import torch
from torch import Tensor

from kullback.evaluation.metric import Array


def energy_distance(x: Array, y: Array) -> float:
    """Estimate it without bias from rows (N, …) and (M, …), N, M > 1: near 0 it may be negative."""
    a, b = _flat(x), _flat(y)
    return float(2 * torch.cdist(a, b).mean()) - _within(a) - _within(b)


def share_of_mean(samples: Array, rows: Array) -> float:
    """The energy distance of samples (N, …) from rows (M, …), as a share of that of the rows' mean.

    1 for the mean itself, 0 for the rows' law, and above 1 for what is further than the mean.
    """
    y = _flat(rows)
    alone = float(2 * (y - y.mean(0)).norm(dim=1).mean()) - _within(y)
    return energy_distance(samples, rows) / alone if alone > 0 else 0.0


def _within(x: Tensor) -> float:
    return float(torch.cdist(x, x).sum()) / (len(x) * (len(x) - 1))


def _flat(x: Array) -> Tensor:
    return torch.tensor(x, dtype=torch.float64).flatten(1)
