"""Generators whose samples are discrete: what the critic can tell them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, OneHotCategorical

from kullback.distributions import Delta, Noise
from kullback.divergences import NON_SATURATING
from kullback.lab.claim import Words
from kullback.lab.exact import table
from kullback.lab.figures import lines
from kullback.lab.learn import weights
from kullback.lab.outcome import Outcome, Panel, Series
from kullback.networks import Head, Logit, Network, StandardNormal
from kullback.objectives import Clock, Data, Factor, Joint, Player, adversarial

CLASSES = 4
ROWS = 512


class Sharp(Head):
    """δ(x − one-hot(argmax numbers)): a choice."""

    maps = 1

    def forward(self, numbers: Tensor) -> Distribution:
        return Delta(nn.functional.one_hot(numbers.argmax(-1), CLASSES).to(numbers))


class Soft(Head):
    """δ(x − softmax(numbers)): a mixture of the choices."""

    maps = 1

    def forward(self, numbers: Tensor) -> Distribution:
        return Delta(numbers.softmax(-1))


class Drawn(Head):
    """A draw of one of the choices, by chances softmax(numbers)."""

    maps = 1

    def forward(self, numbers: Tensor) -> Distribution:
        return OneHotCategorical(logits=numbers, validate_args=False)


def slopes_of_generators() -> Outcome:
    """The norm of a generator's slope by its head, and that of the exact loss in its chances."""
    players = {name: generator(head) for name, head in HEADS.items()}
    measured = {f"slope_of_{name}": slope(player) for name, player in players.items()}
    data, chances = torch.from_numpy(np.random.default_rng(4).dirichlet(np.ones(CLASSES), 2))
    losses = table.mover_losses(NON_SATURATING, table.best_logits(data, chances))
    measured["slope_in_the_chances"] = float(table.simplex_slope(losses, chances).norm())
    weights = np.linspace(-3, 3, 121)
    series = {name: along(players[name], weights) for name in ("argmax", "softmax")}
    return Outcome(measured, {"weight": weights} | series)


def draw_slopes_of_generators(series: Series) -> list[Panel]:
    """The loss over one weight: a staircase, and a slope."""
    curves = {
        "argmax head": (series["weight"], series["argmax"]),
        "softmax head": (series["weight"], series["softmax"]),
    }
    svg = lines(curves, ("one weight of the generator", "generator's loss"))
    return [
        Panel(
            svg,
            Words(
                "With argmax the loss is a staircase of small steps, one for each sample that "
                "changes its class: it does change, but its derivative is 0 wherever it has one.",
                "用 argmax 时损失是许多小台阶，每级是一个样本换了类别："
                "它确实在变，但凡有导数之处导数都是 0。",
            ),
        )
    ]


HEADS: dict[str, Head] = {"argmax": Sharp(), "draw": Drawn(), "softmax": Soft()}


def generator(head: Head) -> Player:
    """The generator of a GAN on one-hot x, with a fixed critic; weights and critic by one seed."""
    with weights(0):
        body, judge = nn.Linear(2, CLASSES), nn.Linear(CLASSES, 1)
    p = Joint("p", Factor("z", StandardNormal(2)), Factor("x", Network(body, head), given="z"))
    return adversarial(NON_SATURATING, Joint("q", Data("x")), p, Logit(judge))["model"]


def loss(player: Player) -> Tensor:
    """The generator's loss on rows of one seed."""
    terms = player.terms({}, Noise.seeded(ROWS, 0), Clock(*torch.zeros(3)))
    return torch.stack(list(terms.values())).sum()


def slope(player: Player) -> float:
    """The norm of its slope in the generator's weights: 0 where no way leads back to them."""
    found = torch.autograd.grad(loss(player), player.parameters, materialize_grads=True)
    return float(torch.cat([each.flatten() for each in found]).norm())


@torch.no_grad()
def along(player: Player, weights: np.ndarray) -> np.ndarray:
    """The loss over one bias of the generator, the others as they are."""
    bias = player.parameters[1]
    before = bias[0].clone()
    found = []
    for weight in weights:
        bias[0] = weight
        found.append(float(loss(player)))
    bias[0] = before
    return np.array(found)
