"""What the KL asks of a posterior's shape: its support within the prior's, and some width.

    KL(U(a, b) ‖ U(0, 1)) = −log(b − a)                 where 0 ≤ a < b ≤ 1, else infinite
    KL(U(a, b) ‖ N(0, 1)) = ½ E z² + ½ log 2π − log(b − a),   E z² = (a² + ab + b²)/3
    KL(N(μ, σ²) ‖ N(0, 1)) = ½(μ² + σ² − log σ² − 1) → ∞ as σ → 0, by log 10 for each tenth

Su Jianlin (2018, kexue.fm/archives/5253) on uniform posteriors and on a variance of 0.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import torch
from matplotlib.axes import Axes
from torch.distributions import Normal, Uniform

from kullback.distributions import Noise
from kullback.divergences import closed_form_kl
from kullback.lab.claim import Words
from kullback.lab.digits import HIDDEN, digits, held_out, seeded
from kullback.lab.exact.grid import Floats, kl, normal
from kullback.lab.figures import WIDE, colour, legend, lines
from kullback.lab.learn import tensor
from kullback.lab.outcome import Outcome, Panel, Series
from kullback.models.controls import vae_with_uniform_posteriors
from kullback.networks import (
    GaussianHead,
    Network,
    NoisyCode,
    PointCode,
    StandardNormal,
    inward,
    outward,
)
from kullback.objectives import Clock, Data, Factor, Joint
from kullback.objectives import kl as kl_objective
from kullback.report.style import draw

DIMENSIONS = 4
NOISES = (1.0, 0.1, 0.01, 0.001)
START = Clock(*torch.zeros(3).unbind())
SEED = 66


def uniform_posteriors() -> Outcome:
    """KLs of uniform posteriors inside and outside the prior's support, and VAEs that have them."""
    prior, gaussian = Uniform(0.0, 1.0, validate_args=False), Normal(0.0, 1.0)
    inside, outside = _uniform_kl(0.2, 0.5, prior), _uniform_kl(-0.1, 0.5, prior)
    z = np.linspace(-8, 8, 160_001)
    measured = {
        "kl_inside": inside,
        "kl_inside_is_infinite": float(math.isinf(inside)),
        "kl_outside_is_infinite": float(math.isinf(outside)),
        "kl_to_normal": _uniform_kl(-0.1, 0.5, gaussian),
        "kl_to_normal_by_quadrature": kl(z, _box(z, -0.1, 0.5), normal(z, 0, 1)),
        "loss_is_finite_under_uniform_prior": float(math.isfinite(_untrained_loss("uniform"))),
        "loss_is_finite_under_normal_prior": float(math.isfinite(_untrained_loss("normal"))),
    }
    middles = np.linspace(-1, 2, 601)
    curves = {
        name: np.array([_uniform_kl(m - 0.15, m + 0.15, law) for m in middles])
        for name, law in (("uniform", prior), ("normal", gaussian))
    }
    return Outcome(measured, {"middle": middles, **curves})


def draw_uniform_posteriors(series: Series) -> list[Panel]:
    """The KL of a posterior of width .3 against where it lies, for two priors."""

    def paint(axes: Axes) -> None:
        for i, (name, label) in enumerate((("uniform", "U(0, 1)"), ("normal", "N(0, 1)"))):
            finite = np.where(np.isfinite(series[name]), series[name], np.nan)
            axes.plot(series["middle"], finite, color=colour(i), label=f"prior {label}")
        for edge in (0.15, 0.85):
            axes.axvline(edge, color=colour(0), linestyle=":", linewidth=1)
        for place in (-0.6, 1.6):
            axes.text(place, 1.1, "∞", color=colour(0), fontsize=12)
        axes.set(xlabel="middle of the posterior, of width .3", ylabel="KL to the prior (nats)")
        axes.set_ylim(1, 4.6)
        legend(axes, 2)

    return [
        Panel(
            draw(paint, WIDE),
            Words(
                "Against a uniform prior the KL is one number, −log .3 = 1.204, as long as the "
                "posterior lies inside, and infinite beyond the dotted lines. Against a normal "
                "prior it is finite everywhere.",
                "先验是均匀分布时，只要后验完全落在先验的支撑集之内，KL 恒为 −log .3 = 1.204；"
                "越过虚线就是无穷大。先验是正态分布时，KL 处处有限。",
            ),
        )
    ]


def vanishing_noise() -> Outcome:
    """A VAE's two terms as σ → 0, beside an autoencoder's one, with the same networks and rows.

    Each ε is taken with −ε, so that the first order in σ cancels.
    """
    space, x = digits().space, {"x": tensor(held_out()).double()}
    rows = len(x["x"])
    body = seeded(lambda: inward(space, HIDDEN, DIMENSIONS), SEED).double()
    writer = seeded(lambda: outward(space, HIDDEN, DIMENSIONS), SEED + 1)
    decoder = Network(writer, GaussianHead(space, 1.0)).double()
    prior = StandardNormal(DIMENSIONS).double()
    p = Joint("p", Factor("z", prior), Factor("x", decoder, given="z"))
    generator = torch.Generator().manual_seed(SEED)
    epsilon = torch.randn(rows, DIMENSIONS, generator=generator, dtype=torch.float64)

    def terms(noise: float) -> tuple[float, float]:
        head = NoisyCode(noise) if noise else PointCode()
        q = Joint("q", Data("x"), Factor("z", Network(body, head), given="x"))
        player = kl_objective(q, p, terms="x z" if noise else "x")["model"]
        with torch.no_grad():
            found = [player.terms(x, Noise.replay(rows, [e]), START) for e in (epsilon, -epsilon)]
        reconstruction = (found[0]["nll_x"] + found[1]["nll_x"]) / 2
        return float(reconstruction), float(found[0]["kl_z"]) if noise else 0.0

    autoencoder, _ = terms(0)
    found = np.array([terms(noise) for noise in NOISES])
    gaps, kls = found[:, 0] - autoencoder, found[:, 1]
    measured = {
        "reconstruction_gap_at_0.01": float(gaps[2]),
        "reconstruction_gap_at_0.001": float(gaps[3]),
        "gap_ratio_of_a_tenth": float(gaps[1] / gaps[2]),
        "kl_at_0.001": float(kls[3]),
        "kl_growth_of_a_tenth": float((kls[3] - kls[2]) / DIMENSIONS),
    }
    return Outcome(measured, {"noise": np.array(NOISES), "gap": gaps, "kl": kls})


def draw_vanishing_noise(series: Series) -> list[Panel]:
    """The reconstruction term tends to the autoencoder's, the KL to infinity."""
    names = (("KL to the prior", "kl"), ("reconstruction − AE's", "gap"))
    curves = {label: (series["noise"], series[key]) for label, key in names}
    svg = lines(curves, ("σ", "nats"), log="xy", markers=True)
    return [
        Panel(
            svg,
            Words(
                "As the noise falls the reconstruction becomes the autoencoder's, a hundredth of "
                "the gap for a tenth of the noise. The KL grows without bound meanwhile: only at "
                "β = 0 is an autoencoder what is left.",
                "噪声减小时，重构项趋于自编码器的重构误差（噪声减到十分之一，差距减到百分之一）；"
                "与此同时 KL 无界增长。只有 β = 0 时剩下的才是自编码器。",
            ),
        )
    ]


def _uniform_kl(low: float, high: float, prior: Uniform | Normal) -> float:
    found = closed_form_kl(Uniform(low, high), prior)
    assert found is not None
    return float(found)


def _box(z: Floats, low: float, high: float) -> Floats:
    """The density of U(low, high) at points z, with half its height at the ends."""
    found: Floats = 0.5 * (np.sign(z - low) - np.sign(z - high)) / (high - low)
    return found


def _untrained_loss(prior: Literal["normal", "uniform"]) -> float:
    """The loss in nats of an untrained VAE with uniform posteriors and that prior."""
    space, x = digits().space, tensor(held_out())
    model = seeded(
        lambda: vae_with_uniform_posteriors(space, DIMENSIONS, HIDDEN, prior, "gaussian", 1.0),
        SEED,
    )
    with torch.no_grad():
        terms = model.objective["model"].terms({"x": x}, Noise.seeded(len(x), SEED), START)
    return float(sum(terms.values()))
