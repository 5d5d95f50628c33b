"""The game on tables, the critic always the best: what the model's answer makes of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from kullback.data import Space
from kullback.distributions import Noise
from kullback.divergences import FULL, MINIMAX, NON_SATURATING
from kullback.lab.claim import Words
from kullback.lab.exact import table
from kullback.lab.exact.game import best_response, faint, near_response, rounds
from kullback.lab.exact.least import least
from kullback.lab.figures import lines
from kullback.lab.learn import weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import Network, PointHead, StandardNormal
from kullback.objectives import Clock, Factor, Joint, Snapshot, proximal

STATES = 50
STEPS = (0.5, 1.0, 2.0, 3.0, 3.5)
TOO_LARGE = (5.0, 6.0)

Losses = Callable[[Tensor], Tensor]


def collapse() -> Outcome:
    """Each divergence's optimum over free tables, and the game in which p answers at its best."""
    data, start = tables()
    optima = {
        "forward": free_optimum(lambda p: table.kl(data, p)),
        "reverse": free_optimum(lambda p: table.kl(p, data)),
        "js": free_optimum(lambda p: table.js(data, p)),
    }
    games: dict[str, Losses] = {
        "minimax": lambda logits: table.mover_losses(MINIMAX, logits),
        "non_saturating": lambda logits: table.mover_losses(NON_SATURATING, logits),
        "full": lambda logits: table.mover_losses(FULL, logits),
        # The same game for KL(data ‖ p), whose best critic scores data/p (Nowozin et al., 2016).
        "forward": lambda logits: -logits.exp(),
    }
    played = {name: answered(losses, data, start, 12) for name, losses in games.items()}
    near = rounds(NON_SATURATING, data, start, 12)
    atoms = played["non_saturating"].argmax(1)[-4:]
    measured = {f"tv_of_{name}_optimum": variation(data, p) for name, p in optima.items()}
    measured |= {
        f"tv_of_{name}_game": min(variation(data, p) for p in path[-2:])
        for name, path in played.items()
    }
    measured |= {
        "tv_at_start": variation(data, start),
        "tv_after_9_near_rounds": variation(data, near[9]),
        "atoms_in_the_last_4_rounds": float(len(set(atoms.tolist()))),
    }
    series = {
        "best": variations(data, torch.cat([start[None], played["non_saturating"]])),
        "near": variations(data, near),
        "data": data.numpy(),
        "atom": played["non_saturating"][-1].numpy(),
        "found": near[9].numpy(),
    }
    return Outcome(measured, series)


def draw_collapse(series: Series) -> list[Panel]:
    """TV to the data over rounds, with and without the price of a move."""
    count = np.arange(len(series["near"]))
    curves = {
        "best answer: an atom": (count, series["best"]),
        "with KL(p ‖ p_old)": (count, series["near"]),
    }
    svg = lines(curves, ("round", "TV(p, data)"), log="y", markers=True)
    return [
        Panel(
            svg,
            Words(
                "The same critic, the same loss: a best answer puts all mass on one state and hops "
                "from one to another; an answer that pays for moving comes to the data.",
                "同样的判别器、同样的损失：最优应答把全部概率压在一个状态上、来回跳；"
                "为移动付代价的应答则走向数据分布。",
            ),
        )
    ]


def size_of_steps() -> Outcome:
    """p ∝ p D^η: by what factor a small error shrinks in a round, and where large steps end."""
    data, start = tables()
    close = nearly(data)
    factors = {
        step: variation(data, near_response(NON_SATURATING, data, close, step))
        / variation(data, close)
        for step in STEPS
    }
    ends = {
        step: min(variation(data, p) for p in rounds(NON_SATURATING, data, start, 60, step)[-10:])
        for step in TOO_LARGE
    }
    small = variation(data, rounds(NON_SATURATING, data, start, 60, 1.0)[-1])
    measured = {f"factor_at_{step:g}": factor for step, factor in factors.items()}
    measured |= {
        "greatest_error_of_the_law": max(abs(f - abs(1 - s / 2)) for s, f in factors.items()),
        "tv_of_steps_of_1": small,
    }
    measured |= {f"tv_of_steps_of_{step:g}": end for step, end in ends.items()}
    shown = {f"η = {s:g}": rounds(NON_SATURATING, data, start, 16, s) for s in (0.5, 1, 2, 3, 5)}
    return Outcome(measured, {name: variations(data, path) for name, path in shown.items()})


def draw_size_of_steps(series: Series) -> list[Panel]:
    """TV over rounds for several steps."""
    curves = {name: (np.arange(len(each)), each.clip(1e-9)) for name, each in series.items()}
    svg = lines(curves, ("round", "TV(p, data)"), log="y")
    return [
        Panel(
            svg,
            Words(
                "A round takes a small error to (1 − η/2) of itself: η = 2 is fastest, 1 and 3 "
                "halve it, and beyond 4 the game does not settle. (Cut off at 1e-9.)",
                "每轮把小误差乘以 (1 − η/2)：η = 2 最快，1 与 3 各减半，超过 4 就不再收敛。"
                "（图在 1e-9 处截断。）",
            ),
        )
    ]


def exact_critic_and_free_model() -> Outcome:
    """Near responses at η = 1: the factor of a round under each loss."""
    data, start = tables()
    paths = {
        dual.name.replace("-", "_"): variations(data, rounds(dual, data, start, 30))
        for dual in (MINIMAX, NON_SATURATING)
    }
    close = nearly(data)
    factors = {
        dual.name.replace("-", "_"): variation(data, near_response(dual, data, close))
        / variation(data, close)
        for dual in (MINIMAX, NON_SATURATING)
    }
    measured = {f"{name}_tv_after_30_rounds": float(path[-1]) for name, path in paths.items()}
    measured |= {f"{name}_factor": factor for name, factor in factors.items()}
    return Outcome(measured, paths)


def draw_exact_critic_and_free_model(series: Series) -> list[Panel]:
    """Two straight lines on a logarithmic scale."""
    curves = {name.replace("_", "-"): (np.arange(len(each)), each) for name, each in series.items()}
    svg = lines(curves, ("round", "TV(p, data)"), log="y")
    return [
        Panel(
            svg,
            Words(
                "Each round halves the distance to the data.",
                "每一轮都把到数据分布的距离减半。",
            ),
        )
    ]


def variational_gan() -> Outcome:
    """−E log D + KL(p ‖ p_old) against −E log D/(1−D) + KL(p ‖ p_old), and the computable term."""
    data, start = tables()
    other = tables(1)[1]
    exact = rounds(FULL, data, start, 9)
    surrogate = rounds(NON_SATURATING, data, start, 9)
    logits = table.best_logits(data, start)
    bound = -(other * logits).sum() + table.kl(other, start)
    by_dual = (other * table.mover_losses(FULL, logits)).sum() + table.kl(other, start)
    error = max(abs(float(each - table.kl(other, data))) for each in (bound, by_dual))
    close = nearly(data)
    nudged = start * (1 + 1e-3 * (other - start) / start)
    quadratic = ((nudged - start) ** 2 / start).sum() / 2
    first, second = slopes_after_a_snapshot()
    return Outcome(
        {
            "surrogate_factor_near_the_data": variation(
                data, near_response(NON_SATURATING, data, close)
            )
            / variation(data, close),
            "surrogate_tv_after_1_round": variation(data, surrogate[1]),
            "surrogate_tv_after_9_rounds": variation(data, surrogate[9]),
            "exact_tv_after_1_round": variation(data, exact[1]),
            "identity_error": error,
            "kl_by_its_quadratic_form": float(table.kl(nudged, start) / quadratic),
            "slope_at_the_snapshot": first,
            "slope_one_move_later": second,
        },
        {"surrogate": variations(data, surrogate), "exact": variations(data, exact)},
    )


def draw_variational_gan(series: Series) -> list[Panel]:
    """The surrogate needs many rounds, the exact step one."""
    count = np.arange(len(series["exact"]))
    curves = {
        "−log D": (count, series["surrogate"]),
        "−log D/(1 − D)": (count, series["exact"].clip(1e-6)),
    }
    svg = lines(curves, ("round", "TV(p, data)"), log="y", markers=True)
    return [
        Panel(
            svg,
            Words(
                "Both stay near the old model by KL(p ‖ p_old). The second sum is KL(p ‖ data) "
                "itself, so one round is enough; the first goes half the way. (Cut off at 1e-6.)",
                "两者都带 KL(p ‖ p_old)。后一个和恰是 KL(p ‖ 数据)，一轮即到；前一个每轮只走一半。"
                "（图在 1e-6 处截断。）",
            ),
        )
    ]


def slopes_after_a_snapshot() -> tuple[float, float]:
    """The norm of the slope of λ E‖G(z) − G_old(z)‖² at G = G_old, and after one move away."""
    with weights(0):
        body = nn.Sequential(nn.Linear(2, 2), nn.Unflatten(1, (1, 2)))
    network = Network(body, PointHead(Space("real", (2,), "float32", (0.0, 0.0))))
    p = Joint("p", Factor("z", StandardNormal(2)), Factor("x", network, given="z"))
    player = proximal(p, Snapshot(network, 1))["model"]
    now = Clock(*torch.zeros(3))

    def slope() -> float:
        terms = player.terms({}, Noise.seeded(64, 0), now)
        found = torch.autograd.grad(torch.stack(list(terms.values())).sum(), player.parameters)
        return float(torch.cat([each.flatten() for each in found]).norm())

    first = slope()
    with torch.no_grad():
        for parameter in player.parameters:
            parameter.add_(0.1)
    return first, slope()


def tables(seed: int = 0) -> tuple[Tensor, Tensor]:
    """Random data and a random first model, (STATES,) each."""
    data, start = np.random.default_rng(seed).dirichlet(np.full(STATES, 2.0), 2)
    return torch.from_numpy(data), torch.from_numpy(start)


def nearly(data: Tensor) -> Tensor:
    """Data with a small error in its logarithm."""
    error = torch.from_numpy(np.random.default_rng(5).normal(size=len(data)))
    return torch.softmax(data.log() + 1e-4 * error, 0)


def free_optimum(divergence: Callable[[Tensor], Tensor]) -> Tensor:
    """The best free table, from a start that gives half the states next to nothing."""
    theta = torch.zeros(STATES, dtype=torch.float64)
    theta[::2] = -5.0
    theta.requires_grad_()
    least(lambda: divergence(theta.softmax(0)), [theta])
    return theta.detach().softmax(0)


def answered(losses: Losses, data: Tensor, start: Tensor, count: int) -> Tensor:
    """p after each of so many best responses, (count, STATES)."""
    found, p = [], start
    for _ in range(count):
        p = best_response(losses(table.best_logits(data, faint(p))))
        found.append(p)
    return torch.stack(found)


def variation(data: Tensor, p: Tensor) -> float:
    """TV(data, p)."""
    return table.total_variation(data, p)


def variations(data: Tensor, path: Tensor) -> Array:
    """TV of each round, (rounds,)."""
    return np.array([variation(data, p) for p in path])
