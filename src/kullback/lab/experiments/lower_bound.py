"""The bound that a VAE maximises, on a model whose likelihood is known."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from kullback.lab.claim import Words
from kullback.lab.exact.linear_gaussian import bound, log_likelihood, posterior
from kullback.lab.figures import lines
from kullback.lab.outcome import Outcome, Panel, Series

SIGMA = 0.7
STUCK = 0.9
"""The standard deviation of a code that cannot adapt it."""


def gap_of_the_bound() -> Outcome:
    """log p(x) − ELBO with the posterior, with the best diagonal one, and with a fixed width.

    W with orthogonal columns has a diagonal posterior; the same model with its latent turned by
    45° has not. The best diagonal q then has the mean and the diagonal of the precision, and the
    gap is ½ (log Π_j Λ_jj − log det Λ) for every x.
    """
    x = torch.from_numpy(np.random.default_rng(8).normal(size=(20, 3)))
    straight = torch.tensor([[2.0, 0.0], [0.0, 1.0], [1.0, 0.0]], dtype=torch.float64)
    half = math.sqrt(0.5)
    turned = straight @ torch.tensor([[half, -half], [half, half]], dtype=torch.float64)
    gaps, spreads = {}, {}
    for name, loading in (("posterior", straight), ("diagonal", turned)):
        to_mean, precision = posterior(loading, SIGMA)
        elbo, spread = bound(loading, SIGMA, to_mean, 1 / precision.diagonal(), x)
        gaps[name] = log_likelihood(loading, SIGMA, x) - elbo
        spreads[name] = float(spread.max())
    gap = (precision.diagonal().log().sum() - torch.logdet(precision)) / 2
    weights = np.linspace(0.2, 2.4, 111)
    curves = np.array([at_weight(float(weight)) for weight in weights]).T
    best = dict(zip(("likelihood", "tight", "stuck"), curves, strict=True))
    measured = {
        "gap_with_the_posterior": float(gaps["posterior"].abs().max()),
        "spread_of_the_log_weight": spreads["posterior"],
        "gap_with_a_diagonal_posterior": float(gaps["diagonal"].mean()),
        "gap_less_its_closed_form": float((gaps["diagonal"] - gap).abs().max()),
    }
    measured |= {f"best_weight_by_{name}": float(weights[e.argmax()]) for name, e in best.items()}
    return Outcome(measured, {"weight": weights} | best)


def at_weight(weight: float) -> tuple[float, float, float]:
    """Mean log p(x), the bound with the posterior, and with codes of a fixed width; W = (w, 0)ᵀ.

    Data have the covariance diag(4, 1) and σ is 1: the likelihood is largest at w = √3, the bound
    with codes of width s at w = √(2/s − 1).
    """
    x = math.sqrt(2) * torch.tensor([[2, 0], [-2, 0], [0, 1], [0, -1]], dtype=torch.float64)
    loading = torch.tensor([[weight], [0.0]], dtype=torch.float64)
    to_mean, precision = posterior(loading, 1.0)
    fixed = torch.tensor([STUCK**2], dtype=torch.float64)
    bounds = [bound(loading, 1.0, to_mean, v, x)[0] for v in (1 / precision.diagonal(), fixed)]
    return mean(log_likelihood(loading, 1.0, x)), mean(bounds[0]), mean(bounds[1])


def mean(values: Tensor) -> float:
    """The mean, as a number."""
    return float(values.mean())


def draw_gap_of_the_bound(series: Series) -> list[Panel]:
    """The likelihood over one weight, and the bound with codes that cannot adapt."""
    curves = {
        "log p(x)": (series["weight"], series["likelihood"]),
        f"bound, codes of width {STUCK:g}": (series["weight"], series["stuck"]),
    }
    svg = lines(curves, ("weight w of the decoder", "nats"))
    return [
        Panel(
            svg,
            Words(
                "The bound lies below the likelihood, touches it where the posterior has "
                "just that width, and is largest at a smaller weight: that is its bias. With the "
                "posterior for encoder the two curves are one.",
                "下界在似然之下，仅在后验恰有此宽度处相碰；它的最大值在更小的权重处，"
                "这就是偏差。若编码器能取到后验，两条曲线重合。",
            ),
        )
    ]
