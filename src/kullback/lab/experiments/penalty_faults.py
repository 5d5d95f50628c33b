"""A gradient penalty in five ways that are common, each another method than the one it is named.

Each fault is set beside the library's ``unit_slope``, on critics so simple that what each asks for
can be worked out: a linear one has one slope everywhere, and its best one is a number.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from kullback.distributions import Noise
from kullback.divergences import WASSERSTEIN, Critic, score, unit_slope
from kullback.divergences.penalties import between
from kullback.errors import BadInput
from kullback.lab.claim import Words
from kullback.lab.exact.least import least
from kullback.lab.figures import SMALL, bars, lines
from kullback.lab.games import REAL, generated
from kullback.lab.learn import weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import Logit, mlp
from kullback.objectives import adversarial
from kullback.training import Adam, Moments

ROWS = 64
PIXELS = (1, 8, 8)
STEPS = 250
WEIGHTS = (1.0, 10.0)
DISTANCE = 10.0


def penalties_gone_wrong() -> Outcome:
    """Measure what each way does, and what the library's does in its place."""
    axes, steps = _axes(), _separate_step()
    measured = {**axes, **_mixing(), **_batch_statistics(), **_sigmoid()}
    measured |= {name: float(path[-1]) for name, path in steps.items()}
    apart, together = (
        [steps[f"slope_{way}_at_{weight:g}"][-1] for weight in WEIGHTS]
        for way in ("apart", "together")
    )
    measured |= {
        "spread_over_weights_apart": float(np.ptp(apart)),
        "spread_over_weights_together": float(np.ptp(together)),
    }
    asked = {name: np.array(value) for name, value in axes.items()}
    return Outcome(measured, {**asked, **steps})


def draw_penalties_gone_wrong(series: Series) -> list[Panel]:
    """The slope that each norm asks for; the slope that steps lead to, apart and together."""
    asked = {
        "all": float(series["slope_asked_library"]),
        "channels": float(series["slope_asked_channel_axis"]),
        "batch": float(series["slope_asked_whole_batch"]),
    }
    ways = {"one loss": "together", "two steps": "apart"}
    curves = {
        f"λ = {weight:g}, {shown}": (
            np.arange(STEPS + 1),
            series[f"slope_{way}_at_{weight:g}"],
        )
        for shown, way in ways.items()
        for weight in WEIGHTS
    }
    return [
        Panel(
            bars(asked, "slope asked for", size=SMALL, log="y"),
            Words(
                "On pictures of 64 pixels: the norm over all of a picture's values asks for a "
                "slope of 1; over channels for 8; over the whole batch for an eighth.",
                "在 64 像素的图片上：对一张图的全部值取范数要求坡度 1；只对通道取要求 8；"
                "对整批取则只要求八分之一。",
            ),
        ),
        Panel(
            lines(curves, ("step", "slope of the critic")),
            Words(
                "As a step of its own under Adam the penalty forgets its weight: both λ run "
                "together. As a term of the loss each λ has its own slope, 1 + θ/2λ.",
                "惩罚单独走一步 Adam 时权重 λ 不起作用，两条曲线重合；"
                "作为损失的一项，每个 λ 各有坡度 1 + θ/2λ。",
            ),
        ),
    ]


def _axes() -> dict[str, float]:
    """The slope at which each norm's penalty is least, for D(x) = s·⟨x, u⟩, u of length 1."""
    direction = torch.full(PIXELS, np.prod(PIXELS) ** -0.5, dtype=torch.float64)

    def asked(penalty: Callable[[Critic, Tensor], Tensor]) -> float:
        slope = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
        x = torch.zeros(ROWS, *PIXELS, dtype=torch.float64)

        def judge(at: Tensor) -> Tensor:
            return slope * (at * direction).flatten(1).sum(1)

        least(lambda: penalty(judge, x), [slope])
        return abs(float(slope.detach()))

    def over(*axes: int) -> Callable[[Critic, Tensor], Tensor]:
        def penalty(judge: Critic, x: Tensor) -> Tensor:
            at = x.requires_grad_(True)
            (slopes,) = torch.autograd.grad(judge(at).sum(), at, create_graph=True)
            return ((slopes.square().sum(axes).sqrt() - 1) ** 2).mean()

        return penalty

    return {
        "slope_asked_library": asked(lambda judge, x: _library(judge, x, x)),
        "slope_asked_channel_axis": asked(over(1)),
        "slope_asked_whole_batch": asked(over(0, 1, 2, 3)),
    }


def _mixing() -> dict[str, float]:
    """How one ε a batch blurs the penalty, and where one ε a pixel puts its points.

    The critic is ½‖x‖², of slope ‖x‖; the pictures are black, the data, and white.
    """
    black, white = torch.zeros(ROWS, *PIXELS), torch.ones(ROWS, *PIXELS)
    estimates: list[float] = []
    blurred: list[float] = []
    for i in range(150):
        noise = Noise.seeded(ROWS, i)
        (own,) = between((black,), (white,), noise)
        one = noise.uniform(1) * torch.ones(ROWS)
        (shared,) = between((black,), (white,), Noise.replay(ROWS, [one]))
        for found, points in ((estimates, own), (blurred, shared)):
            found.append(float(_penalty_of_bowl(points)))
    noise = Noise.seeded(ROWS, 1000)
    (own,) = between((black,), (white,), noise)
    each = noise.uniform(*black.shape)
    pixels = each * black + (1 - each) * white
    return {
        "noise_of_one_epsilon_a_batch": float(np.std(blurred) / np.std(estimates)),
        "off_the_segment_library": _off(own),
        "off_the_segment_epsilon_a_pixel": _off(pixels),
        "spread_along_library": float(own.flatten(1).mean(1).std()),
        "spread_along_epsilon_a_pixel": float(pixels.flatten(1).mean(1).std()),
    }


def _batch_statistics() -> dict[str, float]:
    """A critic whose logits are normalised by their batch: their sum is fixed, and has no slope."""
    with weights(0):
        body = nn.Sequential(*mlp(2, (), 1), nn.BatchNorm1d(1)).double()
        maker = generated(mlp(1, (), 2), 1)
    judge, noise = Logit(body), Noise.seeded(ROWS, 0, dtype=torch.float64)
    q, p = noise.normal(ROWS, 2), noise.normal(ROWS, 2)
    paid = _library(judge, q, p)
    slope = torch.autograd.grad(paid, next(body.parameters()))[0]
    try:
        adversarial(WASSERSTEIN, REAL, maker, judge, penalties=(unit_slope(),))
        refused = 0.0
    except BadInput:
        refused = 1.0
    return {
        "penalty_of_normalised_critic": float(paid.detach()),
        "its_gradient": float(slope.norm()),
        "library_refuses": refused,
    }


def _sigmoid() -> dict[str, float]:
    """The best estimate of a distance of 5 by a linear critic, and by one that ends in a sigmoid.

    The linear one's is divided by its slope.
    """
    distance = 5.0
    q, p = (torch.full((ROWS, 1), at, dtype=torch.float64) for at in (0.0, distance))

    def best(squash: Callable[[Tensor], Tensor]) -> tuple[float, float]:
        slope = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)

        def judge(x: Tensor) -> Tensor:
            return squash(slope * (distance / 2 - x.squeeze(1)))

        least(lambda: WASSERSTEIN.critic(judge(q), judge(p)) + 10 * _library(judge, q, p), [slope])
        with torch.no_grad():
            return float(-WASSERSTEIN.critic(judge(q), judge(p))), float(slope)

    said, slope = best(lambda logit: logit)
    return {
        "distance_by_linear_critic": said / slope,
        "distance_by_sigmoid_critic": best(torch.sigmoid)[0],
    }


def _separate_step() -> dict[str, Array]:
    """Where a critic D(x) = −sx between 0 and θ goes by one Adam on the loss, and by two in turn.

    Adam divides a gradient by its own size: alone, λ times a penalty moves as far as the penalty.
    """
    found = {}
    for weight in WEIGHTS:
        for way in ("together", "apart"):
            found[f"slope_{way}_at_{weight:g}"] = _path(weight, way == "apart")
    return found


def _path(weight: float, apart: bool) -> Array:
    slope = nn.Parameter(torch.tensor(0.5, dtype=torch.float64))
    q, p = (torch.full((4, 1), at, dtype=torch.float64) for at in (0.0, DISTANCE))
    rate, optimiser = torch.tensor(0.05), Adam(0.05)

    def judge(x: Tensor) -> Tensor:
        return -slope * x.squeeze(1)

    def gain() -> Tensor:
        return WASSERSTEIN.critic(judge(q), judge(p))

    def paid() -> Tensor:
        return weight * _library(judge, q, p)

    def together() -> Tensor:
        return gain() + paid()

    losses = (gain, paid) if apart else (together,)
    moments = [Moments([slope]) for _ in losses]
    path = [float(slope.detach())]
    for _ in range(STEPS):
        for loss, moved in zip(losses, moments, strict=True):
            moved.step(optimiser, torch.autograd.grad(loss(), [slope]), rate)
        path.append(float(slope.detach()))
    return np.array(path)


def _library(judge: Critic, q: Tensor, p: Tensor) -> Tensor:
    """The library's penalty with weight 1, its points evenly spread between the sides."""
    even = (torch.arange(len(q), dtype=q.dtype) + 0.5) / len(q)
    noise = Noise.replay(len(q), [even])
    return unit_slope(1.0).value(judge, score(judge, (q,)), score(judge, (p,)), noise)


def _penalty_of_bowl(x: Tensor) -> Tensor:
    slopes = torch.linalg.vector_norm(x.flatten(1), dim=1)
    return torch.mean((slopes - 1) ** 2)


def _off(points: Tensor) -> float:
    """How far points are from the segment from black to white, in units of its length."""
    flat = points.flatten(1)
    return float((flat - flat.mean(1, keepdim=True)).square().mean(1).sqrt().mean())
