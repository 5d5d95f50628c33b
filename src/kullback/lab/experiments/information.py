"""What a code with noise can tell, and what becomes of it when all codes have one law.

A code z = μ + n with noise n of variance N tells of μ at most

    I(μ; z) ≤ ½ log(1 + S/N),    S the variance of μ,

with equality where μ is normal (Shannon, 1948): then q(z) = N(0, S + N) and the information is
E KL(q(z|μ) ‖ q(z)). A number without noise would tell without bound. At the other end, where
q(z|x) is one law for all x, a code tells nothing: the best decoder then gives the mean of the data.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.special import erf, ndtri, softmax
from torch.distributions import Normal

from kullback.divergences import closed_form_kl
from kullback.lab.claim import Words
from kullback.lab.exact.grid import cross_entropy, normal
from kullback.lab.experiments.moon import PHASES, VARIANCE, pictures
from kullback.lab.figures import lines
from kullback.lab.figures import pictures as picture_rows
from kullback.lab.outcome import Array, Outcome, Panel, Series

RATIOS = (0.01, 1, 10, 100, 10_000)
"""Signal to noise, S/N."""

NOISES = (2.0, 0.5, 0.05)
SHARES = (0.03, 0.3, 0.7, 1.0)
CODES = np.linspace(-1.5, 1.5, 5)


def capacity_of_a_noisy_number() -> Outcome:
    """I(μ; z) of a normal code by E KL(q(z|μ) ‖ q(z)), and of one even on [0, 10] by quadrature."""
    found = {f"nats_at_{ratio:g}": _of_a_normal(ratio) for ratio in RATIOS}
    noises = np.geomspace(0.02, 5, 40)
    even = np.array([_of_an_even(noise) for noise in noises])
    bound = np.array([0.5 * math.log(1 + 100 / 12 / noise**2) for noise in noises])
    values = {f"nats_of_ten_at_{noise:g}": _of_an_even(noise) for noise in NOISES}
    values |= {
        "least_room_below_capacity": float((bound - even).min()),
        "nats_of_half_the_noise": _of_an_even(0.025) - _of_an_even(0.05),
    }
    return Outcome(found | values, {"noise": noises, "even": even, "capacity": bound})


def draw_capacity_of_a_noisy_number(series: Series) -> list[Panel]:
    """Less noise tells more, without end and ever below the capacity."""
    curves = {
        "capacity, ½ log(1 + S/N)": (series["noise"], series["capacity"]),
        "a number from [0, 10]": (series["noise"], series["even"]),
    }
    svg = lines(curves, ("standard deviation of the noise", "nats"), log="x")
    return [
        Panel(
            svg,
            Words(
                "What a number from 0 to 10 tells when it is read with noise: each halving of the "
                "noise adds log 2, and only a number without noise would tell everything.",
                "从 0 到 10 的一个数在有噪声时能传递多少信息：噪声每减半就多 log 2 奈特，只有没有"
                "噪声的数才能传递无穷多。",
            ),
        )
    ]


def codes_of_one_law() -> Outcome:
    """The best decoder of the moon's phases, where each phase's code is N(√(1 − s²) u, s²).

    u = Φ⁻¹(rank), so that q(z) stays near N(0, 1) whatever s; at s = 1 all codes have one law. The
    best decoder is E[x|z], its error E Var(x|z): both are sums, over z on a grid.
    """
    shares = np.linspace(0.02, 1, 25)
    error = np.array([_best_decoder(share)[0] for share in shares])
    own, shared = _best_decoder(SHARES[0]), _best_decoder(1.0)
    mean = pictures(PHASES).reshape(len(PHASES), -1).mean(0)
    measured = {
        "error_of_own_codes": own[0] / VARIANCE,
        "error_of_shared_codes": shared[0] / VARIANCE,
        "from_the_mean_picture": float(np.abs(shared[1] - mean).max()),
    }
    shown = [_best_decoder(share)[1].reshape(-1, 12, 12) for share in SHARES]
    return Outcome(
        measured, {"share": shares, "error": error / VARIANCE, "pictures": np.array(shown)}
    )


def draw_codes_of_one_law(series: Series) -> list[Panel]:
    """The error against the share of noise, and what the best decoder makes of five codes."""
    svg = lines(
        {"best decoder": (series["share"], series["error"])},
        ("σ of every posterior", "error / variance of the data"),
        levels={"the mean picture": 1.0},
    )
    names = [f"σ = {share:g}" for share in SHARES]
    return [
        Panel(
            svg,
            Words(
                "The wider the posteriors, the less a code says which picture it belongs to; when "
                "each is the prior, nothing beats answering with the mean.",
                "后验越宽，编码就越说不清自己属于哪张图；当每个后验都等于先验时，最好的回答只能是平均图。",
            ),
        ),
        Panel(
            picture_rows(list(series["pictures"]), names, size=(4.6, 3.2)),
            Words(
                "The best decoder's pictures at z = −1.5, −.75, 0, .75, 1.5: phases where "
                "posteriors are narrow, one grey mean where all are the prior.",
                "最优解码器在 z = −1.5、−.75、0、.75、1.5 处的图：后验窄时是各个月相，后验全等于"
                "先验时只剩同一张灰色的平均图。",
            ),
        ),
    ]


def _of_a_normal(ratio: float) -> float:
    """E KL(N(μ, 1) ‖ N(0, S + 1)) over μ ~ N(0, S), by Gauss–Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    mean = torch.from_numpy(nodes * math.sqrt(ratio))
    one = torch.ones_like(mean)
    each = closed_form_kl(Normal(mean, one), Normal(0 * one, math.sqrt(ratio + 1) * one))
    assert each is not None
    return float((each.numpy() * weights).sum() / weights.sum())


def _of_an_even(noise: float) -> float:
    """I = h(z) − h(n) of μ even on [0, 10] and z = μ + n, the entropies by quadrature."""
    z = np.linspace(-6 * noise, 10 + 6 * noise, 40_001)
    reach = noise * math.sqrt(2)
    density = (erf(z / reach) - erf((z - 10) / reach)) / 20
    n = np.linspace(-9 * noise, 9 * noise, 4001)
    own = normal(n, 0, noise)
    return cross_entropy(z, density, density) - cross_entropy(n, own, own)


def _best_decoder(share: float) -> tuple[float, Array]:
    """E ‖x − E[x|z]‖² and E[x|z] at five codes, (5, 144)."""
    x = pictures(PHASES).reshape(len(PHASES), -1).astype(np.float64)
    means = math.sqrt(1 - share**2) * ndtri((np.arange(len(x)) + 0.5) / len(x))

    def decoded(z: Array) -> Array:
        """E[x|z] = Σ x q(z|x) / Σ q(z|x)."""
        found: Array = softmax(-((z - means[:, None]) ** 2) / (2 * share**2), axis=0).T @ x
        return found

    z = np.linspace(-5, 5, 1501)
    made = decoded(z)
    missed = (x**2).sum(1)[:, None] - 2 * x @ made.T + (made**2).sum(1)
    laws = np.array([normal(z, mean, share) for mean in means])
    error = float(np.trapezoid(laws * missed, z, axis=1).mean())
    return error, decoded(CODES)
