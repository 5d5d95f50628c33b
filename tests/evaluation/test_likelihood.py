"""Everything is known for a linear-Gaussian model, x = W z + b + s ε with z ~ N(0, I):

p(x) = N(b, W Wᵀ + s² I),   p(z|x) = N(Σ Wᵀ(x − b)/s², Σ),   Σ = (I + WᵀW/s²)^{−1}.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.distributions import (
    Bernoulli,
    Distribution,
    Independent,
    MultivariateNormal,
    Normal,
)

from kullback.data import Space
from kullback.distributions import Noise
from kullback.divergences import importance_estimate
from kullback.errors import BadInput
from kullback.evaluation import (
    Metric,
    Protocol,
    bits_per_dim,
    bits_per_dim_metric,
    elbo_metric,
    likelihood,
    log_likelihood,
    nll_metric,
    reconstruction_mse,
)
from kullback.evaluation.noise import BLOCK, RowNoise
from kullback.objectives import Batch, Data, Factor, Joint

D, L, S = 5, 2, 0.6


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(L).double(), torch.ones(L).double()), 1)


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        # Orthogonal columns, so that the posterior's covariance is diagonal.
        columns = torch.linalg.qr(torch.randn(D, L, generator=generator).double()).Q
        self.W = columns * torch.tensor([1.5, 0.7])
        self.b = torch.randn(D, generator=generator).double()

    def forward(self, z: Tensor) -> Distribution:
        return Independent(Normal(z @ self.W.T + self.b, torch.tensor(S, dtype=torch.float64)), 1)

    def marginal(self) -> Distribution:
        return MultivariateNormal(self.b, self.W @ self.W.T + S**2 * torch.eye(D).double())


class Encoder(nn.Module):
    """The posterior, its mean moved by ``shift`` and its standard deviations times ``widen``."""

    def __init__(self, decoder: Decoder, shift: float = 0.0, widen: float = 1.0) -> None:
        super().__init__()
        self.decoder, self.shift, self.widen = decoder, shift, widen

    def forward(self, x: Tensor) -> Distribution:
        W = self.decoder.W
        variance = 1 / (1 + (W**2).sum(0) / S**2)
        mean = (x - self.decoder.b) @ W / S**2 * variance
        return Independent(Normal(mean + self.shift, self.widen * variance.sqrt()), 1)


def model(shift: float = 0.0, widen: float = 1.0) -> tuple[Joint, Joint, Tensor, Tensor]:
    """Joints, 1,000 rows of the model itself, and their exact log-likelihood."""
    decoder = Decoder()
    q = Joint("q", Data("x"), Factor("z", Encoder(decoder, shift, widen), given="x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", decoder, given="z"))
    generator = torch.Generator().manual_seed(2)
    z, e = (torch.randn(1000, d, generator=generator).double() for d in (L, D))
    x = z @ decoder.W.T + decoder.b + S * e
    return q, p, x, decoder.marginal().log_prob(x)


def batches(x: Tensor, sizes: Sequence[int] = (1000,)) -> list[Batch]:
    return [{"x": rows} for rows in torch.split(x, list(sizes))]


@pytest.mark.parametrize(("shift", "widen"), [(0.0, 1.0), (0.0, 2.0), (0.2, 2.0), (-0.3, 1.5)])
def test_the_estimate_is_the_marginal_whatever_the_proposal(shift: float, widen: float) -> None:
    q, p, x, exact = model(shift, widen)
    found, error = log_likelihood(q, p, batches(x), draws=200, seed=0)
    metric = nll_metric(found, error, 200, Protocol(Space("real", (D,), "float64"), "g", "test", 0))
    assert found.dtype == error.dtype == np.float64
    assert abs(-metric.value - float(exact.mean())) < 3 * metric.details["mc_stderr"] + 1e-4
    assert metric.stderr == pytest.approx(float(exact.std()) / math.sqrt(1000), rel=0.02)


def test_the_monte_carlo_error_is_the_size_of_the_errors() -> None:
    q, p, x, exact = model(0.2, 2.0)
    found, error = log_likelihood(q, p, batches(x), draws=200, seed=0)
    scaled = (found - exact.numpy()) / error
    assert scaled.std() == pytest.approx(1, abs=0.1)
    assert abs(scaled.mean()) < 0.15


def test_with_the_posterior_there_is_no_error_at_all() -> None:
    q, p, x, exact = model()
    found, error = log_likelihood(q, p, batches(x), draws=10, seed=0)
    np.testing.assert_allclose(found, exact.numpy(), atol=1e-10)
    assert error.max() < 1e-10
    bound = likelihood.likelihood(q, p, batches(x), draws=2, seed=3).elbo
    np.testing.assert_allclose(bound, exact.numpy(), atol=1e-10)


def test_the_elbo_is_below_by_the_divergence_from_the_posterior() -> None:
    q, p, x, exact = model(0.2, 2.0)
    found = likelihood.likelihood(q, p, batches(x), draws=100, seed=0)
    bound = found.elbo
    assert (bound <= found.estimate).all()
    right, _, _, _ = model()
    encoder, posterior = q["z"].network(x), right["z"].network(x)  # type: ignore[union-attr]
    gap = torch.distributions.kl_divergence(encoder, posterior)
    assert (exact.numpy() - bound).mean() == pytest.approx(float(gap.mean()), rel=0.03)
    scaled = (bound - (exact - gap).numpy()) / found.elbo_error
    assert scaled.std() == pytest.approx(1, abs=0.15)


def test_nothing_depends_on_how_the_work_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    q, p, x, _ = model(0.2, 2.0)
    whole = log_likelihood(q, p, batches(x[:50], [50]), draws=101, seed=0)
    weights = torch.cat(list(likelihood._log_weights(q, p, batches(x[:50], [50]), 101, 0)), 1)
    assert weights.shape == (101, 50)
    monkeypatch.setattr(likelihood, "CHUNK_VALUES", 3 * 32 * likelihood.LEAST_WIDTH)
    cut = log_likelihood(q, p, batches(x[:50], [7, 40, 3]), draws=101, seed=0)
    monkeypatch.setattr(likelihood, "CHUNK_VALUES", 1)
    crumbs = log_likelihood(q, p, batches(x[:50], [50]), draws=101, seed=0)
    first = log_likelihood(q, p, batches(x[:7], [7]), draws=101, seed=0)
    for value, other, small, head, want in zip(
        whole, cut, crumbs, first, importance_estimate(weights), strict=True
    ):
        np.testing.assert_allclose(value, want.numpy(), rtol=1e-12)
        np.testing.assert_allclose(other, value, rtol=1e-10)
        np.testing.assert_allclose(small, value, rtol=1e-10)
        np.testing.assert_allclose(head, value[:7], rtol=1e-10)


def test_a_pass_scores_a_bounded_number_of_values(monkeypatch: pytest.MonkeyPatch) -> None:
    q, p, x, _ = model()
    most = 4 * 16 * likelihood.LEAST_WIDTH
    monkeypatch.setattr(likelihood, "CHUNK_VALUES", most)
    seen: list[int] = []
    p["x"].network.register_forward_hook(lambda m, z, out: seen.append(len(z[0])))  # type: ignore[union-attr]
    for draws in (2, 16, 100):
        log_likelihood(q, p, batches(x[:100], [100]), draws=draws, seed=0)
    assert max(seen) * likelihood.LEAST_WIDTH <= most
    assert sum(seen) == 100 * (2 + 16 + 100)


def test_seeds_and_rows_differ_and_repeat() -> None:
    q, p, x, _ = model(0.2, 2.0)
    same = x[:1].repeat(4, 1)
    one, again, other = (
        log_likelihood(q, p, batches(same, [4]), draws=2, seed=s)[0] for s in (0, 0, 1)
    )
    assert np.array_equal(one, again)
    assert len({*one.tolist(), *other.tolist()}) == 8


def test_row_noise_is_a_function_of_seed_row_and_draw() -> None:
    def noise(rows: range, draws: range) -> RowNoise:
        return RowNoise(rows, draws, (5,), torch.device("cpu"), torch.float64)

    whole = noise(range(6), range(2 * BLOCK + 8))
    first, second = whole.normal(2 * BLOCK + 8, 6, 3), whole.normal(6 * (2 * BLOCK + 8), 2)
    part = noise(range(2, 4), range(BLOCK, 2 * BLOCK + 8))
    assert torch.equal(part.normal(BLOCK + 8, 2, 3), first[BLOCK:, 2:4])
    same = part.normal(2 * (BLOCK + 8), 2).view(-1, 2, 2), second.view(-1, 6, 2)[BLOCK:, 2:4]
    assert torch.equal(*same)
    assert whole.requests == [("normal", first.shape), ("normal", second.shape)]
    many = noise(range(50), range(100))
    numbers = many.normal(100, 50, 10)
    assert float(numbers.mean()) == pytest.approx(0, abs=0.02)
    assert float(numbers.std()) == pytest.approx(1, abs=0.02)
    assert 0 <= float(many.uniform(100, 50).min()) < 0.01
    assert len(set(numbers.flatten().tolist())) == numbers.numel()


class Bits(nn.Module):
    """p(x|z) = Bernoulli(½ and a little): any x has nearly one mass, so draws hardly matter."""

    def forward(self, z: Tensor) -> Distribution:
        return Independent(Bernoulli(logits=0.3 + 0 * z[:, :1].expand(-1, D)), 1)


class Blind(nn.Module):
    def forward(self, x: Tensor) -> Distribution:
        assert ((x == 0) | (x == 1)).all()
        return Independent(Normal(torch.zeros(len(x), L).to(x), torch.ones(L).to(x)), 1)


def test_a_row_is_observed_once_for_all_its_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Tensor] = []

    def observe(grey: Tensor, noise: Noise) -> Tensor:
        looks.append((noise.uniform(*grey.shape) < grey).to(grey.dtype))
        return looks[-1]

    q = Joint("q", Data("x", observe), Factor("z", Blind(), given="x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", Bits(), given="z"))
    grey = torch.full((60, D), 0.5).double()
    monkeypatch.setattr(likelihood, "CHUNK_VALUES", 16 * 10 * likelihood.LEAST_WIDTH)
    found, error = log_likelihood(q, p, batches(grey, [60]), draws=64, seed=0)
    bits = torch.cat(looks)
    assert bits.shape == (60, D)
    assert 0.3 < float(bits.mean()) < 0.7
    want = 0.3 * bits.sum(1) - D * math.log(1 + math.exp(0.3))
    np.testing.assert_allclose(found, want.numpy(), atol=1e-12)
    assert error.max() < 1e-12
    # The same seed sees the same bits whatever the draws, another seed others.
    few, other = (log_likelihood(q, p, batches(grey, [60]), draws=2, seed=s)[0] for s in (0, 1))
    np.testing.assert_allclose(few, found, atol=1e-12)
    assert np.abs(other - found).max() > 0.1


def test_no_graph_is_kept_and_no_tensor_made_that_training_cannot_use() -> None:
    q, p, x, _ = model()
    made: list[Tensor] = []
    p["x"].network.register_forward_hook(lambda m, z, out: made.append(z[0]))  # type: ignore[union-attr]
    p["x"].network.W.requires_grad_(True)  # type: ignore[union-attr]
    log_likelihood(q, p, batches(x[:10], [10]), draws=2, seed=0)
    assert not made[0].requires_grad
    assert not made[0].is_inference()


def test_too_few_draws_are_refused() -> None:
    q, p, x, _ = model()
    with pytest.raises(BadInput, match="2 or more"):
        log_likelihood(q, p, batches(x), draws=1, seed=0)


PIXELS = Space("uint8", (8, 8), "uint8")


@pytest.mark.parametrize(
    ("space", "name", "binarisation", "measure"),
    [
        (PIXELS, "discretised-logistic", "none", "mass of 8-bit levels"),
        (PIXELS, "bernoulli", "dynamic, seed 4", "mass of zeros and ones"),
        (PIXELS, "gaussian", "none", "density of pixels in [0, 1]"),
        (Space("binary", (3,), "bool"), "bernoulli", "data are binary", "mass of zeros and ones"),
        (Space("real", (3,), "float32"), "gaussian", "none", "density in the units of the data"),
    ],
)
def test_a_likelihood_says_what_it_is(
    space: Space, name: str, binarisation: str, measure: str
) -> None:
    protocol = Protocol(space, name, "test", 4)
    errors = np.array([0.3, 0.4])
    metric = nll_metric(np.array([-1.0, -3.0]), errors, 200, protocol, floor=1.5)
    assert (metric.value, metric.stderr, metric.n, metric.floor) == (2, 1, 2, 1.5)
    assert metric.details == {
        "draws": 200,
        "likelihood": name,
        "measure": measure,
        "binarisation": binarisation,
        "split": "test",
        "seed": 4,
        "mc_stderr": pytest.approx(0.25),
    }
    bound = elbo_metric(np.array([-1.0, -3.0]), np.array([0.3, 0.4]), 1, protocol)
    assert bound.value == -2
    assert bound.details["mc_stderr"] == pytest.approx(0.25)
    labelled = replace(protocol, labelled=True).details(1)
    assert labelled["measure"] == f"{measure} given the label"


def test_bits_per_dim_of_uniform_levels_are_eight() -> None:
    nats = np.full(3, 64 * math.log(256))
    np.testing.assert_allclose(bits_per_dim(nats, 64), 8)
    protocol = Protocol(PIXELS, "categorical", "test", 0)
    metric = bits_per_dim_metric(-nats, np.full(3, 64 * math.log(2)), 10, protocol)
    assert metric.value == pytest.approx(8)
    assert metric.details["mc_stderr"] == pytest.approx(1 / math.sqrt(3))


@pytest.mark.parametrize(
    ("space", "name"),
    [(PIXELS, "gaussian"), (PIXELS, "bernoulli"), (Space("real", (3,), "f4"), "categorical")],
)
def test_bits_per_dim_of_a_density_are_refused(space: Space, name: str) -> None:
    with pytest.raises(BadInput, match="8-bit"):
        bits_per_dim_metric(np.ones(2), np.ones(2), 10, Protocol(space, name, "test", 0))


def test_reconstruction_error_is_in_the_units_of_the_data() -> None:
    rows = np.random.default_rng(0).normal(7, 5, (20, 3))
    space = Space.of(rows)
    moved = rows + np.array([1.0, -2.0, 3.0])
    metric = reconstruction_mse(space.to_model(rows), space.to_model(moved), space)
    assert metric.value == pytest.approx(14 / 3)
    assert metric.stderr == pytest.approx(0, abs=1e-6)
    image = np.zeros((2, 8, 8), np.uint8)
    dark, light = PIXELS.to_model(image), PIXELS.to_model(image + np.uint8(51))
    half = np.concatenate([light[:1], dark[:1]])
    metric = reconstruction_mse(dark, half, PIXELS)
    assert metric.value == pytest.approx(0.02)
    assert metric.stderr == pytest.approx(0.02)
    with pytest.raises(BadInput, match="rows and reconstructions"):
        reconstruction_mse(dark, light[:1], PIXELS)


def test_the_metric_of_an_estimate_can_be_written() -> None:
    q, p, x, _ = model()
    found, error = log_likelihood(q, p, batches(x[:5], [5]), draws=2, seed=0)
    protocol = Protocol(Space.of(x.numpy()), "gaussian", "validation", 0)
    metric: Metric = nll_metric(found, error, 2, protocol)
    assert metric.to_json()["details"]["split"] == "validation"
