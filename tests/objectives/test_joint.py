from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Normal

from kullback.distributions import Noise
from kullback.divergences import importance_estimate
from kullback.objectives import Data, Factor, Joint, Trace, log_weight

ROWS = 3


class Line(nn.Module):
    """N(a·(sum of the inputs) + b, s²) in one dimension; counts the rows it was given."""

    def __init__(self, a: float = 1.0, b: float = 0.0, s: float = 1.0) -> None:
        super().__init__()
        numbers = torch.tensor([a, b, math.log(s)], dtype=torch.float64)
        self.numbers = nn.Parameter(numbers)
        self.seen: list[int] = []

    def forward(self, *inputs: Tensor) -> Distribution:
        a, b, log_s = self.numbers
        total = torch.stack(inputs).sum(0)
        self.seen.append(len(total))
        return Independent(Normal(a * total + b, log_s.exp().expand_as(total)), 1)


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(1).double(), torch.ones(1).double()), 1)


def noise(rows: int = ROWS, seed: int = 0) -> Noise:
    return Noise.seeded(rows, seed, dtype=torch.float64)


def column(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


X = {"x": column(-1.0, 0.5, 2.0)}


def two() -> tuple[Joint, Joint]:
    q = Joint("q", Data("x"), Factor("z", Line(0.5, 0.1, 0.6), given="x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", Line(1.2, -0.3, 0.8), given="z"))
    return q, p


def three() -> tuple[Joint, Joint]:
    """Two layers of latents: q goes up, p comes down."""
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


def test_a_joint_prints_as_its_formula() -> None:
    assert [str(joint) for joint in two()] == ["data(x) q(z|x)", "p(z) p(x|z)"]
    assert [str(joint) for joint in three()] == [
        "data(x) q(z1|x) q(z2|z1)",
        "p(z2) p(z1|z2) p(x|z1)",
    ]
    both = Joint("q", Data("x"), Data("y"), Factor("z", Line(), given="x y"))
    assert str(both) == "data(x, y) q(z|x, y)"


def test_a_factor_comes_after_its_conditions_and_each_variable_once() -> None:
    with pytest.raises(ValueError, match=r"q.z.*needs x"):
        Joint("q", Factor("z", Line(), given="x"), Data("x"))
    with pytest.raises(ValueError, match="z stands twice"):
        Joint("p", Factor("z", Prior()), Factor("z", Prior()))
    with pytest.raises(KeyError, match="no variable y"):
        two()[0]["y"]


def test_ancestors_are_what_a_draw_needs() -> None:
    q, p = three()
    names = [factor.variable for factor in q.ancestors("z1")]
    assert names == ["x", "z1"]
    assert [factor.variable for factor in p.ancestors("z1")] == ["z2", "z1"]
    assert q.depends("z2", on="z1")
    assert q.depends("z2", on="x")
    assert not q.depends("z1", on="z2")
    assert list(p.networks("x")) == ["p(z1|z2)", "p(x|z1)"]  # the prior has nothing to learn
    assert set(p.trace({}, noise(), "z1").values) == {"z2", "z1"}


def test_other_networks_stand_in_by_how_their_factor_prints() -> None:
    _, p = two()
    other = Line(5.0)
    stands = p.with_networks({"p(x|z)": other, "unknown": Line()})
    assert list(stands.networks("x").values()) == [other]
    assert str(stands) == str(p)
    assert list(p.networks("x").values()) != [other]


@pytest.mark.parametrize("draws", [1, 4])
def test_a_trace_has_a_row_for_each_draw_and_scores_them_as_draws_by_rows(draws: int) -> None:
    q, p = three()
    trace = q.trace(X, noise(), draws=draws)
    scored = p.at(trace)
    for name in ("z1", "z2"):
        assert trace.values[name].shape == (draws * ROWS, 1)
        assert trace.log_prob(name).shape == (draws, ROWS)
    for name in ("x", "z1", "z2"):
        assert scored.log_prob(name).shape == (draws, ROWS)
        assert trace.repeated(name).shape == (draws * ROWS, 1)
    assert log_weight(q, p, trace).shape == (draws, ROWS)


def test_the_draws_of_a_joint_without_data_are_rows_too() -> None:
    _, p = three()
    assert p.trace({}, noise(5)).values["x"].shape == (5, 1)


def test_the_draws_come_in_blocks_of_all_rows() -> None:
    class Tag(nn.Module):
        def forward(self, x: Tensor) -> Distribution:
            return Independent(Normal(x, 1e-9), 1)

    q = Joint("q", Data("x"), Factor("z", Tag(), given="x"), Factor("w", Tag(), given="z"))
    trace = q.trace(X, noise(), draws=4)
    for name in ("z", "w"):
        torch.testing.assert_close(trace.values[name], X["x"].repeat(4, 1), atol=1e-7, rtol=0)
    torch.testing.assert_close(trace.repeated("x"), X["x"].repeat(4, 1))


def test_draws_of_one_row_differ() -> None:
    values = two()[0].trace(X, noise(), draws=4).values["z"]
    assert len(set(values.flatten().tolist())) == 4 * ROWS


def test_the_log_weight_of_many_draws_is_that_of_each_draw_by_itself() -> None:
    for q, p in (two(), three()):
        latents = [factor.variable for factor in q.latents]
        trace = q.trace(X, noise(), draws=5)
        together = log_weight(q, p, trace)
        for k in range(5):
            for b in range(ROWS):
                row = {v: trace.values[v][k * ROWS + b : k * ROWS + b + 1] for v in latents}
                one = Trace(1, 1, row | {"x": X["x"][b : b + 1]})
                scores = [p.at(one).log_prob(factor.variable) for factor in p.latents]
                scores += [-q.at(one).log_prob(variable) for variable in latents]
                torch.testing.assert_close(together[k, b], torch.stack(scores).sum())


def test_many_draws_encode_each_observation_once() -> None:
    q, _ = three()
    networks = [factor.network for factor in q.latents]
    q.trace(X, noise(), draws=7)
    assert [m.seen for m in networks if isinstance(m, Line)] == [[ROWS], [7 * ROWS]]


def test_an_observation_that_is_drawn_from_its_row_is_drawn_once_and_shared() -> None:
    def observe(rows: Tensor, noise: Noise) -> Tensor:
        return rows + noise.normal(*rows.shape)

    line = Line()
    q = Joint("q", Data("x", observe), Factor("z", line, given="x"))
    source = noise()
    trace = q.trace(X, source, draws=4)
    assert source.requests == [("normal", (ROWS, 1)), ("normal", (4, ROWS, 1))]
    assert trace.values["x"].shape == (ROWS, 1)
    assert not torch.equal(trace.values["x"], X["x"])


@settings(deadline=None, max_examples=30)
@given(st.floats(-2, 2), st.floats(-1, 1), st.floats(0.2, 2))
def test_with_the_exact_posterior_every_draw_has_the_log_likelihood_as_its_log_weight(
    a: float, b: float, s: float
) -> None:
    # x = a z + b + s ε: p(z|x) = N(a (x−b)/(a²+s²), s²/(a²+s²)) and p(x) = N(b, a²+s²).
    total = a**2 + s**2
    posterior = Line(a / total, -a * b / total, s / math.sqrt(total))
    q = Joint("q", Data("x"), Factor("z", posterior, given="x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", Line(a, b, s), given="z"))
    weights = log_weight(q, p, q.trace(X, noise(), draws=6))
    marginal: Distribution = Normal(*torch.tensor([b, math.sqrt(total)], dtype=torch.float64))
    expected = marginal.log_prob(X["x"][:, 0])
    torch.testing.assert_close(weights, expected.expand(6, ROWS), atol=1e-9, rtol=1e-9)


def test_with_another_encoder_the_importance_estimate_still_finds_the_log_likelihood() -> None:
    q, p = two()
    value, error = importance_estimate(log_weight(q, p, q.trace(X, noise(), draws=40_000)))
    marginal: Distribution = Normal(-0.3, math.sqrt(1.2**2 + 0.8**2))
    exact = marginal.log_prob(X["x"][:, 0])
    assert ((value - exact).abs() < 4 * error).all()
    assert (error < 0.02).all()


def test_a_trace_is_a_function_of_its_noise() -> None:
    q, _ = three()
    first, again, other = (q.trace(X, noise(seed=s)).values["z2"] for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
