from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.distributions import Distribution, Independent, Normal, OneHotCategorical

from kullback.distributions import Masked, Noise, Rescaled, draw

B, T, F = 5, 7, 3
MASK = (torch.arange(T) < torch.tensor([1, 3, 7, 2, 5])[:, None]).double()


def gaussian(log_jacobian: float = 0.0) -> Distribution:
    torch.manual_seed(0)
    mean, scale = torch.randn(B, T, F).double(), torch.rand(B, T, F).double() + 0.5
    return Rescaled(Independent(Normal(mean, scale, validate_args=False), 1), log_jacobian)


def tokens() -> Distribution:
    torch.manual_seed(0)
    return OneHotCategorical(logits=torch.randn(B, T, F).double(), validate_args=False)


each_law = pytest.mark.parametrize("law", [gaussian(), tokens()], ids=["gaussian", "tokens"])


def by_hand(law: Distribution, x: Tensor) -> Tensor:
    each = law.log_prob(x)
    rows = [sum(each[b, t] for t in range(T) if MASK[b, t]) for b in range(B)]
    return torch.stack(rows)  # type: ignore[arg-type]


@each_law
def test_a_likelihood_is_the_sum_over_the_steps_that_exist(law: Distribution) -> None:
    masked = Masked(law, MASK)
    assert (masked.batch_shape, masked.event_shape) == ((B,), (T, F))
    x = draw(law, Noise.seeded(B, 1, dtype=torch.float64))
    torch.testing.assert_close(masked.log_prob(x), by_hand(law, x))


@each_law
def test_what_stands_in_the_padding_changes_nothing_not_even_a_gradient(law: Distribution) -> None:
    x = draw(law, Noise.seeded(B, 1, dtype=torch.float64))
    masked = Masked(law, MASK)
    for value in (0.0, 1e30, torch.inf, torch.nan):
        other = torch.where(MASK[..., None] > 0, x, value)
        assert torch.equal(masked.log_prob(other), masked.log_prob(x))
    mean = torch.randn(B, T, F).requires_grad_()
    law = Independent(Normal(mean, 1.0), 1)
    Masked(law, MASK).log_prob(x).sum().backward()  # type: ignore[no-untyped-call]
    assert mean.grad is not None
    assert torch.equal(mean.grad.abs().sum(-1) > 0, MASK > 0)


@each_law
def test_draws_and_the_mean_are_the_steps_own_and_0_elsewhere(law: Distribution) -> None:
    masked = Masked(law, MASK)
    made = draw(masked, Noise.seeded(B, 2, dtype=torch.float64), (4,))
    plain = draw(law, Noise.seeded(B, 2, dtype=torch.float64), (4,))
    assert made.shape == (4, B, T, F)
    for whole, only in ((plain, made), (law.mean, masked.mean)):
        assert torch.equal(only, torch.where(MASK[..., None] > 0, whole, 0.0))
    assert masked.has_rsample == law.has_rsample


def test_every_step_that_exists_has_the_jacobian_of_one_step() -> None:
    x = torch.zeros(B, T, F).double()
    difference = Masked(gaussian(2.5), MASK).log_prob(x) - Masked(gaussian(), MASK).log_prob(x)
    torch.testing.assert_close(difference, 2.5 * MASK.sum(-1))
