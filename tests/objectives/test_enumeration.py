"""Sums over finite latents, against tables, explicit sums and draws."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import (
    Categorical,
    Distribution,
    Independent,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
    OneHotCategorical,
)

from kullback.distributions import Noise
from kullback.divergences import importance_estimate
from kullback.errors import BadInput
from kullback.objectives import Clock, Data, Factor, Joint, Objective, kl, log_weight

CLOCK = Clock(*torch.zeros(3).unbind())
CLASSES, LATENT, FEATURES = 3, 2, 4


def numbers(*shape: int, seed: int) -> nn.Parameter:
    generator = torch.Generator().manual_seed(seed)
    return nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64))


class Affine(nn.Module):
    """N(Σ inputs W + b, e^{2s}) with W, b and s of its own."""

    def __init__(self, *inputs: int, outputs: int, seed: int) -> None:
        super().__init__()
        self.weights = nn.ParameterList(
            [numbers(size, outputs, seed=seed + i) for i, size in enumerate(inputs)]
        )
        self.bias = numbers(outputs, seed=seed + 10)
        self.log_scale = nn.Parameter(0.3 * numbers(outputs, seed=seed + 11).detach())
        self.calls = 0

    def mean(self, *inputs: Tensor) -> Tensor:
        moved = [x @ w for x, w in zip(inputs, self.weights, strict=True)]
        return self.bias + torch.stack(moved).sum(0)

    def forward(self, *inputs: Tensor) -> Distribution:
        self.calls += 1
        mean = self.mean(*inputs)
        scale = self.log_scale.exp().expand_as(mean)
        return Independent(Normal(mean, scale, validate_args=False), 1, validate_args=False)


class Classes(nn.Module):
    """A class, one-hot, by logits that are affine in the input, or constant without one."""

    def __init__(self, *inputs: int, seed: int) -> None:
        super().__init__()
        self.weights = nn.ParameterList([numbers(size, CLASSES, seed=seed) for size in inputs])
        self.bias = numbers(CLASSES, seed=seed + 10)

    def forward(self, *inputs: Tensor) -> Distribution:
        logits: Tensor = self.bias
        for x, w in zip(inputs, self.weights, strict=True):
            logits = logits + x @ w
        return OneHotCategorical(logits=logits, validate_args=False)


class Table(nn.Module):
    """A mass function of integers: the logits at the integers it is given."""

    def __init__(self, *shape: int, seed: int) -> None:
        super().__init__()
        self.logits = numbers(*shape, seed=seed)

    def forward(self, *inputs: Tensor) -> Distribution:
        return Categorical(logits=self.logits[inputs] if inputs else self.logits)

    @property
    def mass(self) -> Tensor:
        return self.logits.detach().softmax(-1)


class Normals(nn.Module):
    def forward(self) -> Distribution:
        return Independent(
            Normal(torch.zeros(LATENT).double(), torch.ones(LATENT).double()), 1, False
        )


class Signs(Noise):
    """ε = 1 in the first half of the rows and −1 in the second: exact for quadratics in one ε."""

    def draw(self, kind: str, shape: tuple[int, ...]) -> Tensor:
        if kind == "uniform":
            return torch.full(shape, 0.3, dtype=torch.float64)
        half = torch.ones(shape[0] // 2, *shape[1:], dtype=torch.float64)
        return torch.cat([half, -half])


def noise(rows: int, seed: int = 0) -> Noise:
    return Noise.seeded(rows, seed, dtype=torch.float64)


def terms(objective: Objective, batch: dict[str, Tensor], drawn: Noise) -> dict[str, Tensor]:
    (player,) = objective.values()
    return player.terms(batch, drawn, CLOCK)


def total(found: dict[str, Tensor]) -> Tensor:
    return torch.stack(list(found.values())).sum()


def clusters(latent: int = LATENT) -> tuple[Joint, Joint]:
    q = Joint(
        "q",
        Data("x"),
        Factor("z", Affine(FEATURES, outputs=latent, seed=0), given="x"),
        Factor("y", Classes(latent, seed=20), given="z"),
    )
    p = Joint(
        "p",
        Factor("y", Classes(seed=40)),
        Factor("z", Affine(CLASSES, outputs=latent, seed=60), given="y"),
        Factor("x", Affine(latent, outputs=FEATURES, seed=80), given="z"),
    )
    return q, p


def learnt(*joints: Joint) -> list[nn.Parameter]:
    networks = [factor.network for joint in joints for factor in joint.latents]
    return [parameter for network in networks for parameter in network.parameters()]


def rows_of(count: int) -> Tensor:
    return numbers(count, FEATURES, seed=99).detach()


def log_normal(at: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    square = ((at - mean) / log_scale.exp()) ** 2
    return (-0.5 * square - log_scale - 0.5 * math.log(2 * math.pi)).sum(-1)


def clustering_by_hand(q: Joint, p: Joint, x: Tensor, epsilon: Tensor) -> dict[str, Tensor]:
    """The three terms, with an array over rows and classes and no distribution object."""
    encoder, classifier = (factor.network for factor in q.latents)
    classes, centres, decoder = (factor.network for factor in p.latents)
    assert isinstance(encoder, Affine)
    assert isinstance(centres, Affine)
    assert isinstance(decoder, Affine)
    assert isinstance(classifier, Classes)
    mean = encoder.mean(x)
    z = mean + encoder.log_scale.exp() * epsilon
    log_q = log_normal(z, mean, encoder.log_scale)
    means = centres.bias + centres.weights[0]  # one row for each class
    log_p = log_normal(z[:, None], means, centres.log_scale)  # (B, C)
    log_qy = torch.log_softmax(classifier.bias + z @ classifier.weights[0], -1)
    log_py = torch.log_softmax(classes.bias, -1)  # type: ignore[arg-type]
    return {
        "nll_x": -log_normal(x, decoder.mean(z), decoder.log_scale).mean(),
        "kl_z": (log_qy.exp() * (log_q[:, None] - log_p)).sum(1).mean(),
        "kl_y": (log_qy.exp() * (log_qy - log_py)).sum(1).mean(),
    }


def test_the_terms_of_clustering_and_their_gradients_are_those_of_the_sums_by_hand() -> None:
    q, p = clusters()
    x, drawn = rows_of(5), noise(5)
    found = terms(kl(q, p, "x z y"), {"x": x}, drawn)
    expected = clustering_by_hand(q, p, x, noise(5).normal(5, LATENT))
    torch.testing.assert_close(found, expected)
    slopes = torch.autograd.grad(total(found), learnt(q, p))
    torch.testing.assert_close(slopes, torch.autograd.grad(total(expected), learnt(q, p)))
    assert all(slope.abs().max() > 1e-3 for slope in slopes)


def test_the_sum_over_classes_is_the_mean_of_draws_of_the_class() -> None:
    q, p = clusters()
    x = rows_of(1)
    exact = terms(kl(q, p, "z"), {"x": x}, noise(1))["kl_z"]
    n = 20_000
    epsilon = noise(1).normal(1, LATENT).expand(n, LATENT)
    evenly = (torch.arange(n, dtype=torch.float64)[:, None] + 0.5) / n
    trace = q.trace({"x": x.expand(n, FEATURES)}, Noise.replay(n, [epsilon, evenly]))
    assert set(map(tuple, trace.values["y"].tolist())) == {(1, 0, 0), (0, 1, 0), (0, 0, 1)}
    ratios = trace.log_prob("z") - p.at(trace, "z").log_prob("z")
    assert float(ratios.std().detach()) > 0.1
    torch.testing.assert_close(ratios.mean(), exact, atol=1e-3, rtol=1e-3)


def test_the_class_that_happens_to_be_drawn_does_not_matter() -> None:
    q, p = clusters()
    batch, epsilon = {"x": rows_of(6)}, noise(6).normal(6, LATENT)
    draws = [torch.full((6, 1), u, dtype=torch.float64) for u in (0.0, 0.999)]
    first, second = (terms(kl(q, p, "x z y"), batch, Noise.replay(6, [epsilon, u])) for u in draws)
    torch.testing.assert_close(first, second, atol=0, rtol=0)


def test_the_networks_that_do_not_see_the_class_run_once() -> None:
    q, p = clusters()
    terms(kl(q, p, "x z y"), {"x": rows_of(5)}, noise(5))
    calls = {
        joint.text(factor): factor.network.calls
        for joint in (q, p)
        for factor in joint.latents
        if isinstance(factor.network, Affine)
    }
    assert calls == {"q(z|x)": 1, "p(z|y)": CLASSES, "p(x|z)": 1}


def tables(order: str) -> tuple[Joint, Joint, Tensor]:
    """q(a|x) q(b|x, a), a model of a, b and x in a given order, and log p(a, b, x)."""
    q = Joint(
        "q",
        Data("x"),
        Factor("a", Table(2, 3, seed=1), given="x"),
        Factor("b", Table(2, 3, 2, seed=2), given="x a"),
    )
    decoder = Table(3, 2, 2, seed=3)
    if order == "a before b":
        first, second = Table(3, seed=4), Table(3, 2, seed=5)
        factors = Factor("a", first), Factor("b", second, given="a")
        latents = first.mass[:, None] * second.mass
    else:
        first, second = Table(2, seed=4), Table(2, 3, seed=5)
        factors = Factor("b", first), Factor("a", second, given="b")
        latents = (first.mass[:, None] * second.mass).T
    p = Joint("p", *factors, Factor("x", decoder, given="a b"))
    return q, p, (latents[:, :, None] * decoder.mass).log()


@pytest.mark.parametrize("order", ["a before b", "b before a"])
@pytest.mark.parametrize("x", [0, 1])
def test_on_tables_the_bound_is_the_likelihood_and_the_kl_of_the_posteriors(
    order: str, x: int
) -> None:
    q, p, log_joint = tables(order)
    first, second = (factor.network for factor in q.latents)
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    posterior = first.mass[x][:, None] * second.mass[x]
    log_marginal = log_joint[:, :, x].exp().sum().log()
    gap = (posterior * (posterior.log() - log_joint[:, :, x] + log_marginal)).sum()
    for seed in (0, 1):  # a sum over everything owes nothing to the noise
        found = total(terms(kl(q, p, "x a b"), {"x": torch.tensor([x, x])}, noise(2, seed)))
        assert float(found.detach()) == pytest.approx(float(gap - log_marginal), abs=1e-12)
        assert float(found.detach()) >= float(-log_marginal)
    assert float(gap) > 0.05


def test_a_class_that_no_row_has_a_hand_in_is_summed_for_every_row() -> None:
    shares, classes, decoder = Table(3, seed=1), Table(3, seed=2), Table(3, 2, seed=3)
    q = Joint("q", Data("x"), Factor("y", shares))
    p = Joint("p", Factor("y", classes), Factor("x", decoder, given="y"))
    found = terms(kl(q, p, "x y"), {"x": torch.tensor([0, 1, 1])}, noise(3))
    nll = -(shares.mass[:, None] * decoder.mass.log()).sum(0)
    expected = {
        "nll_x": (nll[0] + 2 * nll[1]) / 3,
        "kl_y": (shares.mass * (shares.mass / classes.mass).log()).sum(),
    }
    torch.testing.assert_close({k: v.detach() for k, v in found.items()}, expected)


def test_what_is_drawn_given_a_class_is_drawn_under_each_of_its_values() -> None:
    # q(y|x) q(z|x, y), the order of semi-supervised learning; one dimension, so that ±1 is exact.
    encoder = Affine(FEATURES, CLASSES, outputs=1, seed=0)
    decoder = Affine(1, CLASSES, outputs=1, seed=50)
    classifier, classes = Classes(FEATURES, seed=20), Classes(seed=40)
    prior = Affine(CLASSES, outputs=1, seed=70)
    seen = Factor("y", classifier, given="c"), Factor("z", encoder, given="c y")
    q = Joint("q", Data("x"), Data("c"), *seen)
    p = Joint(
        "p",
        Factor("y", classes),
        Factor("z", prior, given="y"),
        Factor("x", decoder, given="z y"),
    )
    c, x = rows_of(1).expand(4, FEATURES), torch.full((4, 1), 0.7, dtype=torch.float64)
    found = terms(kl(q, p, "x y z"), {"c": c, "x": x}, Signs(4))

    one_hot = torch.eye(CLASSES, dtype=torch.float64)
    mass = classifier(c[:1]).probs[0]
    mean, s = encoder.mean(c[:CLASSES], one_hot)[:, 0], encoder.log_scale.exp()
    centre, spread = prior.mean(one_hot)[:, 0], prior.log_scale.exp()
    slope = decoder.weights[0][0, 0]
    shift = decoder.mean(mean[:, None], one_hot)[:, 0] - 0.7
    error = shift**2 + slope**2 * s**2  # E (g(z, y) − x)²
    noise_scale = decoder.log_scale
    nll = 0.5 * error / noise_scale.exp() ** 2 + noise_scale + 0.5 * math.log(2 * math.pi)
    divergence = 0.5 * (s**2 + (mean - centre) ** 2) / spread**2 - 0.5 - (s / spread).log()
    expected = {
        "nll_x": (mass * nll).sum(),
        "kl_y": (mass * (mass.log() - torch.log_softmax(classes.bias, -1))).sum(),
        "kl_z": (mass * divergence).sum(),
    }
    torch.testing.assert_close(found, expected)
    slopes = torch.autograd.grad(total(found), learnt(q, p))
    torch.testing.assert_close(slopes, torch.autograd.grad(total(expected), learnt(q, p)))


def test_with_drawn_classes_the_mean_weight_is_the_probability_of_the_data() -> None:
    # Four equally likely rows of each table make 4 × 4 equally likely pairs of draws.
    quarters = torch.tensor([[1, 3], [2, 2]], dtype=torch.float64) / 4

    def fixed(mass: Tensor) -> Table:
        table = Table(*mass.shape, seed=0)
        table.logits = nn.Parameter(mass.log())
        return table

    q = Joint(
        "q",
        Data("x"),
        Factor("z", fixed(quarters), given="x"),
        Factor("y", fixed(quarters.flip(1)), given="z"),
    )
    classes, centres, decoder = Table(2, seed=3), Table(2, 2, seed=4), Table(2, 2, seed=5)
    p = Joint(
        "p",
        Factor("y", classes),
        Factor("z", centres, given="y"),
        Factor("x", decoder, given="z"),
    )
    even = (torch.arange(4, dtype=torch.float64) + 0.5) / 4
    pairs = torch.cartesian_prod(even, even)
    replayed = Noise.replay(1, [pairs[:, 0].view(16, 1, 1), pairs[:, 1].view(16, 1)])
    trace = q.trace({"x": torch.tensor([1])}, replayed, draws=16)
    found = log_weight(q, p, trace).exp().mean()
    expected = torch.einsum("y,yz,z->", classes.mass, centres.mass, decoder.mass[:, 1])
    assert float(found.detach()) == pytest.approx(float(expected), abs=1e-12)


def test_importance_sampling_finds_the_density_of_a_mixture_of_gaussians() -> None:
    q, p = clusters()
    classes, centres, decoder = (factor.network for factor in p.latents)
    assert isinstance(centres, Affine)
    assert isinstance(decoder, Affine)
    weight, scale = decoder.weights[0], centres.log_scale.exp()
    covariance = weight.T @ (scale**2).diag() @ weight + decoder.log_scale.exp().square().diag()
    means = decoder.mean(centres.mean(torch.eye(CLASSES, dtype=torch.float64)))
    exact = MixtureSameFamily(
        Categorical(logits=classes.bias),  # type: ignore[arg-type]
        MultivariateNormal(means, covariance.expand(CLASSES, FEATURES, FEATURES)),
    )
    encoder = q["z"].network  # type: ignore[union-attr]
    assert isinstance(encoder, Affine)
    with torch.no_grad():
        encoder.log_scale.fill_(1.0)  # wider than the posterior: the weights have a variance
        encoder.weights[0].mul_(0.3)
        x = decoder.mean(centres.mean(torch.eye(CLASSES, dtype=torch.float64)))
        trace = q.trace({"x": x}, noise(CLASSES, 3), draws=40_000)
        value, error = importance_estimate(log_weight(q, p, trace))
        assert ((value - exact.log_prob(x)).abs() < 4 * error).all()  # type: ignore[no-untyped-call]
        assert (error < 0.05).all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the compiler's own
def test_the_sum_traces_as_one_graph() -> None:
    q, p = clusters()
    objective, batch = kl(q, p, "z"), {"x": rows_of(5)}
    drawn = [noise(5).normal(5, LATENT), noise(5).uniform(5, 1)]

    def loss() -> Tensor:
        return total(terms(objective, batch, Noise.replay(5, drawn)))

    torch._dynamo.reset()
    compiled = torch.compile(loss, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(), loss())


class Bits(nn.Module):
    """Several bits a row: 2^d values, which are not summed, and their draws have no gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.logits = numbers(FEATURES, seed=1)

    def forward(self, x: Tensor) -> Distribution:
        return Independent(torch.distributions.Bernoulli(logits=self.logits + x), 1)


def test_draws_that_would_leave_a_network_without_its_gradient_are_refused() -> None:
    q = Joint("q", Data("x"), Factor("b", Bits(), given="x"))
    decoder = Affine(FEATURES, outputs=FEATURES, seed=2)
    p = Joint("p", Data("b"), Factor("x", decoder, given="b"))
    with pytest.raises(BadInput, match=r"q\(b\|x\), a Independent, has no gradient"):
        terms(kl(q, p, "x"), {"x": rows_of(3)}, noise(3))
    q["b"].network.requires_grad_(False)  # type: ignore[union-attr]
    assert set(terms(kl(q, p, "x"), {"x": rows_of(3)}, noise(3))) == {"nll_x"}
