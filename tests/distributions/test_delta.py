from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.distributions import Independent, Laplace, Normal

from kullback.distributions import Delta, Noise, draw


@pytest.mark.parametrize("event_dim", [0, 1, 2])
def test_the_last_dimensions_are_the_event(event_dim: int) -> None:
    point = Delta(torch.zeros(4, 3, 2), event_dim)
    assert point.batch_shape + point.event_shape == (4, 3, 2)
    assert len(point.event_shape) == event_dim


def test_every_draw_is_the_point_and_uses_no_noise() -> None:
    value, noise = torch.randn(4, 3), Noise.seeded(4, 0)
    drawn = draw(Delta(value), noise, (5,))
    torch.testing.assert_close(drawn, value.expand(5, 4, 3))
    torch.testing.assert_close(Delta(value).mean, value)
    assert noise.requests == []


def test_the_gradient_of_a_draw_is_that_of_the_point() -> None:
    value = torch.randn(4, 3, requires_grad=True)
    (slope,) = torch.autograd.grad(draw(Delta(value), Noise.seeded(4, 0), (5,)).sum(), value)
    torch.testing.assert_close(slope, torch.full((4, 3), 5.0))


def test_a_point_mass_has_no_density() -> None:
    with pytest.raises(TypeError, match="no density"):
        Delta(torch.zeros(2)).log_prob(torch.zeros(2))


@pytest.mark.parametrize(
    ("law", "by_hand"),
    [
        (Laplace, lambda e, s: -(e.abs() / s + torch.log(2 * s))),
        (Normal, lambda e, s: -(0.5 * (e / s) ** 2 + torch.log(s) + 0.5 * math.log(2 * math.pi))),
    ],
)
def test_with_a_law_of_errors_it_is_scored_by_that_and_drawn_as_the_point(
    law: type[Laplace] | type[Normal], by_hand: Callable[[Tensor, Tensor], Tensor]
) -> None:
    point, seen, scale = torch.randn(4, 3), torch.randn(4, 3), torch.rand(4, 3) + 0.5
    scored = Delta(point, 1, Independent(law(point, scale), 1))
    torch.testing.assert_close(scored.log_prob(seen), by_hand(seen - point, scale).sum(1))
    noise = Noise.seeded(4, 0)
    assert torch.equal(draw(scored, noise), point)
    assert torch.equal(scored.mean, point)
    assert noise.requests == []
