from __future__ import annotations

import pytest
import torch

from kullback.distributions import Noise, draw
from kullback.networks import FittedNormal, StandardNormal


def test_the_standard_normal_has_nothing_to_learn_or_to_save() -> None:
    prior = StandardNormal(3)
    assert (list(prior.parameters()), prior.state_dict()) == ([], {})
    assert (prior().mean == 0).all()
    assert (prior().variance == 1).all()


@pytest.mark.parametrize("dim", [1, 3])
def test_a_fitted_normal_has_the_moments_of_the_codes(dim: int) -> None:
    torch.manual_seed(0)
    codes = torch.randn(500, dim) @ (torch.randn(dim, dim) + torch.eye(dim)) + 5
    prior = FittedNormal(dim)
    prior.fit(codes)
    law = prior()
    torch.testing.assert_close(law.mean, codes.mean(0))
    spread = codes.T.cov().reshape(dim, dim)
    tolerance = 2e-4 * float(spread.diagonal().mean())
    torch.testing.assert_close(law.covariance_matrix, spread, atol=tolerance, rtol=1e-4)


def test_a_fitted_normal_takes_codes_that_do_not_vary() -> None:
    prior = FittedNormal(2)
    prior.fit(torch.tensor([[1.0, 0.0], [1.0, 2.0], [1.0, 4.0]]))
    drawn = draw(prior(), Noise.seeded(1, 0), (500,))
    assert (drawn[:, 0] - 1).abs().max() < 0.1
    prior.fit(torch.ones(3, 2))
    assert (draw(prior(), Noise.seeded(1, 0), (500,)) - 1).abs().max() < 1e-3
