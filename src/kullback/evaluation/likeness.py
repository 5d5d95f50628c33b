"""Are samples like the data at all? How far they lie from it, next to how far real rows do.

A sample is *far* if it is farther from its nearest training row than 19 of 20 real rows that were
not learnt from are. Of good samples one in twenty is far; of noise, of negatives, of pictures of
something else nearly all are. But in few dimensions being far says little by itself: on points a
good generator may miss a mode a hundredth as wide as the data by a few of its widths. So the
distance is also laid beside those of plain noise of the same range (uniform), of the same means and
deviations (independent Gaussian), and of the same covariance (Gaussian): a number without structure
that is as far away as noise is noise.

    noise_share = (median d(samples) − median d(real)) / (median d(noise) − median d(real))

with the nearest of the three noises that are themselves far, so 0 for real rows and 1 for noise. (A
Gaussian of the data's covariance is a fair model of some tables: then it is not far, and no noise.)
Of rows that are all equal even noise of their range is the row itself: whatever differs is noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kullback.evaluation.metric import Array, Floats
from kullback.evaluation.neighbours import nearest

QUANTILE = 0.95
_MOST_ROWS = 5_000
_MOST_POINTS = 500
_NOISES = 200


@dataclass(frozen=True)
class Likeness:
    """The share of samples that are far, ``noise_share``, and the median distances."""

    far: float
    noise_share: float
    distance: float
    real_distance: float


def likeness(samples: Array, train: Array, unseen: Array | None, seed: int = 0) -> Likeness:
    """How far samples (N, D) are from training rows (M, D), next to unseen rows, in any features.

    Without ``unseen`` rows each of 500 training rows is measured against the others.
    """
    rng = np.random.default_rng([seed, 3])
    rows = train[np.sort(rng.permutation(len(train))[:_MOST_ROWS])]
    if unseen is None:
        chosen = np.arange(len(rows))[:: max(1, len(rows) // _MOST_POINTS)]
        distances, found = nearest(rows[chosen], rows, 2)
        real = np.where(found[:, 0] == chosen, distances[:, 1], distances[:, 0])
    else:
        real = nearest(unseen[rng.permutation(len(unseen))[:_MOST_POINTS]], rows, 1)[0][:, 0]
    apart = nearest(samples[rng.permutation(len(samples))[:_MOST_POINTS]], rows, 1)[0][:, 0]
    usual, most = (float(np.quantile(real, q)) for q in (0.5, QUANTILE))
    noises = [float(np.median(nearest(x, rows, 1)[0])) for x in _noises(rows, rng)]
    rounding = 1e-9 * float(np.abs(rows).max())  # of rows all equal, noise is their mean, rounded
    noise = min((each for each in noises if each > most + rounding), default=most)
    distance = float(np.median(apart))
    return Likeness(
        far=float((apart > most).mean()),
        noise_share=(distance - usual) / (noise - usual)
        if noise > usual
        else float(distance > usual),
        distance=distance,
        real_distance=usual,
    )


def _noises(rows: Array, rng: np.random.Generator) -> list[Floats]:
    n, width = _NOISES, rows.shape[1]
    centre = rows.mean(0)
    low, high = rows.min(0), rows.max(0)
    # A Gaussian of the rows' own covariance: their deviations from the mean, mixed.
    deviations = rows[:2000] - centre
    mixed = rng.standard_normal((n, len(deviations))) @ deviations / np.sqrt(len(deviations))
    return [
        rng.uniform(low, high, (n, width)),
        centre + rows.std(0) * rng.standard_normal((n, width)),
        centre + mixed,
    ]
