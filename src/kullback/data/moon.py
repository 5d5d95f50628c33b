"""MOON: pictures with exactly one degree of freedom, the phase.

A disc of radius R is lit from the right up to the terminator, half an ellipse. At height y the disc
reaches w = √(R² − y²) to either side and the terminator stands at w(1 − 2f), so a share f of every
chord, hence of the disc, is lit. A pixel's grey is its lit area: exact along a chord, averaged
over a few chords per pixel. Every value between black (f = 0) and full (f = 1) is smooth in f.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SIDE = 12
RADIUS = 5.0
CHORDS_PER_PIXEL = 16


def moon(fractions: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Pictures (N, 12, 12) of the moon with these lit fractions (N,), each in [0, 1]."""
    edges = np.arange(SIDE + 1) - SIDE / 2
    heights = (np.arange(SIDE * CHORDS_PER_PIXEL) + 0.5) / CHORDS_PER_PIXEL - SIDE / 2
    halves = np.sqrt(np.maximum(RADIUS**2 - heights**2, 0))
    pictures = np.empty((len(fractions), SIDE, SIDE), np.uint8)
    for picture, fraction in zip(pictures, fractions, strict=True):
        # The lit length left of each pixel edge; its differences are each pixel's lit length.
        left = (halves * (1 - 2 * fraction))[:, None]
        lit = np.diff(np.clip(edges, left, halves[:, None]), axis=1)
        area = lit.reshape(SIDE, CHORDS_PER_PIXEL, SIDE).mean(axis=1)
        picture[:] = np.rint(255 * area)
    return pictures
