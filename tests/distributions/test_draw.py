"""Draws with chosen base noise: where the noise has exact moments, so have the draws."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    Independent,
    MultivariateNormal,
    Normal,
    OneHotCategorical,
    OneHotCategoricalStraightThrough,
    StudentT,
    Uniform,
)

from kullback.distributions import (
    Delta,
    DiscretisedLogistic,
    Levels,
    Noise,
    Rescaled,
    draw,
)

DISTRIBUTIONS: list[Distribution] = [
    Normal(torch.randn(4, 3), 0.5),
    Independent(Normal(torch.randn(4, 3), 0.5), 1),
    Rescaled(Independent(Normal(torch.randn(4, 3), 0.5), 1), 2.0),
    MultivariateNormal(torch.randn(4, 3), torch.eye(3)),
    Uniform(torch.zeros(4, 3), torch.rand(4, 3) + 1),
    Bernoulli(torch.rand(4, 3)),
    Categorical(torch.rand(4, 3)),
    OneHotCategorical(torch.rand(4, 3)),
    Independent(Levels(torch.randn(4, 3, 256)), 1),
    Independent(DiscretisedLogistic(torch.rand(4, 3), torch.zeros(4, 3)), 1),
    Delta(torch.randn(4, 3)),
]
each = pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=lambda d: type(d).__name__)


class Chosen(Noise):
    """One block of numbers, in whatever shape it is asked for."""

    def __init__(self, numbers: Tensor) -> None:
        super().__init__(len(numbers))
        self.numbers = numbers

    def draw(self, kind: str, shape: tuple[int, ...]) -> Tensor:
        return self.numbers.reshape(shape)


def sigma_points(dim: int) -> Tensor:
    """2·dim points with the mean 0 and the covariance I."""
    corners = dim**0.5 * torch.eye(dim, dtype=torch.float64)
    return torch.cat([corners, -corners])


def evenly(n: int) -> Tensor:
    return (torch.arange(n, dtype=torch.float64) + 0.5) / n


@each
def test_a_draw_has_the_shape_of_samples_batch_and_event(distribution: Distribution) -> None:
    shape = distribution.batch_shape + distribution.event_shape
    assert draw(distribution, Noise.seeded(4, 0)).shape == shape
    assert draw(distribution, Noise.seeded(4, 0), (5, 2)).shape == (5, 2, *shape)


@each
def test_replayed_noise_gives_the_draw_of_the_noise_it_replays(distribution: Distribution) -> None:
    first, again = Noise.seeded(4, 7), Noise.seeded(4, 7)
    drawn = draw(distribution, first, (3,))
    numbers = [again.draw(kind, shape) for kind, shape in first.requests]
    torch.testing.assert_close(
        draw(distribution, Noise.replay(4, numbers), (3,)), drawn, atol=0, rtol=0
    )


@each
def test_a_draw_can_be_scored(distribution: Distribution) -> None:
    value = draw(distribution, Noise.seeded(4, 0), (5,))
    if not isinstance(distribution, Delta):
        assert torch.isfinite(distribution.log_prob(value)).all()


def test_double_precision_noise_gives_double_precision_draws() -> None:
    noise = Noise.seeded(2, 0, dtype=torch.float64)
    zeros = torch.zeros(2, 3, dtype=torch.float64)
    for distribution in (
        Normal(zeros, zeros + 1),
        MultivariateNormal(zeros, torch.eye(3, dtype=torch.float64)),
        Bernoulli(zeros + 0.5),
        OneHotCategorical(zeros + 1),
        DiscretisedLogistic(zeros, zeros),
        Levels(torch.zeros(2, 256, dtype=torch.float64)),
    ):
        assert draw(distribution, noise).dtype == torch.float64


def test_gaussian_draws_have_the_mean_and_covariance_they_should() -> None:
    torch.manual_seed(0)
    mean, root = torch.randn(3).double(), torch.randn(3, 3).double().tril()
    root = root + 3 * torch.eye(3)
    z = draw(MultivariateNormal(mean, scale_tril=root), Chosen(sigma_points(3)), (6,))
    torch.testing.assert_close(z.mean(0), mean)
    torch.testing.assert_close(z.T.cov(correction=0), root @ root.T)
    scale = root.diagonal()
    z = draw(Independent(Normal(mean, scale), 1), Chosen(sigma_points(3)), (6,))
    torch.testing.assert_close(z.mean(0), mean)
    torch.testing.assert_close(z.T.cov(correction=0), scale.square().diag())


@settings(deadline=None)
@given(st.floats(-3, 3), st.floats(0.1, 3))
def test_the_pathwise_gradient_of_an_expectation_is_that_of_its_closed_form(
    mean: float, scale: float
) -> None:
    # E z² = μ² + σ², and ε = ±1 takes this expectation exactly.
    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (mean, scale)]
    noise = Chosen(torch.tensor([1.0, -1.0]).double())
    value = draw(Normal(leaves[0], leaves[1]), noise, (2,)).square().mean()
    slopes = torch.autograd.grad(value, leaves)
    assert float(value.detach()) == pytest.approx(mean**2 + scale**2)
    assert [float(s) for s in slopes] == pytest.approx([2 * mean, 2 * scale])


def test_seeded_gaussian_noise_draws_the_right_moments() -> None:
    n = 40_000
    z = draw(Normal(torch.tensor(2.0), 3.0), Noise.seeded(n, 0), (n,))
    assert float(z.mean()) == pytest.approx(2, abs=4 * 3 / n**0.5)
    assert float(z.std()) == pytest.approx(3, abs=4 * 3 / (2 * n) ** 0.5)


@settings(deadline=None)
@given(st.floats(0, 1))
def test_bits_have_their_probability_as_frequency(chance: float) -> None:
    n = 1000
    bits = draw(Bernoulli(torch.tensor(chance, dtype=torch.float64)), Chosen(evenly(n)), (n,))
    assert set(bits.tolist()) <= {0.0, 1.0}
    assert float(bits.mean()) == pytest.approx(chance, abs=1 / n)


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=6))
def test_categories_have_their_probabilities_as_frequencies(weights: list[float]) -> None:
    n, law = 1000, Categorical(torch.tensor(weights, dtype=torch.float64))
    drawn = draw(law, Chosen(evenly(n)), (n,))
    found = drawn.bincount(minlength=len(weights)).double() / n
    torch.testing.assert_close(found, law.probs, atol=1.1 / n, rtol=0)
    assert not drawn.is_floating_point()


def test_a_one_hot_draw_is_the_drawn_category_of_the_same_noise() -> None:
    weights = torch.tensor([[0.2, 0.5, 0.3], [0.0, 0.0, 1.0], [0.9, 0.0, 0.1]])
    index = draw(Categorical(weights), Noise.seeded(3, 0), (200,))
    one_hot = draw(OneHotCategorical(weights), Noise.seeded(3, 0), (200,))
    assert (one_hot.sum(-1) == 1).all()
    assert torch.equal(one_hot.argmax(-1), index)
    assert {int(k) for k in index[:, 0]} == {0, 1, 2}
    assert {int(k) for k in index[:, 1]} == {2}


def test_a_draw_that_promises_a_gradient_is_not_made_without_it() -> None:
    with pytest.raises(TypeError, match="StraightThrough"):
        draw(OneHotCategoricalStraightThrough(torch.ones(4, 3)), Noise.seeded(4, 0))


def test_a_distribution_of_unknown_noise_is_refused_unless_it_draws_itself() -> None:
    class Own(StudentT):
        def draw(self, noise: Noise, sample_shape: tuple[int, ...]) -> Tensor:
            return noise.normal(*sample_shape, *self.batch_shape) + 100

    with pytest.raises(TypeError, match="StudentT"):
        draw(StudentT(torch.tensor([3.0])), Noise.seeded(1, 0))
    assert (draw(Own(torch.tensor([3.0, 3.0])), Noise.seeded(1, 0), (4,)) > 50).all()
