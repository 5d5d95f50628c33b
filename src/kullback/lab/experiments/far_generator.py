"""A generator far from the data: whether the loss is wrong, or the way there."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from kullback.divergences import MINIMAX, NON_SATURATING, WASSERSTEIN, Dual
from kullback.lab.claim import Words
from kullback.lab.exact.grid import js, normal
from kullback.lab.figures import lines
from kullback.lab.games import REAL, critic, generated
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import clipping
from kullback.objectives import adversarial
from kullback.training import Adam, RMSProp, Training

FAR = 20.0
WIDTH = 0.1
ROUNDS = 400


class Shift(nn.Module):
    """G(z) = μ + sz with a fixed s: all that it can learn is where to be, a tenth at a time."""

    def __init__(self, mean: float, width: float) -> None:
        super().__init__()
        self.tenth = nn.Parameter(torch.tensor([mean / 10]))
        self.width = width

    def forward(self, z: Tensor) -> Tensor:
        return 10 * self.tenth + self.width * z


def far_from_the_data(seed: int) -> Outcome:
    """Data N(0, s²), G at N(20, s²), s = .1: exact slopes with the best critic, then two games."""
    rng = np.random.default_rng([seed, 0])
    real = rng.normal(0, WIDTH, (10_000, 1))
    with weights(seed):
        judges = [critic(1, (32, 32), nn.SiLU) for _ in range(2)]
    gan = _path(MINIMAX, judges[0], real, seed)
    wgan = _path(WASSERSTEIN, judges[1], real, seed)
    arrived = int(np.argmax(wgan < 1)) if (wgan < 1).any() else len(wgan)
    x, places = np.linspace(-4, 4, 20_001), np.linspace(-2, 2, 41)
    apart = [js(x, normal(x, 0, WIDTH), normal(x, place, WIDTH)) for place in places]
    measured = {
        "distance_of_least_js": float(abs(places[np.argmin(apart)])),
        "least_js": min(apart),
        "saturating_slope": _slope(MINIMAX, FAR),
        "non_saturating_slope": _slope(NON_SATURATING, FAR),
        "end_of_gan": float(abs(gan[-1])),
        "late_way_of_gan": float(abs(gan[-1] - gan[ROUNDS // 2])),
        "end_of_wgan": float(abs(wgan[-1])),
        "steps_back_of_wgan": float((np.diff(wgan[:arrived]) > 0).sum()),
    }
    return Outcome(measured, {"round": np.arange(len(gan)), "gan": gan, "wgan": wgan})


def draw_far_from_the_data(series: Series) -> list[Panel]:
    """Where the two generators are, round by round."""
    curves = {
        "GAN, minimax": (series["round"], series["gan"]),
        "WGAN": (series["round"], series["wgan"]),
    }
    return [
        Panel(
            lines(curves, ("round", "mean of G"), levels={"data": 0}),
            Words(
                "One generator is told nothing and stays; the other walks straight to the data.",
                "一个生成器得不到任何信号，停在原地；另一个径直走向数据。",
            ),
        )
    ]


def _path(dual: Dual, judge: nn.Module, real: Array, seed: int) -> Array:
    """The mean of G at each round of a game with a critic that moves three times a round."""
    body = Shift(FAR, WIDTH)
    clipped = dual is WASSERSTEIN
    project = clipping(judge, 0.1) if clipped else None
    game = adversarial(dual, REAL, generated(body, 1), judge, moves=3, project=project)
    means: list[float] = []

    def watch(training: Training) -> None:
        means.append(10 * float(body.tenth.detach()))

    learn(
        game,
        {"x": real},
        ROUNDS,
        optimiser={
            "critic": RMSProp(1e-2) if clipped else Adam(1e-2, (0.0, 0.9)),
            "model": Adam(1.5e-2, (0.0, 0.9)),
        },
        batch_size=64,
        seed=seed,
        watch=watch,
    )
    return np.array(means)


def _slope(dual: Dual, mean: float) -> float:
    """|d/dμ| of a mover's loss for p = N(μ, s²), with the best critic log q/p, as it stands."""
    location = torch.tensor(mean, dtype=torch.float64, requires_grad=True)
    quantiles = torch.special.ndtri((torch.arange(999, dtype=torch.float64) + 1) / 1000)
    x = location + WIDTH * quantiles
    best = (-(x**2) + (x - mean) ** 2) / (2 * WIDTH**2)
    (slope,) = torch.autograd.grad(dual.mover(best, None), location)
    return abs(float(slope))
