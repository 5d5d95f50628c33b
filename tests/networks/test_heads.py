from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Laplace, Normal
from torch.nn.functional import binary_cross_entropy_with_logits

from kullback.data import Space
from kullback.distributions import Delta, Noise, draw
from kullback.networks import (
    LIKELIHOODS,
    BernoulliHead,
    GaussianCode,
    GaussianHead,
    Network,
    PointCode,
    PointHead,
)
from kullback.networks.heads import binarised

GREY = Space("uint8", (8, 9), "uint8")
BITS = Space("binary", (3,), "uint8")
REAL = Space("real", (3,), "float64", (1.0, 2.0, 3.0), scale=4.0)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
@pytest.mark.parametrize("space", [GREY, REAL], ids=["image", "vector"])
def test_a_likelihood_is_over_one_observation_and_scores_what_it_draws(
    likelihood: str, space: Space
) -> None:
    head = LIKELIHOODS[likelihood](space)
    law = head(torch.randn(5, head.maps, *space.model_shape))
    assert (law.batch_shape, law.event_shape) == ((5,), space.model_shape)
    scores = law.log_prob(draw(law, Noise.seeded(5, 0)))
    assert scores.shape == (5,)
    assert torch.isfinite(scores).all()
    assert law.mean.shape == (5, *space.model_shape)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
@pytest.mark.parametrize("size", [-1e4, 1e4])
def test_a_likelihood_is_finite_with_finite_gradients_at_numbers_of_any_size(
    likelihood: str, size: float
) -> None:
    head = LIKELIHOODS[likelihood](GREY)
    numbers = torch.full((2, head.maps, *GREY.model_shape), size, requires_grad=True)
    pixels = torch.linspace(0, 1, 72).mul(255).round().div(255).view(1, *GREY.model_shape)
    scores = head(numbers).log_prob(pixels.round() if likelihood == "bernoulli" else pixels)
    assert torch.isfinite(scores).all()
    (slope,) = torch.autograd.grad(scores.sum(), numbers)
    assert torch.isfinite(slope).all()


def test_the_bernoulli_likelihood_is_the_cross_entropy_and_sums_to_one() -> None:
    logits = torch.randn(1, 1, 3)
    law = BernoulliHead(BITS)(logits)
    every = torch.tensor(list(itertools.product((0.0, 1.0), repeat=3)))
    scores = law.log_prob(every)
    expected = -binary_cross_entropy_with_logits(logits[0].expand(8, 3), every, reduction="none")
    torch.testing.assert_close(scores, expected.sum(1))
    torch.testing.assert_close(scores.exp().sum(), torch.tensor(1.0))


@pytest.mark.parametrize("likelihood", ["discretised-logistic", "categorical"])
def test_the_masses_of_all_levels_of_a_pixel_sum_to_one(likelihood: str) -> None:
    space = Space("uint8", (1,), "uint8")
    head = LIKELIHOODS[likelihood](space)
    every = torch.arange(256).view(256, 1) / 255
    masses = head(torch.randn(1, head.maps, 1)).log_prob(every).exp()
    torch.testing.assert_close(masses.sum(), torch.tensor(1.0), atol=1e-5, rtol=0)


def test_the_gaussian_likelihood_is_a_density_in_data_units() -> None:
    head = GaussianHead(REAL, fixed=0.5).double()
    mean = torch.randn(4, 1, 3, dtype=torch.float64)
    x = torch.randn(4, 3, dtype=torch.float64) * 5
    direct: Distribution = Independent(
        Normal(mean[:, 0] * 4 + torch.tensor([1.0, 2.0, 3.0]), 4 * 0.5), 1
    )
    torch.testing.assert_close(head(mean).log_prob(REAL.to_model(x)), direct.log_prob(x))


def test_one_scale_for_all_features_is_learned_unless_it_is_fixed() -> None:
    (scale,) = GaussianHead(REAL).parameters()
    assert scale.shape == ()
    assert list(GaussianHead(REAL, fixed=2.0).parameters()) == []
    assert GaussianHead(REAL, fixed=2.0).state_dict()["log_scale"] == math.log(2)


def test_grey_pixels_are_binarised_with_their_value_as_probability_and_bits_stay() -> None:
    grey = torch.rand(3, 4)
    noise = Noise.seeded(3, 0)
    looks = torch.stack([binarised(grey, noise) for _ in range(2000)])
    assert set(looks.flatten().tolist()) == {0.0, 1.0}
    assert (looks.mean(0) - grey).abs().max() < 5 * 0.5 / 2000**0.5
    bits = grey.round()
    assert torch.equal(binarised(bits, noise), bits)
    assert BernoulliHead(BITS).observe is None
    assert BernoulliHead(GREY).observe is binarised


def test_a_gaussian_code_is_a_mean_beside_a_log_variance_that_is_kept_in_bounds() -> None:
    code = GaussianCode()(torch.tensor([[1.0, 2.0, 0.0, math.log(9)]]))
    torch.testing.assert_close(code.mean, torch.tensor([[1.0, 2.0]]))
    torch.testing.assert_close(code.stddev, torch.tensor([[1.0, 3.0]]))
    wild = GaussianCode()(torch.tensor([[0.0, 0.0, -1e6, 1e6]]))
    torch.testing.assert_close(wild.variance.log(), torch.tensor([[-14.0, 14.0]]))


def test_a_point_is_its_own_draw_and_pixels_stay_in_range() -> None:
    numbers = torch.tensor([[[-1e3, 0.0, 1e3]]])
    pixels = PointHead(BITS)(numbers)
    assert isinstance(pixels, Delta)
    torch.testing.assert_close(pixels.mean, torch.tensor([[0.0, 0.5, 1.0]]))
    torch.testing.assert_close(PointHead(REAL)(numbers).mean, numbers[:, 0])
    torch.testing.assert_close(PointCode()(numbers[0]).mean, numbers[0])


def test_a_network_computes_densities_in_single_precision_at_least() -> None:
    class Cast(nn.Module):
        def __init__(self, dtype: torch.dtype) -> None:
            super().__init__()
            self.dtype = dtype

        def forward(self, x: Tensor) -> Tensor:
            return x.to(self.dtype)

    dtypes = {
        torch.bfloat16: torch.float32,
        torch.float32: torch.float32,
        torch.float64: torch.float64,
    }
    for inside, outside in dtypes.items():
        assert Network(Cast(inside), PointCode())(torch.zeros(1, 2)).mean.dtype == outside


def test_a_body_that_returns_a_distribution_needs_no_head() -> None:
    class Own(nn.Module):
        def forward(self, x: Tensor) -> Delta:
            return Delta(x + 1)

    law = Network(Own(), GaussianCode())(torch.zeros(2, 3))
    torch.testing.assert_close(law.mean, torch.ones(2, 3))


@pytest.mark.parametrize("error", [Laplace, Normal])
def test_a_point_with_errors_is_scored_by_a_density_in_data_units(
    error: type[Laplace] | type[Normal],
) -> None:
    numbers, x = torch.randn(4, 1, 3).double(), 5 * torch.randn(4, 3).double()
    law = PointHead(REAL, error, scale=0.5)(numbers)
    shift = torch.tensor([1.0, 2.0, 3.0]).double()
    scale = torch.tensor(4 * 0.5).double()
    direct: Distribution = Independent(error(numbers[:, 0] * 4 + shift, scale), 1)
    torch.testing.assert_close(law.log_prob(REAL.to_model(x)), direct.log_prob(x))
    assert torch.equal(draw(law, Noise.seeded(4, 0)), numbers[:, 0])
