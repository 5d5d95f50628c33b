"""The game's value and slopes where the critic is the best there is, log q/p."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from kullback.divergences import MINIMAX, NON_SATURATING, Dual
from kullback.lab.claim import Words
from kullback.lab.exact import table
from kullback.lab.exact.fit import normal, points
from kullback.lab.figures import lines
from kullback.lab.outcome import Outcome, Panel, Series

CHANCES = (0.5, 0.1, 0.01, 1e-4)
WIDTHS = (0.25, 1.0, 2.0, 4.0, 8.0)
DISTANCE = 4.0
STATES = 20


def value_of_the_game() -> Outcome:
    """V* = −(the critic's least loss) for N(0, 1) and N(d, 1), and the label's information."""
    x = points(-8, 18, 261)
    q = normal(x, 0, 1)
    distances = torch.linspace(0, 10, 41, dtype=torch.float64)
    values, bounds, steepest, information = [], [], [], []
    for distance in distances:
        p = normal(x, distance, 1)
        logits = table.best_logits(q, p).requires_grad_()
        loss = table.critic_loss(MINIMAX, logits, q, p)
        steepest.append(torch.autograd.grad(loss, logits)[0].abs().max())
        values.append(-loss.detach())
        bounds.append(2 * table.js(q, p) - 2 * math.log(2))
        information.append(table.mutual_information(torch.stack([q, p], 1) / 2))
    value, bound = torch.stack(values), torch.stack(bounds)
    return Outcome(
        {
            "value_at_0": float(value[0]),
            "value_at_10": float(value[-1]),
            "least_value": float(value.min()),
            "greatest_value": float(value.max()),
            "value_less_2js_2log2": float((value - bound).abs().max()),
            "value_less_label_information": float(
                (value + 2 * math.log(2) - 2 * torch.stack(information)).abs().max()
            ),
            "slope_at_the_best_critic": float(torch.stack(steepest).max()),
        },
        {"distance": distances.numpy(), "value": value.numpy()},
    )


def draw_value_of_the_game(series: Series) -> list[Panel]:
    """V* between its bounds."""
    levels = {"−2 log 2": -2 * math.log(2), "0": 0.0}
    svg = lines(
        {"V*": (series["distance"], series["value"])}, ("distance d", "V* (nats)"), levels=levels
    )
    return [
        Panel(
            svg,
            Words(
                "Equal distributions are at the floor −2 log 2; far apart the value nears 0.",
                "两分布相同时取下界 −2 log 2；相距很远时趋于 0。",
            ),
        )
    ]


def widths_of_noise() -> Outcome:
    """Point masses at a distance of 4 under noise of width s: JS, and the mover's slope.

    The slope is what the best critic tells a sample to do, E_p ∂loss/∂ℓ · ∂ℓ/∂x with the logit
    ℓ = log q/p of two Gaussians, linear in x; for the minimax loss it is 2 ∂JS/∂d.
    """
    shown = {width: js_and_slopes(width) for width in WIDTHS}
    measured = {f"js_at_{width:g}": each[0] for width, each in shown.items()}
    measured |= {
        "slope_at_0.25": abs(shown[0.25][1]),
        "slope_at_2": abs(shown[2.0][1]),
        "slope_less_that_of_js": max(abs(each[1] - each[2]) for each in shown.values()),
    }
    widths = np.geomspace(0.25, 16, 41)
    curves = np.array([js_and_slopes(width) for width in widths])
    return Outcome(measured, {"width": widths, "js": curves[:, 0], "slope": np.abs(curves[:, 1])})


def js_and_slopes(width: float) -> tuple[float, float, float]:
    """JS, half the minimax mover's slope in d, and ∂JS/∂d by central differences."""
    x = width * points(-9 - DISTANCE / width, 9 + 2 * DISTANCE / width, 801)
    q, p = normal(x, 0, width), normal(x, DISTANCE, width)
    logits = ((DISTANCE**2 / 2 - DISTANCE * x) / width**2).requires_grad_()
    losses = table.mover_losses(MINIMAX, logits)
    (of_logit,) = torch.autograd.grad(losses.sum(), logits)
    slope = float((p * of_logit).sum()) * -DISTANCE / width**2
    nudge = 1e-4 * width
    apart = [table.js(q, normal(x, DISTANCE + each, width)) for each in (-nudge, nudge)]
    return float(table.js(q, p)), slope / 2, float(apart[1] - apart[0]) / (2 * nudge)


def draw_widths_of_noise(series: Series) -> list[Panel]:
    """Little noise leaves JS at log 2 and no slope; the slope is greatest at a middle width."""
    js = lines(
        {"JS": (series["width"], series["js"])},
        ("noise s", "JS (nats)"),
        log="x",
        levels={"log 2": math.log(2)},
    )
    slope = lines(
        {"|∂JS/∂d|": (series["width"], series["slope"].clip(1e-12))},
        ("noise s", "|∂JS/∂d| (nats)"),
        log="xy",
    )
    return [
        Panel(
            js,
            Words(
                "Two points 4 apart, each blurred with noise of width s: they begin to overlap.",
                "相距 4 的两个点各加宽度为 s 的噪声：s 变大，两者才有重叠。",
            ),
        ),
        Panel(
            slope,
            Words(
                "What the best critic tells a sample: nothing under little noise, most at about "
                "half the distance, and little again under much. (Cut off at 1e-12.)",
                "最优判别器给样本的梯度：噪声太小时为零，约为距离一半时最大，再大又变小。"
                "（图在 1e-12 处截断。）",
            ),
        ),
    ]


def slopes_of_the_two_losses() -> Outcome:
    """The slopes of log(1−D) and of −log D, in D and in its logit, where D is nearly 0."""
    chance = torch.tensor(CHANCES, dtype=torch.float64)
    saturating, other = slopes(MINIMAX, chance), slopes(NON_SATURATING, chance)
    in_chance = saturating / (chance * (1 - chance))
    measured = {
        f"ratio_at_{each:g}": float(ratio)
        for each, ratio in zip(CHANCES, other / saturating, strict=True)
    }
    logit = torch.linspace(-10, 6, 161, dtype=torch.float64)
    curve = logit.sigmoid()
    return Outcome(
        measured
        | {
            "slope_in_chance": float(in_chance[-1].abs()),
            "slope_in_logit": float(saturating[-1].abs()),
            "other_slope_in_logit": float(other[-1].abs()),
        },
        {
            "logit": logit.numpy(),
            "chance": curve.numpy(),
            "saturating": slopes(MINIMAX, curve).abs().numpy(),
            "other": slopes(NON_SATURATING, curve).abs().numpy(),
            "loss": table.mover_losses(MINIMAX, logit).numpy(),
            "other_loss": table.mover_losses(NON_SATURATING, logit).numpy(),
        },
    )


def draw_slopes_of_the_two_losses(series: Series) -> list[Panel]:
    """Both losses over D, where neither is flat at 0, and their slopes over the logit."""
    over_chance = lines(
        {
            "log(1 − D)": (series["chance"], series["loss"]),
            "−log D": (series["chance"], series["other_loss"]),
        },
        ("D", "generator's loss"),
    )
    over_logit = lines(
        {
            "saturating: D": (series["logit"], series["saturating"]),
            "non-saturating: 1 − D": (series["logit"], series["other"]),
        },
        ("logit of D", "|slope|"),
    )
    return [
        Panel(
            over_chance,
            Words(
                "Over D the curve of log(1−D) is not flat at D = 0: its slope there is −1.",
                "对 D 来看，log(1−D) 在 D = 0 处并不平：斜率是 −1。",
            ),
        ),
        Panel(
            over_logit,
            Words(
                "Over the logit, which is what the network puts out, the saturating slope dies "
                "where D is sure, and the other one is at its largest there.",
                "对网络真正输出的 logit 来看，判别器很确定时饱和损失的梯度消失，另一种则最大。",
            ),
        ),
    ]


def what_the_movers_descend() -> Outcome:
    """Slopes on a table's simplex at the best critic, against those of divergences."""
    draws = np.random.default_rng(2).dirichlet(np.full(STATES, 2.0), 2)
    q, p = torch.from_numpy(draws)
    at_equality = [float(slope_of(dual, q, q).abs().max()) for dual in (MINIMAX, NON_SATURATING)]
    minimax, other = slope_of(MINIMAX, q, p), slope_of(NON_SATURATING, q, p)
    theta = p.log().requires_grad_()
    moved = theta.softmax(0)
    middle = (q + moved) / 2
    of_js = torch.autograd.grad(2 * table.js(q, moved), theta, retain_graph=True)[0]
    of_kl = torch.autograd.grad(2 * table.kl(middle, q), theta)[0]
    chance = torch.linspace(0.005, 0.995, 199, dtype=torch.float64)
    coin = torch.tensor([0.3, 0.7], dtype=torch.float64)
    coins = [torch.stack([each, 1 - each]) for each in chance]
    both = float(2 * table.kl((q + p) / 2, q)), float(table.kl(p, q) - 2 * table.js(q, p))
    return Outcome(
        {
            "slope_at_equality": max(at_equality),
            "saturating_less_js": float((minimax - of_js).abs().max()),
            "non_saturating_less_js": float((other - of_js).abs().max()),
            "non_saturating_less_kl_of_mixture": float((other - of_kl).abs().max()),
            "identity_error": abs(both[0] - both[1]),
        },
        {
            "chance": chance.numpy(),
            "js": torch.stack([2 * table.js(coin, each) for each in coins]).numpy(),
            "kl": torch.stack([2 * table.kl((coin + each) / 2, coin) for each in coins]).numpy(),
        },
    )


def draw_what_the_movers_descend(series: Series) -> list[Panel]:
    """The two divergences for a coin: one zero, two shapes."""
    curves = {
        "saturating: 2 JS": (series["chance"], series["js"]),
        "non-saturating: 2 KL(m ‖ data)": (series["chance"], series["kl"]),
    }
    svg = lines(curves, ("p, of a coin; data .3", "nats"))
    return [
        Panel(
            svg,
            Words(
                "Both are 0 at p = data and nowhere else; elsewhere they are different functions.",
                "两者都只在 p = 数据分布处为 0；别处则是不同的函数。",
            ),
        )
    ]


def slopes(dual: Dual, chance: Tensor) -> Tensor:
    """∂loss/∂ℓ of the mover at D = ``chance``."""
    logits = torch.logit(chance).requires_grad_()
    return torch.autograd.grad(table.mover_losses(dual, logits).sum(), logits)[0]


def slope_of(dual: Dual, q: Tensor, p: Tensor) -> Tensor:
    """The mover's slope on the simplex at p, the critic the best for q and p."""
    return table.simplex_slope(table.mover_losses(dual, table.best_logits(q, p)), p)
