"""Entropy, Kullback–Leibler and Jensen–Shannon divergences, on densities that are known."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from kullback.lab.claim import Words
from kullback.lab.exact import table
from kullback.lab.exact.fit import normal as masses
from kullback.lab.exact.fit import points, two_bumps
from kullback.lab.exact.grid import js, normal
from kullback.lab.figures import lines
from kullback.lab.outcome import Outcome, Panel, Series

DISTANCES = (0.5, 1, 2, 4, 6, 8)
_STEP = 1e-3
PAIRS = 5_000
STATES = 10


def cross_entropy_and_entropy() -> Outcome:
    """H(q, p) − H(q) of random tables, of equal ones, and along all coins p of one coin q."""
    q, p = pairs()
    excess = table.cross_entropy(q, p) - table.cross_entropy(q, q)
    chance = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
    coins = torch.stack([chance, 1 - chance], 1)
    coin = torch.tensor([0.3, 0.7], dtype=torch.float64)
    measured = {
        "least_excess": float(excess.min()),
        "excess_at_equality": float((table.cross_entropy(q, q) - entropy(q)).abs().max()),
        "excess_less_kl": float((excess - table.row_kl(q, p)).abs().max()),
    }
    series = {
        "chance": chance.numpy(),
        "cross_entropy": table.cross_entropy(coin, coins).numpy(),
        "kl": table.row_kl(coin.expand(99, 2), coins).numpy(),
        "entropy": entropy(coin).numpy(),
    }
    return Outcome(measured, series)


def draw_cross_entropy_and_entropy(series: Series) -> list[Panel]:
    """H(q, p) of a coin touches H(q) where p = q."""
    curves = {
        "H(q, p)": (series["chance"], series["cross_entropy"]),
        "KL(q ‖ p)": (series["chance"], series["kl"]),
    }
    svg = lines(curves, ("p", "nats"), levels={"H(q)": float(series["entropy"])})
    return [
        Panel(
            svg,
            Words(
                "A coin q = .3, described in a code made for p: only p = q costs no more than the "
                "entropy.",
                "用为 p 设计的编码描述硬币 q = .3：偏得越多越贵，只有 p = q 时才不多付代价。",
            ),
        )
    ]


def directions() -> Outcome:
    """KL both ways and JS both ways: of random tables, and of two bumps and N(0, 1)."""
    q, p = pairs()
    there, back = table.row_kl(q, p), table.row_kl(p, q)
    x = points(-20, 20, 2001)
    bumps, one = two_bumps(x), masses(x, 0, 1)
    widths = torch.linspace(0.5, 6, 56, dtype=torch.float64)
    wide = [masses(x, 0, width) for width in widths]
    measured = {
        "difference_of_kl": float((there - back).abs().median()),
        "difference_of_js": max(
            float((table.js(a, b) - table.js(b, a)).abs()) for a, b in zip(q[:200], p, strict=False)
        ),
        "kl_of_bumps_and_normal": float(table.kl(bumps, one)),
        "kl_of_normal_and_bumps": float(table.kl(one, bumps)),
    }
    series = {
        "width": widths.numpy(),
        "forward": stacked([table.kl(bumps, each) for each in wide]),
        "reverse": stacked([table.kl(each, bumps) for each in wide]),
        "js": stacked([table.js(bumps, each) for each in wide]),
    }
    return Outcome(measured, series)


def draw_directions(series: Series) -> list[Panel]:
    """The two directions of KL disagree about how wide one Gaussian should be."""
    names = {"forward": "KL(q ‖ p)", "reverse": "KL(p ‖ q)", "js": "JS(q, p)"}
    curves = {label: (series["width"], series[name]) for name, label in names.items()}
    svg = lines(curves, ("width s", "nats"), log="y")
    return [
        Panel(
            svg,
            Words(
                "q two bumps at ±3, p = N(0, s²): one direction wants s = 3.04, the other is "
                "least elsewhere; JS has one value for both directions.",
                "q 是 ±3 处的两个峰，p = N(0, s²)：一个方向要求 s = 3.04，"
                "另一个方向的最小值在别处；JS 不分方向。",
            ),
        )
    ]


def likelihood_and_kl() -> Outcome:
    """Mean log-likelihood of a sample and KL from it, over the mean of a Gaussian on a grid."""
    x = points(-12, 12, 2401)
    counts = np.random.default_rng(3).multinomial(200, two_bumps(x).numpy())
    sample = torch.from_numpy(counts / counts.sum())
    means = torch.linspace(-6, 6, 601, dtype=torch.float64)
    models = torch.stack([masses(x, mean, 2.0) for mean in means])
    likelihood = -table.cross_entropy(sample, models)
    divergence = table.row_kl(sample.expand_as(models), models)
    total = likelihood + divergence
    return Outcome(
        {
            "best_mean_by_likelihood": float(means[likelihood.argmax()]),
            "best_means_apart": float(means[likelihood.argmax()] - means[divergence.argmin()]),
            "spread_of_their_sum": float(total.max() - total.min()),
            "sum_less_entropy": float((total + entropy(sample)).abs().max()),
            "sample_mean_less_best": float((sample * x).sum() - means[likelihood.argmax()]),
        },
        {"mean": means.numpy(), "likelihood": likelihood.numpy(), "kl": divergence.numpy()},
    )


def draw_likelihood_and_kl(series: Series) -> list[Panel]:
    """One curve is the other upside down."""
    curves = {
        "KL(sample ‖ p)": (series["mean"], series["kl"]),
        "mean log-likelihood": (series["mean"], series["likelihood"]),
    }
    svg = lines(curves, ("μ", "nats"))
    return [
        Panel(
            svg,
            Words(
                "Each curve is the other upside down: they add up to minus the sample's entropy, "
                "which no model changes.",
                "两条曲线互为上下颠倒：相加等于负的样本熵，与模型无关。",
            ),
        )
    ]


def js_of_parting_gaussians() -> Outcome:
    """JS(N(0, 1), N(d, 1)) at several distances d: there is no closed form, so by quadrature."""
    x = np.linspace(-12, 24, 20_001)
    distances = np.linspace(0, 10, 101)

    def at(d: float) -> float:
        return js(x, normal(x, 0, 1), normal(x, d, 1))

    values = {f"js_at_{d:g}": at(d) for d in DISTANCES}
    slopes = {f"slope_at_{d}": (at(d + _STEP) - at(d - _STEP)) / (2 * _STEP) for d in (2, 8)}
    series = {"distance": distances, "js": np.array([at(d) for d in distances])}
    return Outcome(values | slopes, series)


def draw_js_of_parting_gaussians(series: Series) -> list[Panel]:
    """JS levels off at log 2."""
    curves = {"JS": (series["distance"], series["js"])}
    svg = lines(curves, ("distance d", "nats"), levels={"log 2": math.log(2)})
    return [
        Panel(
            svg,
            Words(
                "Beyond a distance of six the curve is flat: nothing tells where to go.",
                "距离超过 6 之后曲线是平的：没有任何信号指出该往哪里走。",
            ),
        )
    ]


def pairs() -> tuple[Tensor, Tensor]:
    """Random tables in pairs, (PAIRS, STATES) each, uniform on the simplex."""
    draws = np.random.default_rng(1).dirichlet(np.ones(STATES), (2, PAIRS))
    return torch.from_numpy(draws[0]), torch.from_numpy(draws[1])


def entropy(q: Tensor) -> Tensor:
    """−Σ q log q in nats, over the last axis."""
    each: Tensor = torch.special.entr(q)
    return each.sum(-1)


def stacked(values: list[Tensor]) -> np.ndarray:
    """Scalars as an array."""
    return torch.stack(values).numpy()
