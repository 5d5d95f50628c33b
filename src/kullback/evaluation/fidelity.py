"""How near samples are to real rows, and how much of them they cover, in named features.

    frechet     distance of two Gaussians           0 is best; biased upward at finite n
    kid         squared maximum mean discrepancy    0 is best; without bias, may be negative
    precision   share of samples where data is      recall     share of the data where samples are
    density     the same, outliers weighing less    coverage   share of the data with a sample near

Every value stands beside its floor: the same measure, at the same n, of other real rows against the
same real rows. No generator can be expected to pass it. A floor far from the ideal (a Fréchet
distance far above 0, a recall far below 1) says that n is small for these features.

Standard errors: `frechet` and `kernel_distance` say theirs. A precision is the mean of zeros and
ones, but they share their balls, and the error of a mean of independent ones was up to 1.8 times
too small on Gaussians; so both sets are cut into ten disjoint parts, and the error is the spread of
the ten values over √10. A part has at least 50 rows; from fewer than three parts there is no error.
On Gaussians in 3 dimensions, 160 to 1,000 of them, it was .85 to 1.3 times the spread over draws.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import torch

from kullback.evaluation.features import Features
from kullback.evaluation.frechet import frechet
from kullback.evaluation.kernel_distance import kernel_distance
from kullback.evaluation.manifold import K, manifold, squared_radii
from kullback.evaluation.metric import Array, Floats, Metric
from kullback.evaluation.principal import principal_directions
from kullback.evaluation.reference import Reference
from kullback.evaluation.sets import MOST, equal_sets

PARTS = 10
ROWS_PER_PART = 50
FEWEST_PARTS = 3

ROWS_PER_DIMENSION = 2
"""With fewer rows for each feature a covariance is mostly noise, and `frechet` reduces them."""

ROWS_PER_AXIS = 5
"""Then so many rows stand for each principal axis that is kept.

With 500 rows of MNIST, 100 axes told blurred, noisy and class-less samples from real ones best, by
the spread of real ones: fewer see less, and 250 are noisier.
"""

FEWEST_ROWS = 10

_TRIED, _SIDE = 16, 512
_PRODUCTS = 12  # of n by n, half of them for what is done with each

UNITS = {
    "frechet": "squared units of the features",
    "kid": "squared discrepancy",
    "precision": "share of samples",
    "recall": "share of real rows",
    "density": "real balls per sample, over k",
    "coverage": "share of real rows",
}


class _Vectors(NamedTuple):
    """Features of n samples, n real rows and n other real rows, (n, D) each."""

    samples: Floats
    real: Floats
    others: Floats


def fidelity(
    features: Features, samples: Array, reference: Reference, seed: int = 0
) -> dict[str, Metric]:
    """Measure samples as given (N, *shape) against real rows that no model learnt from.

    Returns the metrics named above. n of each set are compared: see `equal_sets`. Where n is under
    twice the number of features, the Fréchet distance is of the first n/5 principal components of
    the real features, which ``details["alternative"]`` says. Fewer than 10 real rows allow none of
    these, and nothing is returned. Raises ``BadInput`` for samples that cannot be compared.
    """
    sets = equal_sets(samples, reference, seed)
    n = len(sets)
    if n < FEWEST_ROWS:
        return {}
    vectors = _Vectors(features(sets.samples), features.kept(sets.real), features.kept(sets.others))
    details = features.details | {
        "dimensions": vectors.real.shape[1],
        "n_samples": n,
        "n_real": n,
    }
    metrics = {"frechet": _frechet(vectors, details)}
    metrics["kid"] = _distance("kid", kernel_distance, vectors, details)
    return metrics | _manifold(vectors, details | {"k": K})


def expected_seconds(features: Features, samples: Array, reference: Reference) -> float:
    """About how long `fidelity` will take: by the features of a few rows, and one product."""
    n = min(len(samples), len(reference.unseen), MOST)
    few = reference.train.observations[:_TRIED]
    began = time.perf_counter()
    vectors = features(few)
    each = (time.perf_counter() - began) / len(few)
    side = torch.ones(_SIDE, vectors.shape[1], dtype=torch.float64)
    side @ side.T  # the first of all wakes the threads
    began = time.perf_counter()
    side @ side.T
    product = (time.perf_counter() - began) / _SIDE**2
    return 3 * n * each + _PRODUCTS * n**2 * product


def _frechet(vectors: _Vectors, details: dict[str, Any]) -> Metric:
    n, dimensions = vectors.real.shape
    if n >= ROWS_PER_DIMENSION * dimensions:
        return _distance("frechet", frechet, vectors, details)
    axes = principal_directions(vectors.real, n // ROWS_PER_AXIS)
    kept = axes.shape[1]
    share = (vectors.real @ axes).var(0).sum() / (vectors.real.var(0).sum() or 1.0)
    sentence = (
        f"{n} rows are too few for the covariance of {dimensions} features: the distance is of the "
        f"first {kept} principal components of the real features, which hold {share:.0%} of their "
        "variance"
    )
    reduced = _Vectors(*(each @ axes for each in vectors))
    return _distance("frechet", frechet, reduced, details | {"alternative": sentence})


def _distance(
    name: str,
    measure: Callable[[Floats, Floats], tuple[float, float]],
    vectors: _Vectors,
    details: dict[str, Any],
) -> Metric:
    value, stderr = measure(vectors.samples, vectors.real)
    floor, floor_stderr = measure(vectors.others, vectors.real)
    details = details | {"floor_stderr": floor_stderr}
    return Metric(value, stderr, len(vectors.real), UNITS[name], floor, details)


def _manifold(vectors: _Vectors, details: dict[str, Any]) -> dict[str, Metric]:
    radii = squared_radii(vectors.real)
    found = _means(vectors.samples, vectors.real, radii)
    floor = _means(vectors.others, vectors.real, radii)
    errors = _errors(vectors.samples, vectors.real)
    floor_errors = _errors(vectors.others, vectors.real)
    n = len(vectors.real)
    return {
        name: Metric(
            value,
            errors.get(name),
            n,
            UNITS[name],
            floor[name],
            details | {"floor_stderr": floor_errors.get(name)},
        )
        for name, value in found.items()
    }


def _means(samples: Floats, real: Floats, radii: Floats) -> dict[str, float]:
    points = manifold(samples, real, radii)
    return {
        "precision": float(points.precise.mean()),
        "recall": float(points.recalled.mean()),
        "density": float(points.dense.mean()),
        "coverage": float(points.covered.mean()),
    }


def _errors(samples: Floats, real: Floats) -> dict[str, float]:
    """The spread of each mean over disjoint parts of both sets, over the root of their number."""
    count = min(PARTS, len(real) // ROWS_PER_PART)
    if count < FEWEST_PARTS:
        return {}
    pairs = zip(np.array_split(samples, count), np.array_split(real, count), strict=True)
    each = [_means(part, beside, squared_radii(beside)) for part, beside in pairs]
    return {
        name: float(np.std([means[name] for means in each], ddof=1)) / sqrt(count)
        for name in each[0]
    }
