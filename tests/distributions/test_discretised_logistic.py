from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kullback.distributions import DiscretisedLogistic, Noise, draw

LEVELS = torch.arange(256, dtype=torch.float64) / 255
patiently = settings(deadline=None, max_examples=60)


def scalar(value: float, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.tensor(value, dtype=dtype)


def naive(loc: float, log_scale: float) -> Tensor:
    edges = (torch.arange(257, dtype=torch.float64) - 0.5) / 255
    below = torch.sigmoid((edges - loc) / scalar(log_scale).exp())
    below[0], below[-1] = 0, 1
    return below.diff()


@patiently
@given(st.floats(-2, 3), st.floats(-7, 3))
def test_the_masses_of_the_levels_sum_to_one_and_match_the_naive_formula(
    loc: float, log_scale: float
) -> None:
    masses = DiscretisedLogistic(scalar(loc), scalar(log_scale)).log_prob(LEVELS).exp()
    assert float(masses.sum()) == pytest.approx(1, abs=1e-10)
    torch.testing.assert_close(masses, naive(loc, log_scale), atol=1e-12, rtol=1e-6)


@patiently
@given(st.floats(-2, 3), st.floats(-7, 3))
def test_single_precision_agrees_with_double(loc: float, log_scale: float) -> None:
    loc, log_scale = float(scalar(loc).float()), float(scalar(log_scale).float())
    single = DiscretisedLogistic(scalar(loc).float(), scalar(log_scale).float())
    double = DiscretisedLogistic(scalar(loc), scalar(log_scale))
    torch.testing.assert_close(
        single.log_prob(LEVELS.float()).double(), double.log_prob(LEVELS), atol=2e-3, rtol=2e-4
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@patiently
@given(loc=st.floats(-50, 50), log_scale=st.floats(-30, 150))
def test_at_every_level_value_and_gradient_are_finite_for_extreme_parameters(
    dtype: torch.dtype, loc: float, log_scale: float
) -> None:
    leaves = [scalar(v, dtype).requires_grad_(True) for v in (loc, log_scale)]
    at = [leaf.expand(256) for leaf in leaves]
    found = DiscretisedLogistic(at[0], at[1]).log_prob(LEVELS.to(dtype))
    assert torch.isfinite(found).all()
    assert (found < 1e-5).all()
    for level in (0, 1, 128, 254, 255):
        slopes = torch.autograd.grad(found[level], leaves, retain_graph=True)
        assert all(torch.isfinite(slope) for slope in slopes)
    assert all(torch.isfinite(s) for s in torch.autograd.grad(found.sum(), leaves))


@patiently
@given(st.floats(-0.5, 1.5), st.floats(-5, 2))
def test_turning_the_grey_scale_round_turns_the_masses_round(loc: float, log_scale: float) -> None:
    ahead = DiscretisedLogistic(scalar(loc), scalar(log_scale)).log_prob(LEVELS)
    back = DiscretisedLogistic(scalar(1 - loc), scalar(log_scale)).log_prob(LEVELS)
    torch.testing.assert_close(ahead.flip(0), back, atol=1e-7, rtol=1e-7)


@pytest.mark.parametrize(("loc", "log_scale"), [(0.5, -3.0), (0.02, -2.0), (1.2, -1.0), (0.5, 1.0)])
def test_drawn_levels_have_the_masses_as_frequencies(loc: float, log_scale: float) -> None:
    # Evenly spread u make the frequencies exact to one part in their number.
    n = 50_000
    even = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    pixels = DiscretisedLogistic(scalar(loc), scalar(log_scale))
    values = draw(pixels, Noise.replay(n, [even]), (n,))
    levels = (values * 255).round().long()
    torch.testing.assert_close(levels.double() / 255, values)
    frequencies = levels.bincount(minlength=256).double() / n
    torch.testing.assert_close(frequencies, pixels.log_prob(LEVELS).exp(), atol=2.1 / n, rtol=0)


def test_the_mean_is_the_expected_level_where_nothing_is_cut_off() -> None:
    pixels = DiscretisedLogistic(scalar(0.4), scalar(-4.0))
    expected = (pixels.log_prob(LEVELS).exp() * LEVELS).sum()
    torch.testing.assert_close(pixels.mean, expected, atol=1e-5, rtol=0)
    assert DiscretisedLogistic(scalar(1.7), scalar(-4.0)).mean == 1
