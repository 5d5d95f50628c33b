import numpy as np
import pytest
import torch

from kullback.data import Space
from kullback.lab.exact.grid import kl, normal
from kullback.lab.experiments.moon import vae_of_the_moon
from kullback.lab.experiments.posteriors import (
    CODES,
    PEAKS,
    WIDTH,
    TwoPeaks,
    _aggregate,
    _log_density,
    linear_r2,
)
from kullback.lab.learn import learn
from kullback.models.autoencoders import pca
from kullback.objectives import Factor


def test_the_two_peaks_are_a_mixture_of_two_normals() -> None:
    mixture = (normal(CODES, -PEAKS, WIDTH) + normal(CODES, PEAKS, WIDTH)) / 2
    found = np.exp(_log_density(TwoPeaks()()))
    assert kl(CODES, mixture, found) == pytest.approx(0, abs=1e-6)


def test_the_aggregate_has_the_moments_of_its_posteriors() -> None:
    trained = vae_of_the_moon(3, dimensions=1, steps=4)
    mean, scale = trained.posterior()
    density = _aggregate(trained)
    assert np.trapezoid(density, CODES) == pytest.approx(1, abs=1e-3)
    assert np.trapezoid(CODES * density, CODES) == pytest.approx(mean.mean(), abs=1e-2)
    square = np.trapezoid(CODES**2 * density, CODES)
    assert square == pytest.approx((mean**2 + scale**2).mean(), rel=0.05)


def test_the_linear_r2_is_what_probabilistic_pca_reaches() -> None:
    rng = np.random.default_rng(0)
    x = (rng.standard_normal((500, 4)) * [3, 1, 1, 1]).astype(np.float32)
    space = Space.of(x)
    rows = space.to_model(x)
    model = pca(space, 1)
    learn(model.objective, {"x": rows}, 1)
    encoder, decoder = model.q["z"], model.p["x"]
    assert isinstance(encoder, Factor)
    assert isinstance(decoder, Factor)
    with torch.no_grad():
        law = encoder.network(torch.from_numpy(rows).repeat(40, 1))
        z = law.mean + law.stddev * torch.randn(law.mean.shape, generator=torch.manual_seed(0))
        missed = decoder.network(z).mean.numpy() - np.tile(rows, (40, 1))
    values = np.linalg.eigvalsh(np.cov(rows.T, bias=True))
    error = (missed**2).sum(1).mean()
    noise = values[:-1].mean()
    assert 1 - error / values.sum() == pytest.approx(linear_r2(values, noise), abs=5e-3)
