"""Fidelity and diversity apart: precision and recall, density and coverage.

Each set stands for its support by balls around its points, whose radius is the distance to the k-th
nearest other point of the set, k = 5. A point is in a ball if it is nearer than the radius.

    precision   share of samples in some real ball                      Kynkäänniemi et al.
    recall      share of real rows in some sample's ball                (2019, arXiv 1904.06991)
    density     real balls that a sample is in, in the mean, over k     Naeem et al.
    coverage    share of real rows whose ball holds a sample            (2020, arXiv 2002.09797)

One real outlier has a ball large enough to call much precise, and one stray sample a ball large
enough to recall much; density and coverage measure with real balls only, which is why they were
made. Density may exceed 1. For equal laws coverage is about 1 − 2⁻ᵏ = .969 whatever the law, and
density 1; precision and recall depend on the law and on n, so they need their floor beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kullback.evaluation.metric import Floats
from kullback.evaluation.neighbours import bands, nearest_squares

K = 5
"""The neighbour whose distance is the radius."""


@dataclass(frozen=True, eq=False)
class Manifold:
    """What each point contributes, so that every measure is a mean: samples (N,), real rows (M,).

    ``precise`` and ``recalled`` and ``covered`` are true or false, ``dense`` the number of real
    balls that a sample is in, divided by k.
    """

    precise: npt.NDArray[np.bool_]
    recalled: npt.NDArray[np.bool_]
    dense: Floats
    covered: npt.NDArray[np.bool_]


def squared_radii(x: Floats, k: int = K) -> Floats:
    """From each row of features (N, D), N > k, to its k-th nearest other: squared distances (N,).

    Raises ``BadInput`` unless there are more than k rows.
    """
    return nearest_squares(x, x, k, leave_self_out=True)[0][:, -1]


def manifold(samples: Floats, real: Floats, squared_radii_real: Floats, k: int = K) -> Manifold:
    """Samples (N, D) against real rows (M, D), whose ``squared_radii`` (M,) serve more than once.

    Raises ``BadInput`` unless there are more than k samples.
    """
    of_samples = _open(squared_radii(samples, k))
    of_real = _open(squared_radii_real)
    balls = np.zeros(len(samples), np.int64)
    recalled, covered = np.zeros(len(real), np.bool_), np.zeros(len(real), np.bool_)
    for rows, band in bands(samples, real):
        for columns, squared in band:
            inside = (squared < of_real[columns]).numpy()
            balls[rows] += np.count_nonzero(inside, axis=1)
            covered[columns] |= inside.any(0)
            recalled[columns] |= (squared < of_samples[rows, None]).numpy().any(0)
    return Manifold(balls > 0, recalled, balls / k, covered)


def _open(squares: Floats) -> Tensor:
    """The bounds below which a squared distance is in a ball: none is in one of radius 0."""
    return torch.from_numpy(np.where(squares > 0, squares, -np.inf))
