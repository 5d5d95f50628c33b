"""Laws that live on thin sets, which a critic tells apart without a doubt, wherever they lie."""

from __future__ import annotations

import math

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor, nn

from kullback.data import ring
from kullback.distributions import Noise
from kullback.divergences import MINIMAX, NON_SATURATING, Dual
from kullback.lab.claim import Words
from kullback.lab.draws import drawn
from kullback.lab.exact.transport import matched
from kullback.lab.figures import SMALL, WIDE, colour, lines
from kullback.lab.games import REAL, accuracy, critic, generated, js_bound, tell_apart
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import mlp
from kullback.objectives import Joint, adversarial
from kullback.report.style import draw
from kullback.training import Adam, Training

OFFSETS = (0.0, 0.1, 0.3, 1.0)
LOOKS = (0, 25, 50, 100, 200, 400, 800)
MOVES = 32
"""Batches over which a generator's gradient is averaged."""


def parallel_lines(seed: int) -> Outcome:
    """Data (0, U), samples (θ, U): train a critic for several θ, and match points to points."""
    rng = np.random.default_rng([seed, 0])
    measured: dict[str, float] = {}
    for offset in OFFSETS:
        with weights(seed):
            judge = critic(2, (32, 32))
        sides = _line(rng, 4000, 0), _line(rng, 4000, offset)
        tell_apart(judge, *sides, 400, optimiser=Adam(1e-2), seed=seed)
        fresh = _line(rng, 2000, 0), _line(rng, 2000, offset)
        some = fresh[0][:300]
        measured |= {
            f"fresh_accuracy_at_{offset:g}": accuracy(judge, *fresh),
            f"js_at_{offset:g}": js_bound(judge, *fresh),
            f"w1_at_{offset:g}": matched(some, some + np.array([offset, 0])),
        }
    curves = {
        name: [measured[f"{name}_at_{offset:g}"] for offset in OFFSETS] for name in ("js", "w1")
    }
    series = {name: np.array(values) for name, values in curves.items()}
    return Outcome(measured, {"offset": np.array(OFFSETS), **series})


def draw_parallel_lines(series: Series) -> list[Panel]:
    """JS is a point and a plateau; W₁ is a cone."""

    def paint(axes: Axes) -> None:
        x = np.linspace(-1, 1, 201)
        axes.plot(x, np.where(np.abs(x) < 5e-3, 0, math.log(2)), color=colour(0), label="JS")
        axes.plot(x, np.abs(x), color=colour(1), label="W₁")
        axes.plot(series["offset"], series["js"], "o", color=colour(0), label="JS, by a critic")
        axes.plot(series["offset"], series["w1"], "s", color=colour(1), label="W₁, of points")
        axes.set(xlabel="distance θ of the lines", ylabel="nats;  units of x", ylim=(-0.05, 1.3))
        axes.legend(frameon=False, fontsize=8, ncol=2, loc="upper center", handlelength=1.4)

    return [
        Panel(
            draw(paint, WIDE),
            Words(
                "JS is log 2 for lines however near, and 0 only where they are one: no slope "
                "leads there. W₁ falls as they draw nearer.",
                "两条线再近，JS 也是 log 2，只有重合时才为 0：没有坡度可循。"
                "W₁ 则随距离缩短而下降。",
            ),
        )
    ]


class Line(nn.Module):
    """G(z) = (θ, Φ(z)): a line at θ, the one thing that it can learn."""

    def __init__(self, offset: float) -> None:
        super().__init__()
        self.offset = nn.Parameter(torch.tensor(offset))

    def forward(self, z: Tensor) -> Tensor:
        return torch.cat([self.offset.expand_as(z), torch.special.ndtr(z)], 1)


def retrained_critic(seed: int) -> Outcome:
    """Keep a generator as it is, train a critic anew, and ask what each loss tells the generator.

    On the ring the generator is a curve that has learned for a while; on the lines, one at θ = 1.
    """
    rng = np.random.default_rng([seed, 0])
    truth = ring()
    with weights(seed):
        curve, first = generated(mlp(1, (64, 64), 2), 1), critic(2, (64, 64))
        line = generated(Line(1.0), 1)
    real = truth.sample(8000, rng)[0]
    learn(adversarial(NON_SATURATING, REAL, curve, first), {"x": real}, 150, seed=seed)
    measured: dict[str, float] = {}
    series: dict[str, Array] = {"step": np.array(LOOKS)}
    for name, p, rows, fresh in (
        ("ring", curve, real, truth.sample(4000, rng)[0]),
        ("lines", line, _line(rng, 8000, 0), _line(rng, 4000, 0)),
    ):
        looks = _watched(p, rows, fresh, seed)
        first_look, last = looks[0], looks[-1]
        largest = max(look["saturating"] for look in looks)
        measured |= {
            f"{name}_error_at_first": first_look["error"],
            f"{name}_error_at_last": last["error"],
            f"{name}_loss_at_last": last["loss"],
            f"{name}_orders_saturating": math.log10(largest / last["saturating"]),
            f"{name}_growth_of_norm": last["norm"] / first_look["norm"],
            f"{name}_growth_of_variance": last["variance"] / first_look["variance"],
        }
        series |= {f"{name}_{k}": np.array([look[k] for look in looks]) for k in looks[0]}
    return Outcome(measured, series)


def draw_retrained_critic(series: Series) -> list[Panel]:
    """The critic's error, and the two gradients, against its training."""
    step = series["step"]
    panels = [
        (
            {n: (step, series[f"{n}_loss"]) for n in ("ring", "lines")},
            "critic's loss, nats",
            Words("A retrained critic's loss falls to 0.", "重新训练的判别器，损失降到 0。"),
        ),
        (
            {n: (step, series[f"{n}_saturating"]) for n in ("ring", "lines")},
            "‖∇E log(1−D)‖",
            Words(
                "With it the saturating gradient fades: by orders of magnitude on the lines, by "
                "less on the ring.",
                "饱和损失的梯度随之消失：在线上下降几个数量级，在环上较少。",
            ),
        ),
        (
            {n: (step, series[f"{n}_variance"]) for n in ("ring", "lines")},
            "variance of ∇(−E log D)",
            Words(
                "The gradient of −log D does not fade, but from batch to batch it varies more and "
                "more.",
                "−log D 的梯度不消失，但各批之间的方差越来越大。",
            ),
        ),
    ]
    return [
        Panel(lines(curves, ("steps of the critic", label), size=SMALL, log="y"), says)
        for curves, label, says in panels
    ]


def _watched(p: Joint, rows: Array, fresh: Array, seed: int) -> list[dict[str, float]]:
    """What a critic's training is like for a generator that stays, at each of ``LOOKS``."""
    with weights(seed + 1):
        judge = critic(2, (64, 64))
    made, unseen = (
        drawn(p, Noise.seeded(n, each, 2))
        for n, each in ((len(rows), seed), (len(fresh), seed + 1))
    )
    found: list[dict[str, float]] = []

    def look(training: Training) -> None:
        if training.step not in LOOKS:
            return
        saturating = _gradients(MINIMAX, p, judge, seed)
        other = _gradients(NON_SATURATING, p, judge, seed)
        found.append(
            {
                "error": 1 - accuracy(judge, fresh, unseen),
                "loss": 2 * (math.log(2) - js_bound(judge, fresh, unseen)),
                "saturating": float(np.linalg.norm(saturating.mean(0))),
                "norm": float(np.linalg.norm(other.mean(0))),
                "variance": float(other.var(0).sum()),
            }
        )

    tell_apart(judge, rows, made, max(LOOKS), optimiser=Adam(1e-2), seed=seed, watch=look)
    return found


def _gradients(dual: Dual, p: Joint, judge: nn.Module, seed: int) -> Array:
    """The gradient of a mover's loss in the generator's parameters, of ``MOVES`` batches."""
    parameters = [w for network in p.networks("x").values() for w in network.parameters()]
    found = []
    for i in range(MOVES):
        x = p.trace({}, Noise.seeded(128, seed, 3, i), "x").values["x"]
        slope = torch.autograd.grad(dual.mover(judge(x), None), parameters)
        found.append(torch.cat([part.flatten() for part in slope]).double().numpy())
    return np.stack(found)


def _line(rng: np.random.Generator, n: int, offset: float) -> Array:
    return np.stack([np.full(n, offset), rng.uniform(size=n)], 1)
