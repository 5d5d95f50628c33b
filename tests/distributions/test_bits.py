"""Independent bits against the general classes of torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.distributions import Bernoulli, Independent

from kullback.distributions import Bits


def both(logits: torch.Tensor, event_dim: int) -> tuple[Any, Any]:
    bits = Bernoulli(logits=logits, validate_args=False)
    return Bits(bits, event_dim, validate_args=False), Independent(bits, event_dim)


@pytest.mark.parametrize("event_dim", [1, 2, 3])
def test_the_density_and_its_gradient_are_those_of_independent_bernoullis(event_dim: int) -> None:
    logits = torch.randn(5, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    value = (torch.rand(5, 2, 3, 4) < 0.5).double()
    ours, theirs = both(logits, event_dim)
    a, b = ours.log_prob(value), theirs.log_prob(value)
    assert torch.allclose(a, b, rtol=1e-12)
    (slope,) = torch.autograd.grad(a.sum(), logits, retain_graph=True)
    (expected,) = torch.autograd.grad(b.sum(), logits)
    assert torch.allclose(slope, expected, rtol=1e-12)


def test_several_values_a_row_are_scored_against_the_same_logits() -> None:
    logits = torch.randn(5, 4)
    values = (torch.rand(3, 5, 4) < 0.5).float()
    ours, theirs = both(logits, 1)
    assert ours.log_prob(values).shape == (3, 5)
    assert torch.allclose(ours.log_prob(values), theirs.log_prob(values))


def test_it_expands_and_keeps_its_kind() -> None:
    ours, theirs = both(torch.randn(1, 4), 1)
    value = torch.ones(6, 4)
    wide = ours.expand(torch.Size([6]))
    assert isinstance(wide, Bits)
    assert torch.allclose(wide.log_prob(value), theirs.log_prob(value))
