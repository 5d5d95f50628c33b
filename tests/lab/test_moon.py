import numpy as np
import torch

from kullback.data import moon
from kullback.lab.experiments.moon import (
    PHASES,
    SPACE,
    VARIANCE,
    off_the_moon,
    pictures,
    vae_of_the_moon,
)


def test_a_moon_is_no_distance_from_the_moon() -> None:
    assert off_the_moon(pictures(PHASES)).max() < 1e-4


def test_the_distance_is_the_least_over_all_phases() -> None:
    noise = np.random.default_rng(0).standard_normal((5, 144))
    every = SPACE.to_model(moon(np.linspace(0, 1, 501))).reshape(501, -1)
    brute = [min(((x - each) ** 2).sum() for each in every) for x in noise]
    np.testing.assert_allclose(off_the_moon(noise), brute, rtol=1e-5)


def test_the_variance_is_the_error_of_the_mean() -> None:
    x = pictures(PHASES)
    error = ((x - x.mean(0)) ** 2).sum((1, 2, 3)).mean()
    np.testing.assert_allclose(VARIANCE, error, rtol=1e-5)


def test_training_is_a_function_of_its_seed_and_leaves_the_callers_state() -> None:
    before = torch.get_rng_state()
    first = vae_of_the_moon(3, steps=4)
    again = vae_of_the_moon(seed=3, dimensions=2, steps=4)
    assert torch.equal(torch.get_rng_state(), before)
    assert again is first
    other = vae_of_the_moon(4, steps=4)
    assert not np.array_equal(other.codes(), first.codes())


def test_the_error_grows_with_the_noise_of_the_codes() -> None:
    trained = vae_of_the_moon(3, steps=4)
    mean = trained.decode(trained.codes())
    without = float(((mean - trained.x.numpy()) ** 2).sum((1, 2, 3)).mean())
    assert trained.error(draws=200) > without
