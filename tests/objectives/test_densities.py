"""KL between joints. A Gaussian draw's ε is replayed from points with mean 0 and covariance I, so
that expectations of quadratics, which all of these are, come out exactly."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import (
    Categorical,
    Distribution,
    Independent,
    MultivariateNormal,
    Normal,
    kl_divergence,
)

from kullback.distributions import Noise
from kullback.errors import BadInput
from kullback.objectives import Clock, Data, Factor, Joint, Objective, kl, log_weight, warm_up

CLOCK = Clock(torch.tensor(0.0), torch.tensor(0.0), torch.tensor(0.25))
ROOT = 2**0.5


class Line(nn.Module):
    """N(a·(sum of the inputs) + b, s²) in one dimension."""

    def __init__(self, a: float = 1.0, b: float = 0.0, s: float = 1.0) -> None:
        super().__init__()
        self.numbers = nn.Parameter(torch.tensor([a, b, s], dtype=torch.float64))

    def forward(self, *inputs: Tensor) -> Distribution:
        a, b, s = self.numbers
        mean = a * torch.stack(inputs).sum(0) + b
        return Independent(Normal(mean, s.expand_as(mean)), 1)


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(1).double(), torch.ones(1).double()), 1)


class Table(nn.Module):
    """A conditional mass function, one row of it for each value of the condition."""

    def __init__(self, mass: Tensor) -> None:
        super().__init__()
        self.mass = nn.Parameter(mass)

    def forward(self, *inputs: Tensor) -> Distribution:
        return Categorical(self.mass[inputs[0]] if inputs else self.mass)


def replay(*blocks: list[float]) -> Noise:
    drawn = [torch.tensor(block, dtype=torch.float64)[:, None] for block in blocks]
    return Noise.replay(len(blocks[0]), drawn)


def same(x: float, rows: int) -> dict[str, Tensor]:
    return {"x": torch.full((rows, 1), x, dtype=torch.float64)}


def two() -> tuple[Joint, Joint]:
    q = Joint("q", Data("x"), Factor("z", Line(0.5, 0.1, 0.6), given="x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", Line(1.2, -0.3, 0.8), given="z"))
    return q, p


def three() -> tuple[Joint, Joint]:
    q = Joint(
        "q",
        Data("x"),
        Factor("z1", Line(0.5, 0.1, 0.6), given="x"),
        Factor("z2", Line(-0.4, 0.2, 0.7), given="z1"),
    )
    p = Joint(
        "p",
        Factor("z2", Prior()),
        Factor("z1", Line(0.9, 0.0, 0.5), given="z2"),
        Factor("x", Line(1.2, -0.3, 0.8), given="z1"),
    )
    return q, p


def terms(objective: Objective, batch: dict[str, Tensor], noise: Noise) -> dict[str, float]:
    (player,) = objective.values()
    return {k: float(v.detach()) for k, v in player.terms(batch, noise, CLOCK).items()}


def total(objective: Objective, batch: dict[str, Tensor], noise: Noise) -> float:
    return sum(terms(objective, batch, noise).values())


def test_the_sum_of_the_terms_is_less_the_mean_log_weight_in_expectation() -> None:
    q, p = two()
    batch = same(1.7, 2)
    weights = log_weight(q, p, q.trace(batch, replay([1, -1])))
    assert total(kl(q, p), batch, replay([1, -1])) == pytest.approx(-float(weights.mean().detach()))


def test_the_sum_of_the_terms_exceeds_the_negative_log_likelihood_by_the_posteriors_kl() -> None:
    q, p = two()
    x, variance = 1.7, 1.2**2 + 0.8**2
    marginal: Distribution = Normal(-0.3, variance**0.5)
    exact = -marginal.log_prob(torch.tensor(x).double())
    posterior = Normal(torch.tensor(1.2 * (x + 0.3) / variance).double(), 0.8 / variance**0.5)
    gap = kl_divergence(Normal(torch.tensor(0.5 * x + 0.1).double(), 0.6), posterior)
    assert total(kl(q, p), same(x, 2), replay([1, -1])) == pytest.approx(
        float(exact + gap), rel=1e-6
    )


class Correlated(Line):
    """The same law, as a Gaussian whose KL to a diagonal one torch does not know."""

    def forward(self, *inputs: Tensor) -> Distribution:
        law = super().forward(*inputs)
        return MultivariateNormal(law.mean, scale_tril=law.stddev.unsqueeze(-1))


def test_a_latents_kl_is_the_closed_form_where_there_is_one_and_else_of_the_draw() -> None:
    batch = same(1.7, 2)

    def noise() -> Noise:
        return Noise.seeded(2, 0, dtype=torch.float64)

    q, p = two()
    trace = q.trace(batch, noise())
    prior = p.at(trace, "z")
    closed = kl_divergence(trace.distributions["z"], prior.distributions["z"].expand((2,))).mean()
    drawn = (trace.log_prob("z") - prior.log_prob("z")).mean()
    assert abs(float((closed - drawn).detach())) > 0.1
    assert terms(kl(q, p), batch, noise())["kl_z"] == pytest.approx(float(closed.detach()))
    q = Joint("q", Data("x"), Factor("z", Correlated(0.5, 0.1, 0.6), given="x"))
    assert terms(kl(q, p), batch, noise())["kl_z"] == pytest.approx(float(drawn.detach()))


def test_two_layers_of_latents_take_the_closed_form_only_where_it_is_valid() -> None:
    q, p = three()
    batch, points = same(1.7, 4), ([ROOT, -ROOT, 0.0, 0.0], [0.0, 0.0, ROOT, -ROOT])
    trace = q.trace(batch, replay(*points))
    scored = p.at(trace)
    found = terms(kl(q, p, "x z1 z2"), batch, replay(*points))
    # p(z1|z2) stands below z2, which q draws from z1: only the log-ratio of the draws is right.
    drawn = (trace.log_prob("z1") - scored.log_prob("z1")).mean().detach()
    assert found["kl_z1"] == pytest.approx(float(drawn))
    invalid = kl_divergence(trace.distributions["z1"], scored.distributions["z1"]).mean().detach()
    assert abs(found["kl_z1"] - float(invalid)) > 0.1
    # p(z2) has no condition: the closed form at each z1.
    prior = scored.distributions["z2"].expand((4,))
    closed = kl_divergence(trace.distributions["z2"], prior).mean().detach()
    assert found["kl_z2"] == pytest.approx(float(closed))


def test_two_layers_of_latents_have_the_kl_of_the_joint_gaussians_in_expectation() -> None:
    q, p = three()
    x, points = 1.7, ([ROOT, -ROOT, 0.0, 0.0], [0.0, 0.0, ROOT, -ROOT])
    found = terms(kl(q, p, "z1 z2"), same(x, 4), replay(*points))

    def chain(first: tuple[float, float], a: float, b: float, s: float) -> MultivariateNormal:
        """u ~ N(first), v = a u + b + s ε, as a Gaussian over (u, v)."""
        mean, spread = first
        root = torch.tensor([[spread, 0.0], [a * spread, s]], dtype=torch.float64)
        centre = torch.tensor([mean, a * mean + b], dtype=torch.float64)
        return MultivariateNormal(centre, root @ root.T)

    up = chain((0.5 * x + 0.1, 0.6), -0.4, 0.2, 0.7)  # (z1, z2)
    down = chain((0.0, 1.0), 0.9, 0.0, 0.5)  # (z2, z1)
    turned = MultivariateNormal(down.mean.flip(0), down.covariance_matrix.flip(0, 1))
    assert sum(found.values()) == pytest.approx(float(kl_divergence(up, turned)))


def test_on_a_table_the_joint_kl_is_that_of_the_marginals_and_that_of_the_posteriors() -> None:
    eighths = torch.tensor([[1, 2, 5], [4, 3, 1]], dtype=torch.float64) / 8  # q(z|x)
    prior = torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64)
    decoder = torch.tensor([[0.9, 0.1], [0.4, 0.6], [0.25, 0.75]], dtype=torch.float64)
    data = torch.tensor([0.25, 0.75], dtype=torch.float64)
    q = Joint("q", Data("x"), Factor("z", Table(eighths), given="x"))
    p = Joint("p", Factor("z", Table(prior)), Factor("x", Table(decoder), given="z"))
    # x = 0 in eight rows, x = 1 in twenty-four; eight even u's draw z with its exact frequencies.
    x = torch.tensor([0] * 8 + [1] * 24)
    even = (torch.arange(8, dtype=torch.float64) + 0.5) / 8
    found = total(kl(q, p), {"x": x}, Noise.replay(32, [even.repeat(4)[:, None]]))

    joint_p = prior[:, None] * decoder  # (z, x)
    marginal = joint_p.sum(0)
    posterior = (joint_p / marginal).T
    between_marginals = (data * (data / marginal).log()).sum()
    between_posteriors = (data[:, None] * eighths * (eighths / posterior).log()).sum()
    entropy = -(data * data.log()).sum()
    assert found - float(entropy) == pytest.approx(
        float(between_marginals + between_posteriors), abs=1e-12
    )
    assert found - float(entropy) >= float(between_marginals)


def test_weights_scale_terms_and_schedules_are_values_of_the_clock() -> None:
    q, p = two()
    batch, points = same(1.7, 2), [1.0, -1.0]
    plain = terms(kl(q, p), batch, replay(points))
    constant = terms(kl(q, p, weights={"z": 4.0}), batch, replay(points))
    annealed = terms(kl(q, p, weights={"z": lambda c: 2 * c.progress}), batch, replay(points))
    assert constant == pytest.approx({**plain, "kl_z": 4 * plain["kl_z"]})
    assert annealed == pytest.approx({**plain, "kl_z": 0.5 * plain["kl_z"]})
    assert set(terms(kl(q, p, weights={"z": 0.0}), batch, replay(points))) == set(plain)


def test_only_the_named_factors_take_part() -> None:
    q, p = two()
    batch = same(1.7, 2)
    assert set(terms(kl(q, p, "z"), batch, replay([1, -1]))) == {"kl_z"}
    assert set(terms(kl(q, p, "x"), batch, replay([1, -1]))) == {"nll_x"}
    assert set(kl(q, p, "z").modules) == {"q(z|x)"}
    assert set(kl(q, p, "x").modules) == {"q(z|x)", "p(x|z)"}
    assert set(kl(*three(), "z2").modules) == {"q(z1|x)", "q(z2|z1)"}


def test_a_kl_prints_what_it_makes_small() -> None:
    q, p = two()
    sides = "q = data(x) q(z|x),  p = p(z) p(x|z)"
    assert str(kl(q, p)) == "min  KL( data(x) q(z|x) ‖ p(z) p(x|z) )"
    assert str(kl(q, p, "x")) == f"min  E_q −log p(x|z),  {sides}"
    assert str(kl(q, p, weights={"z": 4.0})) == (
        f"min  E_q −log p(x|z) + 4·E_q KL(q(z|x) ‖ p(z)),  {sides}"
    )
    assert "w(t)·E_q KL" in str(kl(q, p, weights={"z": lambda clock: clock.progress}))


def test_data_on_the_model_side_have_no_density_to_compare() -> None:
    q, _ = two()
    with pytest.raises(ValueError, match=r"data.x. has no density on side p"):
        kl(q, Joint("p", Data("x"), Factor("z", Line(), given="x")), "x")


def test_a_weight_that_no_term_has_is_refused() -> None:
    q, p = two()
    with pytest.raises(ValueError, match="y"):
        kl(q, p, weights={"y": 2.0})


class Plane(nn.Module):
    """Two coordinates: N(input, .5²), of which the first says much and the second little."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.tensor([2.0, 0.1], dtype=torch.float64))

    def forward(self, x: Tensor) -> Distribution:
        spread = torch.tensor([0.5, 0.95], dtype=torch.float64)
        return Independent(Normal(self.gain * x, spread.expand(len(x), 2)), 1)


class PlanePrior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(2).double(), torch.ones(2).double()), 1)


def plane() -> tuple[Joint, Joint]:
    q = Joint("q", Data("x"), Factor("z", Plane(), given="x"))
    p = Joint("p", Factor("z", PlanePrior()), Factor("x", Line(), given="z"))
    return q, p


def test_free_bits_floor_each_coordinates_mean_over_the_batch() -> None:
    q, p = plane()
    x = torch.tensor([[-1.0], [0.0], [2.0]], dtype=torch.float64)
    gain, spread = torch.tensor([2.0, 0.1]).double(), torch.tensor([0.5, 0.95]).double()
    each = 0.5 * ((gain * x) ** 2 + spread**2 - 2 * spread.log() - 1)  # (B, 2)
    first, second = each.mean(0).tolist()
    assert second < 0.02 < each[1, 0] < 0.5 < first
    noise = Noise.seeded(3, 0, dtype=torch.float64)

    def kl_z(free: float) -> float:
        found = terms(kl(q, p, "z", free_bits={"z": free}), {"x": x}, noise)
        return found["kl_z"]

    assert kl_z(0.0) == pytest.approx(first + second)
    # Row 1 alone is below ½ in its first coordinate: it is the mean that counts, and is above.
    assert kl_z(0.5) == pytest.approx(first + 0.5)
    assert kl_z(10.0) == pytest.approx(20.0)
    weighed = terms(kl(q, p, "z", {"z": 3.0}, {"z": 0.5}), {"x": x}, noise)
    assert weighed["kl_z"] == pytest.approx(3 * (first + 0.5))


def test_a_coordinate_below_its_free_bits_has_no_gradient() -> None:
    q, p = plane()
    x = torch.tensor([[-1.0], [0.0], [2.0]], dtype=torch.float64)
    (encoder,) = q.networks("z").values()
    assert isinstance(encoder, Plane)

    def slope(free: float) -> list[float]:
        (player,) = kl(q, p, "z", free_bits={"z": free}).values()
        value = player.terms({"x": x}, Noise.seeded(3, 0, dtype=torch.float64), CLOCK)["kl_z"]
        found: list[float] = torch.autograd.grad(value, encoder.gain)[0].tolist()
        return found

    square = float((x**2).mean())
    assert slope(0.0) == pytest.approx([2.0 * square, 0.1 * square])
    assert slope(0.5) == pytest.approx([2.0 * square, 0.0])


def test_free_bits_are_refused_where_coordinates_have_no_kl_of_their_own() -> None:
    q, p = two()
    with pytest.raises(ValueError, match="no term y"):
        kl(q, p, free_bits={"y": 1.0})
    with pytest.raises(BadInput, match=r"free bits need KL\(data\(x\)"):
        kl(q, p, free_bits={"x": 1.0})
    with pytest.raises(BadInput, match=r"free bits need KL\(q\(z1\|x\)"):
        kl(*three(), "z1", free_bits={"z1": 1.0})
    q = Joint("q", Data("x"), Factor("z", Correlated(), given="x"))
    with pytest.raises(BadInput, match="not MultivariateNormal and Independent for z"):
        terms(
            kl(q, p, "z", free_bits={"z": 1.0}),
            same(1.0, 2),
            Noise.seeded(2, 0, dtype=torch.float64),
        )


def test_free_bits_and_warm_ups_print_legibly() -> None:
    sides = "q = data(x) q(z|x),  p = p(z) p(x|z)"
    objective = kl(*two(), weights={"z": warm_up(4.0, 0.2)}, free_bits={"z": 0.25})
    assert str(objective) == (
        "min  E_q −log p(x|z) + 4·min(1, t/0.2)·Σ_j max(0.25, E_q KL(q(z_j|x) ‖ p(z_j))),  " + sides
    )
    assert str(kl(*two(), free_bits={"z": 0.25})).startswith("min  E_q −log p(x|z) + Σ_j max(0.25,")
    # p(z1|z2) stands below z2, which q draws from z1: that is a log-ratio, and no divergence.
    assert "E_q log q(z1|x)/p(z1|z2) + E_q KL(q(z2|z1) ‖ p(z2))" in str(kl(*three(), "z1 z2"))


def test_with_the_model_side_first_its_draws_are_scored_by_the_data_side() -> None:
    q, p = two()
    objective = kl(p, q, terms="z", player="reader")
    noise = Noise.seeded(7, 0, dtype=torch.float64)
    trace = p.trace({}, noise)
    expected = (trace.log_prob("z") - q.at(trace, "z").log_prob("z")).mean()
    found = objective["reader"].terms({}, Noise.seeded(7, 0, dtype=torch.float64), CLOCK)
    assert set(found) == {"kl_z_p"}
    torch.testing.assert_close(found["kl_z_p"], expected)
    assert set(objective["reader"].modules) == {"p(x|z)", "q(z|x)"}
    assert str(objective) == ("min  E_p log p(z)/q(z|x),  p = p(z) p(x|z),  q = data(x) q(z|x)")


def test_there_and_back_are_two_terms_of_one_player() -> None:
    q = Joint("q", Data("x"), Factor("y", Line(2.0), given="x"))
    p = Joint("p", Data("y"), Factor("x", Line(0.5), given="y"))
    both = kl(q, p, terms="x") + kl(p, q, terms="y")
    batch = {name: torch.rand(6, 1, dtype=torch.float64) for name in ("x", "y")}
    terms = both["model"].terms(batch, Noise.seeded(6, 0, dtype=torch.float64), CLOCK)
    assert set(terms) == {"nll_x", "nll_y_p"}
    assert "E_q −log p(x|y),  q = data(x) q(y|x)" in str(both)
    assert "E_p −log q(y|x),  p = data(y) p(x|y)" in str(both)
