"""The gradient of a Gaussian expectation by quadrature, where it is known."""

from __future__ import annotations

import numpy as np
import pytest

from kullback.lab.exact.expectation import expectation, gradient


@pytest.mark.parametrize(("mean", "log_variance"), [(0.0, 0.0), (1.5, -2.0), (-0.7, 1.0)])
def test_the_second_moment_has_the_slopes_of_its_closed_form(
    mean: float, log_variance: float
) -> None:
    variance = np.exp(log_variance)
    assert expectation(lambda z: z**2, mean, log_variance) == pytest.approx(mean**2 + variance)
    found = gradient(lambda z: z**2, mean, log_variance)
    np.testing.assert_allclose(found, [2 * mean, variance], atol=1e-6)


def test_a_wave_keeps_its_slope_but_for_what_the_noise_takes() -> None:
    mean, log_variance = 0.3, -0.5
    factor = np.exp(-np.exp(log_variance) / 2)
    found = gradient(np.sin, mean, log_variance)
    by_hand = [factor * np.cos(mean), -np.exp(log_variance) / 2 * factor * np.sin(mean)]
    np.testing.assert_allclose(found, by_hand, atol=1e-6)
