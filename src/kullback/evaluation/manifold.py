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

from kullback.evaluation.metric import Floats
from kullback.evaluation.neighbours import nearest, tiles

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


def radii(x: Floats, k: int = K) -> Floats:
    """From each row of features (N, D), N > k, the distance to its k-th nearest other row, (N,)."""
    return nearest(x, x, k, leave_self_out=True)[0][:, -1]


def manifold(samples: Floats, real: Floats, radii_real: Floats, k: int = K) -> Manifold:
    """Samples (N, D) against real features (M, D), whose ``radii`` are given, as they serve twice.

    Raises ``BadInput`` unless there are more than k of each.
    """
    radii_samples = torch.from_numpy(radii(samples, k))
    radii_rows = torch.from_numpy(radii_real)
    balls = torch.zeros(len(samples), dtype=torch.int64)
    recalled = torch.zeros(len(real), dtype=torch.bool)
    covered = torch.zeros(len(real), dtype=torch.bool)
    for rows, columns, squared in tiles(samples, real):
        distances = squared.sqrt_()
        inside = distances < radii_rows[columns]
        balls[rows] += inside.sum(1)
        covered[columns] |= inside.any(0)
        recalled[columns] |= (distances < radii_samples[rows, None]).any(0)
    return Manifold(
        (balls > 0).numpy(), recalled.numpy(), (balls.double() / k).numpy(), covered.numpy()
    )
