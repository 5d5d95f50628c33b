"""Draws of the model side."""

from __future__ import annotations

import numpy as np
from torch import nn

from kullback.distributions import Noise
from kullback.lab.digits import digits, seeded
from kullback.lab.draws import drawn
from kullback.lab.games import generated
from kullback.models.variational import vae


def test_draws_follow_the_noise() -> None:
    p = generated(nn.Identity(), 2)
    first, again, other = (drawn(p, Noise.seeded(5, seed)) for seed in (0, 0, 1))
    assert first.shape == (5, 2)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_draws_differ_from_their_means_by_the_decoders_scale() -> None:
    model = seeded(lambda: vae(digits().space, 2, [4], 1.0, "gaussian", 0.25), 0)
    error = drawn(model.p, Noise.seeded(500, 1)) - drawn(model.p, Noise.seeded(500, 1), mean=True)
    assert abs(error.std() - 0.25) < 0.01
