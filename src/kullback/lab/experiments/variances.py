"""How a network says a variance: raw, through a softplus, or as its logarithm.

A linear layer's output is any number and a variance is not. The KL's −½ log σ² is no wall in front
of 0: a step of gradient descent has a length, and the reconstruction asks for small σ². Through a
softplus or an exponential every number is a variance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Distribution, Independent, Normal
from torch.nn.functional import softplus

from kullback.divergences import closed_form_kl
from kullback.errors import TrainingFailed
from kullback.lab.claim import Words
from kullback.lab.digits import HIDDEN, LATENT_DIM, digits, learnt, seeded, taught
from kullback.lab.figures import lines
from kullback.lab.learn import tensor
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.model import joints
from kullback.networks import (
    GaussianCode,
    GaussianHead,
    Head,
    Network,
    StandardNormal,
    inward,
    outward,
)
from kullback.objectives import kl
from kullback.training import Training

STEPS, RATE = 300, 4e-3
SOME_ROWS = 256


class VarianceCode(Head):
    """q(z|x) = N(μ, diag σ²) from (B, 2d): μ beside a number that ``variance`` makes σ² of."""

    maps = 2

    def __init__(self, variance: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.variance = variance

    def forward(self, numbers: Tensor) -> Distribution:
        mean, number = numbers.chunk(2, -1)
        normal = Normal(mean, self.variance(number).sqrt(), validate_args=False)
        return Independent(normal, 1, validate_args=False)


HEADS: dict[str, Callable[[], Head]] = {
    "raw": lambda: VarianceCode(lambda number: 1 + 0.1 * number),
    "softplus": lambda: VarianceCode(softplus),
    "log": GaussianCode,
}
"""The raw variance is given a start around 1; started around 0, half of it would be negative."""


def ways_to_say_a_variance(seed: int) -> Outcome:
    """How many steps of a VAE's training have a finite loss, for each way of saying σ².

    And what a tutorial's loss eˢ − (1 + s) + μ² is at s = 1, μ = 0, beside twice the KL of a code
    whose log-variance is s, and of one whose log-deviation is.
    """
    measured, curves = {}, {}
    for name, head in HEADS.items():
        finite, logs = _trained(head(), seed)
        curves[name] = logs[:, 0]
        measured[f"finite_steps_{name}"] = finite
        if name == "log":
            measured["largest_size_of_log_variance"] = float(np.abs(logs).max())
    measured |= {
        "printed_loss_at_1": math.e - (1 + 1),
        "twice_the_kl_if_log_variance": 2 * _kl(math.exp(0.5)),
        "twice_the_kl_if_log_deviation": 2 * _kl(math.e),
    }
    return Outcome(measured, curves)


def draw_ways_to_say_a_variance(series: Series) -> list[Panel]:
    """The least log σ² of the first rows while each learns."""
    names = {"raw": "σ² raw", "softplus": "softplus", "log": "log σ²"}
    curves = {label: (np.arange(len(series[name])), series[name]) for name, label in names.items()}
    steps = len(series["raw"]) - 1
    return [
        Panel(
            lines(curves, ("step", "least log σ²")),
            Words(
                f"All three make the variance small. The raw one goes through 0 on the way, at "
                f"step {steps}, and from there on there is no loss.",
                f"三种写法都在把方差变小。直接输出 σ² 的那一种在第 {steps} 步越过了 0，"
                "此后损失不再是有限的数。",
            ),
        )
    ]


def _kl(deviation: float) -> float:
    """KL(N(0, σ²) ‖ N(0, 1)) in nats."""
    found = closed_form_kl(Normal(0.0, deviation), Normal(0.0, 1.0))
    assert found is not None
    return float(found)


def _trained(head: Head, seed: int) -> tuple[float, Array]:
    """The steps with a finite loss, and before each the least and the largest log σ² of some rows.

    Training ends with the first step whose loss is not a finite number.
    """
    space, x = digits().space, tensor(learnt()[:SOME_ROWS])
    encoder = seeded(lambda: Network(inward(space, HIDDEN, 2 * LATENT_DIM), head), seed)
    writer = seeded(lambda: outward(space, HIDDEN, LATENT_DIM), seed + 1)
    decoder = Network(writer, GaussianHead(space, 0.1))
    q, p = joints(encoder, decoder, StandardNormal(LATENT_DIM))
    finite, logs = 0, []

    def watch(training: Training) -> None:
        nonlocal finite
        training.ledger.read()
        finite = training.step
        with torch.no_grad():
            log_variance = encoder(x).variance.log()
        logs.append([float(log_variance.min()), float(log_variance.max())])

    with suppress(TrainingFailed):
        taught(kl(q, p), seed, steps=STEPS, rate=RATE, watch=watch)
    return float(finite), np.array(logs)
