from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Normal

from kullback.distributions import Delta, Noise
from kullback.errors import BadInput
from kullback.objectives import Clock, Data, Factor, Joint, kl, posterior_penalty

CLOCK = Clock(*torch.zeros(3).unbind())


class Codes(nn.Module):
    """N(μ, e^s) whose μ and s are the two halves of x, moved by parameters that start at 0."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(2, dtype=torch.float64))

    def forward(self, x: Tensor) -> Distribution:
        mean, s = x.chunk(2, -1)
        scale = (0.5 * (s + self.shift[1])).exp()
        return Independent(Normal(mean + self.shift[0], scale), 1)


class Points(nn.Module):
    def forward(self, x: Tensor) -> Distribution:
        return Delta(x)


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(1).double(), torch.ones(1).double()), 1)


def encoder(network: nn.Module | None = None) -> Joint:
    return Joint("q", Data("x"), Factor("z", network or Codes(), given="x"))


def terms(x: Tensor, mean: float = 0.5, log_variance: float = 0.25) -> dict[str, Tensor]:
    (player,) = posterior_penalty(encoder(), mean, log_variance).values()
    return player.terms({"x": x}, Noise.replay(len(x), []), CLOCK)  # nothing is drawn


def true_kl(x: Tensor) -> Tensor:
    p = Joint("p", Factor("z", Prior()), Factor("x", Codes(), given="z"))
    (player,) = kl(encoder(), p, "z").values()
    return player.terms({"x": x}, Noise.seeded(len(x), 0, dtype=torch.float64), CLOCK)["kl_z"]


def test_its_terms_are_sums_over_coordinates_and_means_over_rows() -> None:
    x = torch.tensor([[1.0, -2.0, 0.5, 3.0], [0.0, 4.0, -1.0, 0.0]], dtype=torch.float64)
    found = terms(x, mean=3.0, log_variance=2.0)
    assert {name: float(value.detach()) for name, value in found.items()} == pytest.approx(
        {"mean_z": 3 * (1 + 4 + 16) / 2, "log_variance_z": 2 * (0.25 + 9 + 1) / 2}
    )


def test_at_the_prior_it_curves_as_the_kl_does_in_the_ratio_of_two_to_one() -> None:
    def penalty(point: Tensor) -> Tensor:
        return torch.stack(list(terms(point[None]).values())).sum()

    def exact(point: Tensor) -> Tensor:
        return true_kl(point[None])

    origin = torch.zeros(2, dtype=torch.float64)
    for function in (penalty, exact):
        hessian = torch.autograd.functional.hessian(function, origin)  # type: ignore[no-untyped-call]
        torch.testing.assert_close(hessian, torch.tensor([[1.0, 0.0], [0.0, 0.5]]).double())


def test_in_the_tail_it_is_not_the_kl() -> None:
    certain = torch.tensor([[0.0, -6.0]], dtype=torch.float64)
    assert float(true_kl(certain).detach()) == pytest.approx(2.50, abs=0.005)
    assert float(terms(certain)["log_variance_z"].detach()) == pytest.approx(9.0)
    assert float(terms(certain)["mean_z"].detach()) == 0


def test_it_moves_the_encoder_and_says_so() -> None:
    objective = posterior_penalty(encoder(), mean=1.0)
    assert set(objective.modules) == {"q(z|x)"}
    assert str(objective) == (
        "min  1·E ‖μ‖² + 0.25·E ‖log σ²‖²,  q(z|x) = N(μ, σ²),  q = data(x) q(z|x)"
    )


def test_what_has_no_variance_or_no_encoder_is_refused() -> None:
    x = torch.ones(3, 2, dtype=torch.float64)
    (player,) = posterior_penalty(encoder(Points())).values()
    with pytest.raises(BadInput, match=r"q\(z\|x\) is a Delta"):
        player.terms({"x": x}, Noise.replay(3, []), CLOCK)
    with pytest.raises(BadInput, match=r"data\(x\) has no mean"):
        posterior_penalty(encoder(), on="x")
