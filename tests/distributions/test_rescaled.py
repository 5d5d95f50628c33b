from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Bernoulli, Distribution, Independent, Normal

from kullback.data import Space
from kullback.distributions import Noise, Rescaled, draw


def test_in_data_units_the_density_integrates_to_one() -> None:
    space = Space("real", (2,), "float64", shift=(7.0, -300.0), scale=40.0)
    base = Independent(Normal(torch.tensor([0.3, -0.2]).double(), 0.7), 1)
    side = torch.linspace(-400, 400, 401, dtype=torch.float64)
    grid = torch.cartesian_prod(side + 7, side - 300)
    heights = Rescaled(base, space.log_jacobian).log_prob(space.to_model(grid)).exp()
    area = (side[1] - side[0]) ** 2
    assert float(heights.sum() * area) == pytest.approx(1, abs=1e-9)


def test_standardising_does_not_change_a_likelihood() -> None:
    space = Space("real", (1,), "float64", shift=(5.0,), scale=3.0)
    x = torch.linspace(-10, 20, 31, dtype=torch.float64)[:, None]
    inside = Rescaled(
        Independent(Normal(torch.tensor([0.5]).double(), 0.25), 1), space.log_jacobian
    )
    direct: Distribution = Independent(Normal(torch.tensor([5 + 3 * 0.5]).double(), 3 * 0.25), 1)
    torch.testing.assert_close(inside.log_prob(space.to_model(x)), direct.log_prob(x))


def test_only_the_density_is_rescaled_and_not_the_draws() -> None:
    base = Independent(Normal(torch.ones(4, 2), 2.0), 1)
    rescaled = Rescaled(base, math.log(3))
    torch.testing.assert_close(rescaled.mean, base.mean)
    torch.testing.assert_close(draw(rescaled, Noise.seeded(4, 1)), draw(base, Noise.seeded(4, 1)))
    assert rescaled.has_rsample
    assert not Rescaled(Bernoulli(torch.ones(2) / 2), 0.0).has_rsample
    assert (rescaled.batch_shape, rescaled.event_shape) == (base.batch_shape, base.event_shape)
