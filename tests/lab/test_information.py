import math

import numpy as np
import pytest

from kullback.lab.experiments.information import _best_decoder, _of_a_normal, _of_an_even


@pytest.mark.parametrize("ratio", [0.1, 3.0, 1000.0])
def test_a_normal_code_reaches_the_capacity(ratio: float) -> None:
    assert _of_a_normal(ratio) == pytest.approx(0.5 * math.log(1 + ratio), abs=1e-5)


def test_an_even_number_with_little_noise_tells_the_difference_of_the_entropies() -> None:
    noise = 0.01
    expected = math.log(10) - 0.5 * math.log(2 * math.pi * math.e * noise**2)
    assert _of_an_even(noise) == pytest.approx(expected, abs=5e-3)


def test_an_even_number_agrees_with_sampling() -> None:
    rng = np.random.default_rng(0)
    mu = rng.uniform(0, 10, 1000)
    z = mu + 2 * rng.standard_normal(1000)
    others = np.linspace(0, 10, 2001)
    density = np.exp(-((z[:, None] - others) ** 2) / 8).mean(1)
    information = (-((z - mu) ** 2) / 8 - np.log(density)).mean()
    assert _of_an_even(2.0) == pytest.approx(information, abs=0.06)


def test_the_best_decoder_errs_more_the_wider_the_posteriors() -> None:
    errors = [_best_decoder(share)[0] for share in (0.05, 0.3, 0.6, 0.9)]
    assert errors == sorted(errors)
    assert errors[0] < 0.1 * errors[-1]
