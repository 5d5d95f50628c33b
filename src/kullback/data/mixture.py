"""Toys whose density is known: isotropic Gaussian mixtures.

    p(x) = Σ_m w_m N(x; c_m, s_m² I),    log N = −‖x − c‖²/2s² − D log s − (D/2) log 2π

With p in hand a divergence can be computed instead of estimated, a likelihood has a ceiling to
be compared with, and the posterior p(m|x) says which mode a sample belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi
from typing import Any

import numpy as np
import numpy.typing as npt

from kullback.data.values import Array
from kullback.errors import BadInput

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Mixture:
    """M isotropic Gaussians in D dimensions: centres (M, D), weights (M,), scales (M,).

    The weights sum to one; a scale is a mode's standard deviation along every axis. Raises
    `BadInput` for arrays that do not fit together.
    """

    centres: Floats
    weights: Floats
    scales: Floats

    def __post_init__(self) -> None:
        for name in ("centres", "weights", "scales"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float64))
        if self.centres.ndim != 2 or not (
            self.weights.shape == self.scales.shape == self.centres.shape[:1]
        ):
            raise BadInput(
                f"a mixture needs centres (M, D), weights (M,) and scales (M,), not "
                f"{self.centres.shape}, {self.weights.shape} and {self.scales.shape}"
            )
        if not (self.weights > 0).all() or not np.isclose(self.weights.sum(), 1):
            raise BadInput("a mixture's weights must be positive and sum to 1")
        if not (self.scales > 0).all():
            raise BadInput("a mixture's scales must be positive")

    def sample(self, n: int, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Draw n points: x (n, D), and the mode (n,) that each came from."""
        component = rng.choice(len(self.weights), size=n, p=self.weights)
        noise = rng.standard_normal((n, self.centres.shape[1]))
        return self.centres[component] + self.scales[component, None] * noise, component

    def log_prob(self, x: Array) -> Floats:
        """The log-density at x (N, D), in nats: (N,)."""
        return np.asarray(np.logaddexp.reduce(self._log_joint(x), axis=1))

    def responsibilities(self, x: Array) -> Floats:
        """The posterior p(mode | x) at x (N, D): (N, M), rows summing to one."""
        return np.asarray(np.exp(self._log_joint(x) - self.log_prob(x)[:, None]))

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary: `centres`, `weights`, `scales` as lists."""
        return {
            "centres": self.centres.tolist(),
            "weights": self.weights.tolist(),
            "scales": self.scales.tolist(),
        }

    def _log_joint(self, x: Array) -> Floats:
        dimensions = self.centres.shape[1]
        if x.ndim != 2 or x.shape[1] != dimensions:
            raise BadInput(f"the mixture is over points (N, {dimensions}), not {x.shape}")
        # Summed one dimension at a time: (N, M) is all that is ever held.
        squared = sum(
            np.subtract.outer(x[:, d], self.centres[:, d]) ** 2 for d in range(dimensions)
        )
        log_normaliser = dimensions * (np.log(self.scales) + log(2 * pi) / 2)
        return np.asarray(np.log(self.weights) - squared / (2 * self.scales**2) - log_normaliser)


def ring() -> Mixture:
    """Eight equal modes on the unit circle, scale .01 (PacGAN's ring)."""
    angles = 2 * pi * np.arange(8) / 8
    return _equal(np.stack([np.cos(angles), np.sin(angles)], axis=1), scale=0.01)


def grid() -> Mixture:
    """Twenty-five equal modes on {−4, −2, 0, 2, 4}², scale .05 (PacGAN's grid)."""
    side = np.arange(-4.0, 5.0, 2.0)
    return _equal(np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2), 0.05)


def random_mixture(seed: int) -> Mixture:
    """Twelve unequal modes in the square [−4, 4]², another set for every seed ≥ 0.

    Centres are uniform, redrawn while within 1 of an earlier one. The weights are .03 each plus
    .64 shared out by a uniform Dirichlet draw: rare modes are rare but not absent. Each scale is
    uniform between a tenth and a third of the distance to the nearest other centre.
    """
    modes, least_weight, least_distance = 12, 0.03, 1.0
    rng = np.random.default_rng(seed)
    centres = rng.uniform(-4, 4, size=(1, 2))
    while len(centres) < modes:
        candidate = rng.uniform(-4, 4, size=2)
        if np.linalg.norm(centres - candidate, axis=1).min() >= least_distance:
            centres = np.vstack([centres, candidate])
    weights = least_weight + (1 - modes * least_weight) * rng.dirichlet(np.ones(modes))
    scales = rng.uniform(1 / 10, 1 / 3, size=modes) * nearest_distances(centres)
    return Mixture(centres, weights, scales)


def nearest_distances(centres: Floats) -> Floats:
    """From each centre (M, D), the distance to the nearest other one: (M,)."""
    distances = np.linalg.norm(centres[:, None] - centres[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    return np.asarray(distances.min(axis=1))


def _equal(centres: Floats, scale: float) -> Mixture:
    modes = len(centres)
    return Mixture(centres, np.full(modes, 1 / modes), np.full(modes, scale))
