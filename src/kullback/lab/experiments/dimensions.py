"""How much each coordinate of a code says, and what more of them are good for.

In the linear case all is known: where the data's covariance has eigenvalues λ_j and the decoder the
variance σ_x², the posterior of coordinate j has the deviation

    σ_j = σ_x / √λ_j   for λ_j > σ_x²,      σ_j = 1   for all others

(Tipping & Bishop, 1999; Lucas et al., 2019, arXiv 1911.02469): a coordinate that tells much has
little noise, one with the prior's own deviation tells nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes

from kullback.data import Space
from kullback.divergences import coordinate_kl
from kullback.evaluation.latent import in_use
from kullback.evaluation.likelihood import likelihood
from kullback.lab.claim import Words
from kullback.lab.experiments.moon import (
    A_MOON,
    PHASES,
    PLAIN,
    SCALE,
    Trained,
    off_the_moon,
    pictures,
    vae_of_the_moon,
)
from kullback.lab.figures import WIDE, colour, legend, lines
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.variational import vae
from kullback.networks import StandardNormal
from kullback.objectives import Factor
from kullback.report.style import DATA, draw
from kullback.training import Adam

FACTORS = np.array([4.0, 2.0, 1.0])
"""Standard deviations of the three directions in which rows of eight features vary."""

NOISE = 0.2
ROWS = 1000
STEPS = 1500
FACTOR_DIMENSIONS = (3, 6)
FEATURES = 8
MOON_DIMENSIONS = (1, 2, 8)
BETAS = {"plain": PLAIN, "faint": 1.0}
BETWEEN = (PHASES[1:] + PHASES[:-1]) / 2
DRAWS = 1000


def noise_of_each_coordinate(seed: int) -> Outcome:
    """σ and nats of each of six coordinates, for data with three factors; and what σ is exactly."""
    found = _factors(seed, 6)
    order = np.argsort(-found.rate)
    scale, rate, factors = found.scale[order], found.rate[order], len(FACTORS)
    exact = NOISE / _deviations()[:factors]
    measured = {
        "coordinates_in_use": float(found.used.sum()),
        "noise_of_the_most_telling": float(scale[0]),
        "noise_of_the_three_least_telling": float(scale[factors:].mean()),
        "nats_of_the_most_telling": float(rate[0]),
        "nats_of_the_three_least_telling": float(rate[factors:].sum()),
        "off_the_closed_form": float(np.abs(scale[:factors] / exact - 1).max()),
    }
    return Outcome(measured, {"scale": scale, "rate": rate})


def draw_noise_of_each_coordinate(series: Series) -> list[Panel]:
    """σ against nats, one point a coordinate, and the exact curve."""

    def paint(axes: Axes) -> None:
        nats = np.linspace(0, 1.1 * series["rate"].max(), 100)
        axes.plot(nats, np.exp(-nats), "--", color=DATA, label="σ = exp(−nats), linear optimum")
        axes.plot(series["rate"], series["scale"], "o", color=colour(0), label="a coordinate")
        axes.set(xlabel="nats that the coordinate tells", ylabel="σ of its posteriors")
        axes.set(yscale="log", ylim=(0.02, 1.5))
        legend(axes, 2)

    return [
        Panel(
            draw(paint, WIDE),
            Words(
                "Six coordinates for data with three factors. Those that tell much have little "
                "noise; σ = 1 is the mark of those that tell nothing.",
                "三个因子的数据，六个坐标。传递信息多的坐标噪声很小；σ = 1 的坐标恰恰什么都没说。",
            ),
        )
    ]


def more_dimensions(seed: int) -> Outcome:
    """−ELBO on held-out rows against the code's dimension: for three linear factors, and the moon.

    Of the factors it is that of six dimensions above that of three. Of the moon it is the KL plus
    ½E‖x − x̂‖²/(βσ_x²), which a perfect code of no length would bring to 0; beside it stands the
    share of draws that are moons. The KL is once plain, βσ_x² = 1, and once faint, .09 of that.
    """
    lost = [_factors(seed, d).loss for d in FACTOR_DIMENSIONS]
    measured = {"factors_nats_lost_at_6": lost[1] - lost[0]}
    series = {"factors": np.array(lost)}
    for kind, beta in BETAS.items():
        found = [_moon(vae_of_the_moon(seed, beta, d), beta, seed) for d in MOON_DIMENSIONS]
        for d, (nats, moons) in zip(MOON_DIMENSIONS, found, strict=True):
            measured |= {f"{kind}_nats_at_{d}": nats, f"{kind}_moons_at_{d}": moons}
        measured[f"{kind}_eight_over_one"] = found[-1][0] / found[0][0]
        series |= {f"{kind}_nats": np.array(found)[:, 0], f"{kind}_moons": np.array(found)[:, 1]}
    return Outcome(measured, series)


def draw_more_dimensions(series: Series) -> list[Panel]:
    """The loss against the dimension for both sets, and the share of good draws."""
    moon, every = np.array(MOON_DIMENSIONS), range(1, FEATURES)

    def paint(axes: Axes) -> None:
        axes.plot(every, [least_loss(d) for d in every], "--", color=DATA, label="exact")
        axes.plot(FACTOR_DIMENSIONS, series["factors"], "o", color=colour(0), label="linear VAE")
        axes.set(xlabel="dimensions of the code", ylabel="−ELBO, nats")
        legend(axes, 2)

    return [
        Panel(
            draw(paint, WIDE),
            Words(
                "Three linear factors: the third dimension is needed, the others are left unused "
                "and cost nothing.",
                "三个线性因子：第三维必不可少，再多的维度闲置不用，也没有代价。",
            ),
        ),
        Panel(
            lines(
                {f"{kind} KL": (moon, series[f"{kind}_nats"]) for kind in BETAS},
                ("dimensions", "loss, nats"),
                markers=True,
            ),
            Words(
                "The moon has one degree of freedom. A plain KL gives up the dimensions beyond it; "
                "a faint one leaves a curve in all of them, a longer code than one number.",
                "月亮只有一个自由度。正常的 KL 会放弃多余的维度；很弱的 KL 则在所有维度里留下一条"
                "曲线，比一个数的编码更费。",
            ),
        ),
        Panel(
            lines(
                {f"{kind} KL": (moon, series[f"{kind}_moons"]) for kind in BETAS},
                ("dimensions", "share of draws that are moons"),
                markers=True,
            ),
            Words(
                "And with it the draws suffer: most of N(0, I) is far from that curve.",
                "采样也随之受损：N(0, I) 的大部分离那条曲线很远。",
            ),
        ),
    ]


def _moon(trained: Trained, beta: float, seed: int) -> tuple[float, float]:
    """The loss over β of phases held out, in nats, and the share of draws that are moons."""
    held_out = torch.from_numpy(pictures(BETWEEN))
    rate = trained.rate(held_out)
    z = np.random.default_rng([seed, 52]).standard_normal((DRAWS, len(rate)))
    moons = (off_the_moon(trained.decode(z)) < A_MOON).mean()
    error = 0.5 * trained.error(held_out) / (beta * SCALE**2)
    return error + float(rate.sum()), float(moons)


def least_loss(dimensions: int) -> float:
    """−E log p(x) of probabilistic PCA of so many dimensions on the factors' own law, in nats.

    ½ [D log 2π + Σ_{j≤d} log λ_j + (D − d) log σ² + D],  σ² the mean of the other eigenvalues.
    """
    values = _deviations() ** 2
    noise = values[dimensions:].mean()
    logs = np.log(values[:dimensions]).sum() + (FEATURES - dimensions) * math.log(noise)
    return float(FEATURES * math.log(2 * math.pi) + logs + FEATURES) / 2


def _deviations() -> Array:
    """The factors' standard deviations along their principal directions, (8,)."""
    silent = np.zeros(FEATURES - len(FACTORS))
    return np.asarray(np.sqrt(np.concatenate([FACTORS, silent]) ** 2 + NOISE**2))


@dataclass(frozen=True, eq=False)
class Found:
    """A VAE of the factors: σ, nats and use of each coordinate, and −ELBO, of held-out rows."""

    scale: Array
    rate: Array
    used: Array
    loss: float


@cache
def _factors(seed: int, dimensions: int) -> Found:
    rng = np.random.default_rng([seed, 51])
    turn = np.linalg.qr(rng.standard_normal((FEATURES, FEATURES)))[0]
    x, held_out = (
        ((rng.standard_normal((ROWS, FEATURES)) * _deviations()) @ turn.T).astype(np.float32)
        for _ in range(2)
    )
    space = Space.of(x)
    with weights(seed):
        model = vae(space, dimensions, [], 1.0, "gaussian", None)
    rows = {"x": space.to_model(x)}
    learn(model.objective, rows, STEPS, optimiser=Adam(5e-2), seed=seed)
    seen = torch.from_numpy(space.to_model(held_out))
    encoder = model.q["z"]
    assert isinstance(encoder, Factor)
    with torch.no_grad():
        law = encoder.network(seen)
    rate = coordinate_kl(law, StandardNormal(dimensions)())
    assert rate is not None
    bound = likelihood(model.q, model.p, [{"x": seen}], draws=20, seed=seed).elbo
    return Found(
        law.stddev.mean(0).numpy(),
        rate.mean(0).numpy(),
        in_use(law.mean.numpy()),
        -float(bound.mean()),
    )
