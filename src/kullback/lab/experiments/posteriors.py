"""Where posteriors go: what they share, what each keeps, and what the prior has to do with it.

    E KL(q(z|x) ‖ p(z)) = I_q(x; z) + KL(q(z) ‖ p(z))

The information is wanted and the mismatch is not (Hoffman & Johnson, 2016). So it is the aggregate
q(z) = E q(z|x) that has to be the prior; if each q(z|x) were, a code would say nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor, nn
from torch.distributions import (
    Categorical,
    Distribution,
    Independent,
    MixtureSameFamily,
    Normal,
)

from kullback.lab.claim import Words
from kullback.lab.exact.grid import kl, normal
from kullback.lab.experiments.moon import (
    PHASES,
    PLAIN,
    SCALE,
    STEPS,
    VARIANCE,
    Trained,
    pictures,
    vae_of_the_moon,
    vae_with_prior,
)
from kullback.lab.figures import WIDE, Line, colour, legend, lines
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.report.style import DATA, draw

BETAS = (1.0, 10.0, 30.0, 100.0, 300.0)
BETA_STEPS = 300
CODES = np.linspace(-8, 8, 8001)
PEAKS = 2.0
WIDTH = 0.5


def aggregate_and_posteriors(seed: int) -> Outcome:
    """The moments of q(z), and its KL from the prior on a grid, beside the mean KL of q(z|x)."""
    trained = vae_of_the_moon(seed, PLAIN, dimensions=1)
    mean, scale = trained.posterior()
    aggregate = _aggregate(trained)
    mismatch = kl(CODES, aggregate, normal(CODES, 0, 1))
    rate = float(trained.rate().sum())
    measured = {
        "aggregate_mean_off": abs(float(mean.mean())),
        "aggregate_deviation": math.sqrt(float((scale**2).mean() + mean.var())),
        "mean_kl": rate,
        "kl_of_the_aggregate": mismatch,
        "information": rate - mismatch,
        "share_of_mismatch": mismatch / rate,
    }
    return Outcome(measured, {"aggregate": aggregate, "mean": mean[:, 0], "scale": scale[:, 0]})


def draw_aggregate_and_posteriors(series: Series) -> list[Panel]:
    """Some posteriors, all posteriors' mean, and the prior."""
    chosen = range(0, len(PHASES), 10)
    each = {
        f"q(z|x), f = {PHASES[i]:g}": (CODES, normal(CODES, series["mean"][i], series["scale"][i]))
        for i in chosen
    }

    def cut(curves: Mapping[str, Line]) -> dict[str, Line]:
        shown = np.abs(CODES) < 3.5
        return {name: (x[shown], y[shown]) for name, (x, y) in curves.items()}

    together = {"q(z)": (CODES, series["aggregate"]), "p(z)": (CODES, normal(CODES, 0, 1))}
    return [
        Panel(
            lines(cut(each), ("z", "density")),
            Words(
                "Six of the posteriors: each is a peak of its own, and none is the prior.",
                "其中六个后验：各有各的峰，没有一个等于先验。",
            ),
        ),
        Panel(
            lines(cut(together), ("z", "density")),
            Words(
                "All 51 of them together: it is their mean that is near the prior.",
                "51 个后验合在一起：接近先验的是它们的平均。",
            ),
        ),
    ]


def reconstruction_against_beta(seed: int) -> Outcome:
    """R² of reconstructions and the mean KL, at several β: where all posteriors are the prior."""
    found: dict[str, list[float]] = {"kl": [], "r2": []}
    for beta in BETAS:
        steps = STEPS if beta == 1 else BETA_STEPS
        trained = vae_of_the_moon(seed, beta, dimensions=1, steps=steps)
        found["kl"].append(float(trained.rate().sum()))
        found["r2"].append(1 - trained.error() / VARIANCE)
    measured = {f"{n}_at_{b:g}": v[i] for n, v in found.items() for i, b in enumerate(BETAS)}
    values = np.linalg.eigvalsh(np.cov(pictures(PHASES).reshape(len(PHASES), -1).T, bias=True))
    betas = np.geomspace(BETAS[0], BETAS[-1], 200)
    series = {
        "beta": np.array(BETAS),
        "kl": np.array(found["kl"]),
        "r2": np.array(found["r2"]),
        "betas": betas,
        "linear": np.array([linear_r2(values, beta * SCALE**2) for beta in betas]),
    }
    return Outcome(
        measured | {"beta_where_the_linear_code_ends": float(values[-1]) / SCALE**2}, series
    )


def draw_reconstruction_against_beta(series: Series) -> list[Panel]:
    """R² and the KL against β, and the R² of the best linear code."""

    def paint(axes: Axes) -> None:
        axes.plot(series["betas"], series["linear"], "--", color=DATA, label="linear, exact")
        axes.plot(series["beta"], series["r2"], "o-", color=colour(0), label="VAE", markersize=4)
        axes.set(xscale="log", xlabel="β", ylabel="R² of reconstructions")
        legend(axes, 2)

    rate = lines(
        {"KL": (series["beta"], series["kl"])},
        ("β", "E KL(q(z|x) ‖ p(z)), nats"),
        log="x",
        markers=True,
    )
    return [
        Panel(
            draw(paint, WIDE),
            Words(
                "Where β grows the reconstruction goes. A code of one number pays as long as β σₓ² "
                "is below the variance that it explains; for a linear one that is the largest "
                "eigenvalue of the data's covariance, and the dashed line is exact.",
                "β 越大，重构越差。只要 β σₓ² 小于一个编码能解释的方差，编码就还划算；对线性编码，"
                "这个界限是数据协方差的最大特征值，虚线是精确值。",
            ),
        ),
        Panel(
            rate,
            Words(
                "And with it the information: at the end every posterior is the prior.",
                "信息也随之消失：最后每个后验都等于先验。",
            ),
        ),
    ]


def other_prior(seed: int) -> Outcome:
    """q(z) of two VAEs that differ in p(z) alone: N(0, 1), and two peaks at ±2."""
    two = TwoPeaks()
    laws = {"one": normal(CODES, 0, 1), "two": np.exp(_log_density(two()))}
    trained = {"one": vae_of_the_moon(seed, dimensions=1), "two": vae_with_prior(seed, two)}
    found = {name: _aggregate(each) for name, each in trained.items()}
    measured = {
        "one_from_its_prior": kl(CODES, found["one"], laws["one"]),
        "two_from_its_prior": kl(CODES, found["two"], laws["two"]),
        "two_from_the_normal": kl(CODES, found["two"], laws["one"]),
        "one_from_two_peaks": kl(CODES, found["one"], laws["two"]),
        "mass_between_the_peaks_of_one": _mass_near_zero(found["one"]),
        "mass_between_the_peaks_of_two": _mass_near_zero(found["two"]),
    }
    series = {f"aggregate_{name}": value for name, value in found.items()}
    return Outcome(measured, series | {f"prior_{name}": law for name, law in laws.items()})


def draw_other_prior(series: Series) -> list[Panel]:
    """Each prior, and the aggregate that it made."""
    shown = np.abs(CODES) < 4
    z = CODES[shown]
    words = {
        "one": Words("p(z) = N(0, 1).", "p(z) = N(0, 1)。"),
        "two": Words(
            "p(z) with two peaks, all else the same: the codes move to the peaks.",
            "p(z) 有两个峰，其余完全相同：编码都搬到了峰上。",
        ),
    }
    return [
        Panel(
            lines(
                {
                    "q(z)": (z, series[f"aggregate_{name}"][shown]),
                    "p(z)": (z, series[f"prior_{name}"][shown]),
                },
                ("z", "density"),
            ),
            said,
        )
        for name, said in words.items()
    ]


class TwoPeaks(nn.Module):
    """p(z) = ½ N(−2, ½²) + ½ N(2, ½²) of one number."""

    centres: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("centres", torch.tensor([[-PEAKS], [PEAKS]]))

    def forward(self) -> Distribution:
        peaks = Independent(Normal(self.centres, WIDTH, validate_args=False), 1)
        return MixtureSameFamily(Categorical(torch.ones(2)), peaks, validate_args=False)


def linear_r2(values: Array, noise: float) -> float:
    """R² of the best linear code of one number, for eigenvalues λ and βσ_x² = ``noise``.

    Of the largest λ the decoded draws of the posterior leave min(λ, βσ_x²), and all of the others.
    """
    return max(float(values.max()) - noise, 0.0) / float(values.sum())


def _aggregate(trained: Trained) -> Array:
    """The density of q(z) = E q(z|x) of a code of one number."""
    mean, scale = (values[:, 0] for values in trained.posterior())
    each = [normal(CODES, float(m), float(s)) for m, s in zip(mean, scale, strict=True)]
    found: Array = np.mean(each, axis=0)
    return found


def _log_density(law: Distribution) -> Array:
    found: Array = law.log_prob(torch.from_numpy(np.float32(CODES))[:, None]).numpy()
    return found.astype(np.float64)


def _mass_near_zero(density: Array) -> float:
    """Of codes within ±½."""
    near = np.abs(CODES) <= 0.5
    return float(np.trapezoid(density[near], CODES[near]))
