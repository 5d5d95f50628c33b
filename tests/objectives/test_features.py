from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Normal

from kullback.distributions import Delta, Noise
from kullback.objectives import (
    Clock,
    Data,
    Factor,
    Joint,
    Objective,
    feature_means,
    feature_reconstruction,
    kl,
)

CLOCK = Clock(*torch.zeros(3).unbind())
ROWS = 8
BATCH = {
    "x": torch.linspace(-1, 2, ROWS, dtype=torch.float64)[:, None],
    "y": torch.eye(2, dtype=torch.float64)[torch.arange(ROWS) % 2],
}


class Point(nn.Module):
    def __init__(self, a: float, b: float) -> None:
        super().__init__()
        self.numbers = nn.Parameter(torch.tensor([a, b], dtype=torch.float64))

    def forward(self, *inputs: Tensor) -> Distribution:
        value = self.numbers[0] * inputs[0] + self.numbers[1]
        return Delta(value, 1, Independent(Normal(value, torch.ones_like(value)), 1))


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(1).double(), torch.ones(1).double()), 1)


def joints() -> tuple[Joint, Joint]:
    q = Joint("q", Data("x"), Data("y"), Factor("z", Point(0.5, 0.1), given="x"))
    p = Joint("p", Data("y"), Factor("z", Prior()), Factor("x", Point(1.2, -0.3), given="z"))
    return q, p


def features() -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return nn.Sequential(nn.Linear(1, 4), nn.Tanh()).double()


def noise() -> Noise:
    return Noise.seeded(ROWS, 0, dtype=torch.float64)


def of(objective: Objective) -> dict[str, Tensor]:
    return objective["model"].terms(BATCH, noise(), CLOCK)


def test_with_features_that_are_the_observation_it_is_the_gaussian_reconstruction() -> None:
    q, p = joints()
    found = of(feature_reconstruction(q, p, {"D": nn.Identity()}, 3.0))["features_D"]
    constant = 0.5 * torch.log(torch.tensor(2 * torch.pi))
    torch.testing.assert_close(found, 3 * (of(kl(q, p, "x"))["nll_x"] - constant))


def test_features_are_compared_of_each_row_and_its_reconstruction() -> None:
    q, p = joints()
    phi = features()
    found = of(feature_reconstruction(q, p, {"D": phi}))["features_D"]
    again = 1.2 * (0.5 * BATCH["x"] + 0.1) - 0.3
    expected = 0.5 * (phi(BATCH["x"]) - phi(again)).square().sum() / ROWS
    torch.testing.assert_close(found, expected)


def test_means_are_of_the_data_and_of_samples_and_not_of_reconstructions() -> None:
    q, p = joints()
    phi = features()
    objective = feature_means(q, p, {"D": phi}, 2.0)
    difference = phi(BATCH["x"]) - phi(p.trace(BATCH, noise()).values["x"])
    inner = difference @ difference.T
    off_diagonal = (inner.sum() - inner.trace()) / (ROWS * (ROWS - 1))
    torch.testing.assert_close(of(objective)["means_D"], 2 * 0.5 * off_diagonal)
    assert set(objective["model"].modules) == {"p(x|z)"}


def test_class_by_class_only_rows_of_one_class_are_compared() -> None:
    q, p = joints()
    phi = features()
    found = of(feature_means(q, p, {"C": phi}, by={"C": "y"}))["means_C"]
    difference = phi(BATCH["x"]) - phi(p.trace(BATCH, noise()).values["x"])
    same = (BATCH["y"] @ BATCH["y"].T).fill_diagonal_(0)
    expected = 0.5 * 2 * (same * (difference @ difference.T)).sum() / (ROWS * (ROWS - 1))
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("compare", [feature_reconstruction, feature_means])
def test_whose_features_they_are_is_no_player(compare: Callable[..., Objective]) -> None:
    q, p = joints()
    phi = features()
    objective = compare(q, p, {"D": phi})
    moving = {id(parameter) for parameter in objective["model"].parameters}
    assert not moving & {id(parameter) for parameter in phi.parameters()}
    assert objective["model"].modules.keys() <= {"q(z|x)", "p(x|z)"}


@pytest.mark.parametrize("compare", [feature_reconstruction, feature_means])
def test_several_networks_see_one_draw(compare: Callable[..., Objective]) -> None:
    looks = []

    class Looking(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            looks.append(x.detach())
            return 2 * x

    q, p = joints()
    made = []
    p.networks("x")["p(x|z)"].register_forward_hook(lambda *_: made.append(1))
    found = of(compare(q, p, {"D": Looking(), "C": Looking()}))
    assert len(made) == 1
    assert len(looks) == 4
    assert torch.equal(torch.stack(looks[:2]), torch.stack(looks[2:]))
    of_critic, of_classifier = found.values()
    assert torch.equal(of_critic, of_classifier)


def test_the_formulas_say_what_is_compared() -> None:
    q, p = joints()
    assert str(feature_reconstruction(q, p, {"D": features()}, 2.0)) == (
        "min  2·E_q ½‖φ_D(x) − φ_D(x̂)‖²,  x̂ ~ p(x|z),  q = data(x, y) q(z|x)"
    )
    both = {"D": features(), "C": features()}
    assert str(feature_means(q, p, both, by={"C": "y"})) == (
        "min  1·½‖E_q φ_D(x) − E_p φ_D(x)‖² + 1·½K‖E_q φ_C(x) yᵀ − E_p φ_C(x) yᵀ‖²,  "
        "y one of K,  q = data(x, y) q(z|x),  p = data(y) p(z) p(x|z)"
    )
