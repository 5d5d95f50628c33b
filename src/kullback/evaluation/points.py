"""Samples in the plane against the mixture they should come from.

Three numbers that are only worth reading together, because each is blind to something:

    modes          modes with at least one high-quality sample     blind to how much, and to blur
    high_quality   share of samples within 3 standard deviations   blind to what is missing
    reverse_kl     KL(shares ‖ weights) over the modes             blind to blur

A featureless circle scores 8 of 8 modes on the ring, and a reverse KL at the floor, with 7.6 % of
its samples good. The protocol is that of PacGAN (Lin et al., 2018, arXiv 1712.04086) after VEEGAN
(Srivastava et al., 2017, arXiv 1705.07761), carried over to modes that differ in weight and width:

- a sample's mode is the one it is nearest to in units of that mode's standard deviation, and it is
  good within 3 of them: of the truth, 1 − e^{−9/2} = 98.89 % in two dimensions where modes are far
  apart, a little more where they overlap, not 100;
- a mode's share is the mean posterior responsibility p(mode|x) over *all* samples, which has the
  weight as its expectation under the truth even where modes overlap. On ring and grid it is the
  share of samples nearest to the mode, as published;
- a sample that was asked of one mode is right if that is its mode (``label_accuracy``).

Every floor is the same measure of the truth: the mean over 50 seeded draws of as many points. For
shares of n hard samples over M modes, E KL ≈ (M − 1)/2n: .0014 on the ring and .0048 on the grid
at the published 2,500 samples. A number of modes or a KL from another n is another number.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kullback.data import Mixture
from kullback.errors import BadInput
from kullback.evaluation.metric import Array, Floats, Metric

RADIUS = 3.0
"""A sample is good within so many standard deviations of its mode."""

FLOOR_DRAWS = 50
"""Draws of the truth whose mean is the floor."""

BOOTSTRAPS = 200
"""Resamplings whose spread is the standard error of the reverse KL."""


def shares(samples: Array, truth: Mixture) -> Floats:
    """Each mode's share of samples (n, D): the mean of p(mode|x), (M,), summing to one."""
    return np.asarray(truth.responsibilities(_checked(samples, truth)).mean(0))


def modes(samples: Array, truth: Mixture, seed: int = 0) -> Metric:
    """How many modes have a good sample; ``details["good"]`` has each mode's number of them."""
    good = _good_per_mode(_checked(samples, truth), truth)
    floor = _of_the_truth(lambda x: (_good_per_mode(x, truth) > 0).sum(), len(samples), truth, seed)
    details = {"of": len(good), "good": good.tolist()} | _spread(floor)
    found = float((good > 0).sum())
    return Metric(found, None, len(samples), "modes", float(floor.mean()), details)


def high_quality(samples: Array, truth: Mixture, seed: int = 0) -> Metric:
    """The share of good samples; its standard error is that of a mean of zeros and ones."""
    good = _distances(_checked(samples, truth), truth).min(1) <= RADIUS
    floor = _of_the_truth(
        lambda x: (_distances(x, truth).min(1) <= RADIUS).mean(), len(samples), truth, seed
    )
    return Metric.mean(good, "share of samples", float(floor.mean()), _spread(floor))


def reverse_kl(samples: Array, truth: Mixture, seed: int = 0) -> Metric:
    """KL(shares ‖ weights) = Σ s log(s/w) over the modes, in nats; a mode without share adds 0.

    ``details`` have ``shares`` beside ``weights``. The standard error is the spread of the value
    when the samples' modes are drawn again from the shares.
    """
    n, found = len(samples), shares(samples, truth)
    rng = np.random.default_rng([seed, 1])
    again = [_kl(rng.multinomial(n, found / found.sum()) / n, truth) for _ in range(BOOTSTRAPS)]
    floor = _of_the_truth(lambda x: _kl(shares(x, truth), truth), n, truth, seed)
    details = {"shares": found.tolist(), "weights": truth.weights.tolist()} | _spread(floor)
    stderr = float(np.std(again, ddof=1))
    return Metric(_kl(found, truth), stderr, n, "nats", float(floor.mean()), details)


def label_accuracy(samples: Array, truth: Mixture, asked: Array, seed: int = 0) -> Metric:
    """The share of samples (n, D) that are nearest to the mode they were asked of, (n,).

    Distances are in units of each mode's standard deviation. ``details["by_class"]`` has the share
    among the samples of each mode that was asked for, under its number.
    """
    read = _distances(_checked(samples, truth), truth).argmin(1)
    by_class = {str(m): float((read[asked == m] == m).mean()) for m in np.unique(asked)}
    rng = np.random.default_rng([seed, 0])
    draws = (truth.sample(len(samples), rng) for _ in range(FLOOR_DRAWS))
    floor = np.array([(_distances(x, truth).argmin(1) == mode).mean() for x, mode in draws])
    details = {"by_class": by_class} | _spread(floor)
    return Metric.mean(read == asked, "share of samples", float(floor.mean()), details)


def _kl(found: Floats, truth: Mixture) -> float:
    held = found > 0
    return float((found[held] * np.log(found[held] / truth.weights[held])).sum())


def _distances(x: Floats, truth: Mixture) -> Floats:
    """From samples (n, D) to centres, in units of each mode's standard deviation: (n, M)."""
    squared = sum(np.subtract.outer(x[:, d], truth.centres[:, d]) ** 2 for d in range(x.shape[1]))
    return np.asarray(np.sqrt(squared) / truth.scales)


def _good_per_mode(x: Floats, truth: Mixture) -> Array:
    distances = _distances(x, truth)
    good = distances.min(1) <= RADIUS
    return np.bincount(distances.argmin(1)[good], minlength=len(truth.weights))


def _of_the_truth(measure: Callable[[Floats], float], n: int, truth: Mixture, seed: int) -> Floats:
    rng = np.random.default_rng([seed, 0])
    return np.array([measure(truth.sample(n, rng)[0]) for _ in range(FLOOR_DRAWS)], np.float64)


def _spread(floor: Floats) -> dict[str, float]:
    """How much the truth's own value varies from one draw of its points to the next."""
    return {"floor_sd": float(floor.std(ddof=1))}


def _checked(samples: Array, truth: Mixture) -> Floats:
    x = np.asarray(samples, np.float64)
    dimensions = truth.centres.shape[1]
    if x.ndim != 2 or x.shape[1] != dimensions or len(x) == 0:
        raise BadInput(f"the truth is over points (n, {dimensions}), n > 0, not {x.shape}")
    if not np.isfinite(x).all():
        bad = int((~np.isfinite(x)).any(1).sum())
        raise BadInput(f"{bad} of {len(x)} samples are NaN or infinite and belong to no mode")
    return x
