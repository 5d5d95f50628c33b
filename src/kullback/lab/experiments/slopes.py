"""What the gradient penalty asks for, and what the best critic gives.

Between point masses at 0 and θ the critic's loss, for a slope s towards the data, is

    −θs + λ(s − 1)²,    least at s = 1 + θ/2λ:

the penalty is paid for as long as more slope pays more. At λ = 10 the slope is within a fifth of 1
only for θ ≤ 4, so a penalised critic's loss is not W₁ but θ(1 + θ/4λ) = W₁ + W₁²/4λ.

The penalty asks for a length, so a critic that slopes the wrong way has a least value there too,
s = −(1 − θ/2λ), as long as θ < 2λ: on a line, samples that have passed the data have to be far off
before it turns.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from kullback.data import ring
from kullback.distributions import Noise
from kullback.divergences import WASSERSTEIN, score, unit_slope
from kullback.divergences.penalties import between
from kullback.lab.claim import Words
from kullback.lab.draws import drawn
from kullback.lab.exact.least import least
from kullback.lab.figures import clouds, lines
from kullback.lab.games import REAL, critic, generated, polarised, slopes
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import mlp
from kullback.objectives import adversarial
from kullback.training import Adam

LAMBDA = 10.0
DISTANCES = (1.0, 4.0, 10.0, 20.0)


def penalised_game(seed: int) -> Outcome:
    """Play WGAN-GP on the ring: the critic's weights, where the penalty is asked, what is made."""
    real = ring().sample(10_000, np.random.default_rng([seed, 0]))[0]
    with weights(seed):
        p, judge = generated(mlp(2, (64, 64), 2), 2), critic(2, (64, 64))
    before = drawn(p, Noise.seeded(2000, seed, 2))
    game = adversarial(WASSERSTEIN, REAL, p, judge, penalties=(unit_slope(LAMBDA),), moves=3)
    learn(game, {"x": real}, 700, optimiser=Adam(2e-3, (0.5, 0.9)), batch_size=64, seed=seed)
    made = drawn(p, Noise.seeded(2000, seed, 2))
    noise = Noise.seeded(2000, seed, 4, dtype=torch.float64)
    sides = (torch.from_numpy(real[:2000]),), (torch.from_numpy(made).double(),)
    (middle,) = between(*sides, noise)
    measured = {
        "share_of_weights": polarised(judge),
        "inside_samples": _inside(made),
        "inside_penalty_points": _inside(middle.numpy()),
        "inside_samples_over_points": _inside(made) / _inside(middle.numpy()),
        "slope_between": float(slopes(judge, middle.numpy()).mean()),
    }
    series = {"real": real[:800], "made": made[:800], "middle": middle.numpy()[:800]}
    return Outcome(measured, series | {"before": before[:800]})


def draw_penalised_game(series: Series) -> list[Panel]:
    """Data and samples, and where the penalty was asked for."""
    limits = (-1.5, 1.5, -1.5, 2.0)
    return [
        Panel(
            clouds({"data": series["real"], name: series[key]}, ("x₁", "x₂"), limits=limits),
            says,
        )
        for name, key, says in (
            ("samples", "made", Words("What the generator makes.", "生成器产生的样本。")),
            (
                "x̂",
                "middle",
                Words(
                    "Where the critic's slope is asked for: points that nobody makes.",
                    "约束判别器坡度的点：没有谁会生成这些点。",
                ),
            ),
        )
    ]


def bias_of_the_penalty() -> Outcome:
    """Find the best slope of the library's penalised loss for points at several distances."""
    distances = np.linspace(2, 26, 13)
    curve = np.array([best_slope(distance) for distance in distances])
    measured = {f"slope_at_{d:g}": best_slope(d) for d in DISTANCES}
    measured["largest_difference"] = float(np.abs(curve - (1 + distances / (2 * LAMBDA))).max())
    measured["wrong_slope_at_10"] = wrong_slope(10)
    within = distances[np.abs(curve - 1) <= 0.2 + 1e-6]
    measured["farthest_within_a_fifth"] = float(within.max())
    return Outcome(measured, {"distance": distances, "slope": curve})


def draw_bias_of_the_penalty(series: Series) -> list[Panel]:
    """The best slope against the distance, and 1."""
    curves = {"λ = 10": (series["distance"], series["slope"])}
    return [
        Panel(
            lines(curves, ("distance θ", "slope of the best critic"), levels={"asked for": 1}),
            Words(
                "The farther the samples, the more the critic exceeds the slope of 1 asked for.",
                "样本越远，最优判别器的坡度就越超出所要求的 1。",
            ),
        )
    ]


def best_slope(distance: float, weight: float = LAMBDA) -> float:
    """The slope s at which a critic D(x) = −sx between 0, the data, and ``distance`` pays least."""
    slope = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    least(lambda: _loss(slope, distance, weight), [slope])
    return float(slope.detach())


def wrong_slope(distance: float, weight: float = LAMBDA) -> float:
    """The slope at which it pays least of those that point the wrong way, to a hundredth."""
    slopes = torch.arange(-150, 1, dtype=torch.float64) / 100
    losses = [float(_loss(slope, distance, weight).detach()) for slope in slopes]
    return float(slopes[int(np.argmin(losses))])


def _loss(slope: Tensor, distance: float, weight: float) -> Tensor:
    q, p = (torch.full((2, 1), at, dtype=torch.float64) for at in (0.0, distance))
    noise = Noise.seeded(2, 0, dtype=torch.float64)

    def judge(x: Tensor) -> Tensor:
        return -slope * x.squeeze(1)

    on_q, on_p = score(judge, (q,)), score(judge, (p,))
    paid = unit_slope(weight).value(judge, on_q, on_p, noise)
    return WASSERSTEIN.critic(on_q.logits, on_p.logits) + paid


def _inside(x: Array) -> float:
    """The share of points (N, 2) well within the circle, where there are no data."""
    return float((np.linalg.norm(x, axis=1) < 0.8).mean())
