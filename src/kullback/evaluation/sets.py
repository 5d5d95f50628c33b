"""Three sets of one size: samples, real rows to hold them against, and other real rows.

Most measures between sets depend on how many rows each has, so a value means something only beside
the same measure of real rows, at the same number: its floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kullback.evaluation.metric import Array
from kullback.evaluation.reference import Reference, check_samples, kept_apart

MOST = 10_000
"""More rows of a set are not looked at."""


@dataclass(frozen=True, eq=False)
class Sets:
    """Rows as given, n of each: ``samples`` and ``others`` are both held against ``real``."""

    samples: Array
    real: Array
    others: Array

    def __len__(self) -> int:
        return len(self.samples)


def equal_sets(samples: Array, reference: Reference, seed: int = 0) -> Sets:
    """As many rows of each as there are of the fewest, 10,000 at most, drawn by the seed.

    ``real`` are rows held out and ``others`` training rows; where nothing is held out they are two
    halves of the training rows without a row in common. Rows are drawn without replacement and in
    a random order, so that the first of them, and any part, are a fair sample of files that are
    sorted. Raises ``BadInput`` for samples that cannot be compared (see `check_samples`).
    """
    check_samples(samples, reference.space)
    rng = np.random.default_rng(seed)
    if reference.held_out is None:
        first, rest = kept_apart(len(reference.train), 0.5, rng)
    else:
        rest, first = (rng.permutation(len(p)) for p in (reference.train, reference.held_out))
    n = min(len(samples), len(first), len(rest), MOST)
    chosen = rng.permutation(len(samples))[:n]
    return Sets(
        samples[chosen],
        reference.unseen.take(first[:n]).observations,
        reference.train.take(rest[:n]).observations,
    )
