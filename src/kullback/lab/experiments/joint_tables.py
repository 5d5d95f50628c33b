"""Two joints of finite x and z: the chain rule, EM, and the games of ALI and AAE."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.distributions import MultivariateNormal

from kullback.divergences import (
    FULL,
    MINIMAX,
    NON_SATURATING,
    TRUNCATED,
    Dual,
    closed_form_kl,
)
from kullback.lab.claim import Words
from kullback.lab.exact import table
from kullback.lab.exact.joints import ali, em, factored
from kullback.lab.exact.least import least
from kullback.lab.figures import bars, lines, pictures
from kullback.lab.outcome import Outcome, Panel, Series

GAMES: dict[str, Dual] = {
    "truncated": TRUNCATED,
    "label_swapped": NON_SATURATING,
    "minimax": MINIMAX,
    "full": FULL,
}
COPIES, STEPS = 3, 100


def chain_rule() -> Outcome:
    """KL of joints less KL of marginals less E KL of posteriors, on random tables and along EM."""
    draws = np.random.default_rng(6)
    errors, gaps = [], []
    for _ in range(50):
        q, p = (torch.from_numpy(draws.dirichlet(np.ones(30)).reshape(6, 5)) for _ in range(2))
        whole, marginal, gap = parts(q, p)
        errors.append(abs(whole - marginal - gap))
        gaps.append(whole - marginal)
    q = torch.from_numpy(draws.dirichlet(np.ones(30)).reshape(6, 5))
    same_x = q.sum(1, keepdim=True) * q.sum(0, keepdim=True)
    data = torch.from_numpy(draws.dirichlet(np.full(20, 0.5)).reshape(4, 5))
    start = torch.from_numpy(draws.dirichlet(np.ones(60)).reshape(4, 5, 3))
    path = em(data, factored(start), 8)
    along = np.array([parts(q.flatten(0, 1), p.flatten(0, 1)) for q, p in path])
    return Outcome(
        {
            "error": max(errors),
            "least_excess": min(gaps),
            "marginal_kl_of_equal_marginals": parts(q, same_x)[1],
            "joint_kl_of_equal_marginals": parts(q, same_x)[0],
            "gap_after_an_e_step": float(np.abs(along[1::2, 2]).max()),
            "greatest_rise_in_em": float(np.diff(along[:, 0]).max()),
        },
        {"joint": along[:, 0], "marginal": along[:, 1]},
    )


def draw_chain_rule(series: Series) -> list[Panel]:
    """The joint KL comes down upon the marginal one, E step by M step."""
    move = np.arange(len(series["joint"]))
    curves = {
        "KL(q(x,z) ‖ p(x,z))": (move, series["joint"]),
        "KL(data ‖ p(x))": (move, series["marginal"]),
    }
    svg = lines(curves, ("move of EM", "nats"), markers=True)
    return [
        Panel(
            svg,
            Words(
                "EM on pairs x = (a, b) with three classes z, the moves of q and p in turn. "
                "After each move of q the curves touch: the gap is E KL(q(z|x) ‖ p(z|x)).",
                "成对变量 x = (a, b)、三个类 z 的表上的 EM，q 与 p 轮流各走一步。"
                "q 走完后两条曲线相碰：其差正是 E KL(q(z|x) ‖ p(z|x))。",
            ),
        )
    ]


def parts(q: Tensor, p: Tensor) -> tuple[float, float, float]:
    """KL of the joints, of their x-marginals, and the mean KL of their posteriors."""
    marginal = table.kl(q.sum(1), p.sum(1))
    return float(table.kl(q, p)), float(marginal), float(table.conditional_kl(q, p))


def games_of_ali() -> Outcome:
    """TV between the sides of ALI after 100 steps with the best critic, mean of three tables.

    And the normal case: N(αx, 1−α²) for both q(z|x) and p(x|z), x and z standard normal; and the
    best α for a generator with less and less noise.
    """
    draws = np.random.default_rng(0)
    data, prior = (torch.from_numpy(draws.dirichlet(np.ones(6), COPIES)) for _ in range(2))
    encoder, decoder = (torch.from_numpy(draws.normal(size=(COPIES, 6, 6))) for _ in range(2))
    measured: dict[str, float] = {}
    series: dict[str, np.ndarray] = {}
    for name, dual in GAMES.items():
        q, p = ali(dual, data, prior, encoder, decoder, STEPS)
        measured[f"{name}_tv"] = table.total_variation(q, p) / COPIES
        measured[f"{name}_tv_of_z"] = table.total_variation(q.sum(1), p.sum(1)) / COPIES
        series[name] = np.stack([q[0].numpy(), p[0].numpy()])
    for alpha in (0.0, 0.9):
        kl, information, error = normal_sides(alpha)
        measured |= {
            f"kl_at_{alpha:g}": kl,
            f"information_at_{alpha:g}": information,
            f"reconstruction_error_at_{alpha:g}": error,
        }
    for noise in (0.1, 0.001):
        measured[f"best_alpha_with_generator_noise_{noise:g}"] = best_alpha(noise)
    return Outcome(measured, series | {"tv": np.array([measured[f"{n}_tv"] for n in GAMES])})


def normal_sides(alpha: float) -> tuple[float, float, float]:
    """KL(q ‖ p), I(x; z) in nats, and E (x − E[x'|z])², of the normal case."""
    at = torch.tensor(alpha, dtype=torch.float64)
    information = 0.5 * math.log(1 / float(1 - at**2))
    back = torch.stack([torch.ones_like(at), -at])  # x − αz
    return float(normal_kl(at, at)), information, float(back @ covariance(at) @ back)


def normal_kl(of_q: Tensor, of_p: Tensor) -> Tensor:
    """KL(q ‖ p) of z|x ~ N(αx, 1−α²) and x|z ~ N(βz, 1−β²), x and z standard normal."""
    origin = torch.zeros(2, dtype=torch.float64)
    laws = [MultivariateNormal(origin, covariance(each)) for each in (of_q, of_p)]
    found = closed_form_kl(*laws)
    assert found is not None
    return found


def covariance(correlation: Tensor) -> Tensor:
    """Of (x, z), both of variance 1."""
    one = torch.ones_like(correlation)
    return torch.stack([torch.stack([one, correlation]), torch.stack([correlation, one])])


def best_alpha(noise: float) -> float:
    """The encoder's best α against a generator x = √(1−noise²) z + noise·ε, in KL(q ‖ p)."""
    beta = torch.tensor(math.sqrt(1 - noise**2), dtype=torch.float64)
    angle = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    least(lambda: normal_kl(torch.tanh(angle), beta), [angle])
    return float(torch.tanh(angle.detach()))


def draw_games_of_ali(series: Series) -> list[Panel]:
    """How far apart each game leaves the sides, and the two joints of one table."""
    names = [name.replace("_", "-") for name in GAMES]
    heights = dict(zip(names, series["tv"].tolist(), strict=True))
    top = max(float(series[name].max()) for name in ("truncated", "label_swapped"))
    rows = [np.kron(series[n] / top, np.ones((8, 8))) for n in ("truncated", "label_swapped")]
    rows = [np.pad(row, ((0, 0), (2, 2), (2, 2)), constant_values=0.6) for row in rows]
    return [
        Panel(
            bars(heights, "TV of q(x,z) and p(x,z)"),
            Words(
                "With the best critic and free tables, three games make the sides equal; the one "
                "in which both sides minimise −log D does not.",
                "判别器最优、条件分布任意：三种博弈使两侧相等，两侧都极小化 −log D 的那种不行。",
            ),
        ),
        Panel(
            pictures(rows, ["truncated", "swapped"], size=(3.6, 3.0)),
            Words(
                "q(x, z) on the left, p(x, z) on the right, on one table: brighter is likelier.",
                "左为 q(x, z)，右为 p(x, z)，同一张表；越亮概率越大。",
            ),
        ),
    ]


def parts_of_aae() -> Outcome:
    """E KL(q(z|x) ‖ p(z)) in two parts, what the critic on z says, and whether the sum bounds."""
    draws = np.random.default_rng(7)
    errors = []
    for _ in range(50):
        q = torch.from_numpy(draws.dirichlet(np.ones(30)).reshape(6, 5))
        prior = torch.from_numpy(draws.dirichlet(np.ones(5)))
        whole = table.conditional_kl(q, q.sum(1, keepdim=True) * prior)
        two = table.mutual_information(q) + table.kl(q.sum(0), prior)
        errors.append(abs(float(whole - two)))
    code = q.sum(0)
    logits = best_by_search(NON_SATURATING, code, prior)
    said = float((code * logits).sum())
    noise = np.linspace(0, 1, 41)
    sums = np.array([code_of_four(each) for each in noise])
    return Outcome(
        {
            "error_of_the_two_parts": max(errors),
            "critic_mean_logit": said,
            "kl_of_the_codes": float(table.kl(code, prior)),
            "critic_less_kl": abs(said - float(table.kl(code, prior))),
            "cross_entropy": float(sums[0, 2]),
            "aae_less_cross_entropy": float((sums[:, 0] - sums[:, 2]).min()),
            "vae_less_cross_entropy": float((sums[:, 1] - sums[:, 2]).min()),
        },
        {"noise": noise, "aae": sums[:, 0], "vae": sums[:, 1], "cross_entropy": sums[:, 2]},
    )


def draw_parts_of_aae(series: Series) -> list[Panel]:
    """The two sums over the noise of the encoder, against what one of them bounds."""
    names = {"vae": "VAE's sum", "aae": "AAE's sum"}
    curves = {label: (series["noise"], series[name]) for name, label in names.items()}
    level = {"−E log p(x)": float(series["cross_entropy"][0])}
    svg = lines(curves, ("noise of the encoder", "nats"), levels=level)
    return [
        Panel(
            svg,
            Words(
                "Four states, four codes, a decoder that says which: the VAE's sum never falls "
                "under −E log p(x); the AAE's, which leaves out I(x; z), does.",
                "四个状态、四个编码：VAE 的和从不低于 −E log p(x)；AAE 略去 I(x; z)，可以低于它。",
            ),
        )
    ]


def code_of_four(noise: float) -> tuple[float, float, float]:
    """The AAE's sum, the VAE's and −E log p(x): x and z in 4 states, z = x but for ``noise``."""
    states = 4
    flat = torch.full((states,), 1 / states, dtype=torch.float64)
    mixed = torch.full((states, states), noise / states, dtype=torch.float64)
    q = flat[:, None] * (mixed + (1 - noise) * torch.eye(states))
    sure = 0.9
    decoder = (1 - sure) / states + sure * torch.eye(states, dtype=torch.float64)
    p = flat[None, :] * decoder
    reconstruction = float(-torch.xlogy(q, decoder).sum())
    aae = reconstruction + float(table.kl(q.sum(0), flat))
    vae = reconstruction + float(table.conditional_kl(q, q.sum(1, keepdim=True) * flat))
    return aae, vae, float(table.cross_entropy(q.sum(1), p.sum(1)))


def best_by_search(dual: Dual, q: Tensor, p: Tensor) -> Tensor:
    """The free logits with the least loss of the critic, found by search and not by formula."""
    logits = torch.zeros_like(q, requires_grad=True)
    least(lambda: table.critic_loss(dual, logits, q, p), [logits])
    return logits.detach()
