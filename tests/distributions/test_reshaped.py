from __future__ import annotations

import pytest
import torch
from torch.distributions import MultivariateNormal

from kullback.distributions import Noise, Reshaped, draw


def test_a_picture_has_the_density_and_the_draws_of_its_vector() -> None:
    torch.manual_seed(0)
    root = torch.randn(3, 6, 6).tril(-1) + torch.eye(6)
    base = MultivariateNormal(torch.randn(3, 6), scale_tril=root)
    law = Reshaped(base, (1, 2, 3))
    assert (law.batch_shape, law.event_shape) == ((3,), (1, 2, 3))
    assert torch.equal(law.mean.flatten(1), base.mean)
    pictures = draw(law, Noise.seeded(3, 0), (4,))
    assert pictures.shape == (4, 3, 1, 2, 3)
    assert torch.equal(pictures.flatten(2), draw(base, Noise.seeded(3, 0), (4,)))
    expected = base.log_prob(pictures.flatten(2))  # type: ignore[no-untyped-call]
    assert torch.equal(law.log_prob(pictures), expected)


def test_a_shape_of_other_size_is_refused() -> None:
    base = MultivariateNormal(torch.zeros(5), torch.eye(5))
    with pytest.raises(ValueError, match=r"not one of \(2, 3\)"):
        Reshaped(base, (2, 3))
