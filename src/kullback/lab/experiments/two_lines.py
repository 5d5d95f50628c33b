"""Two parallel lines (0, U) and (θ, U): distances that see θ, and divergences that do not."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from kullback.divergences import WASSERSTEIN
from kullback.lab.claim import Words
from kullback.lab.exact import table
from kullback.lab.exact.transport import matched
from kullback.lab.figures import lines
from kullback.lab.outcome import Outcome, Panel, Series

HEIGHTS = 16
SHIFTS = np.sort(np.concatenate([np.linspace(-1, 1, 41), [-1e-3, 1e-3]]))


def distances_of_lines() -> Outcome:
    """KL, JS and W₁ at shifts θ, and the slope along θ that the best critic of each gives."""
    found = np.array([distances(float(shift)) for shift in SHIFTS])
    kl, js, transport, dual, slope = found.T
    apart = SHIFTS != 0
    return Outcome(
        {
            "share_of_infinite_kl": float(np.isinf(kl[apart]).mean()),
            "kl_at_0": float(kl[~apart][0]),
            "js_less_log_2": float(np.abs(js[apart] - math.log(2)).max()),
            "js_at_0": float(js[~apart][0]),
            "w1_less_shift": float(np.abs(transport - np.abs(SHIFTS)).max()),
            "w1_less_its_dual": float(np.abs(transport - dual).max()),
            "least_slope_of_w1": float(slope[apart].min()),
            "range_of_js": float(np.ptp(js[apart])),
        },
        {"shift": SHIFTS, "js": js, "w1": transport},
    )


def distances(shift: float) -> tuple[float, float, float, float, float]:
    """KL, JS, W₁ by optimal assignment, W₁ by the critic sign·x, and the mover's slope towards 0.

    U is ``HEIGHTS`` points. Tables have a cell for each point of either line: all apart, or, at
    θ = 0, the same.
    """
    heights = (torch.arange(HEIGHTS, dtype=torch.float64) + 0.5) / HEIGHTS
    data, model = (torch.stack([torch.full_like(heights, x), heights], 1) for x in (0.0, shift))
    _, cell = torch.unique(torch.cat([data, model]), dim=0, return_inverse=True)
    cells = int(cell.max()) + 1
    q, p = (torch.bincount(each, minlength=cells).double() / HEIGHTS for each in cell.chunk(2))
    transport = matched(data.numpy(), model.numpy())

    def critic(points: Tensor) -> Tensor:  # of slope 1
        return -math.copysign(1.0, shift) * points[:, 0]

    moved = model.requires_grad_()
    (slope,) = torch.autograd.grad(WASSERSTEIN.mover(critic(moved), None), moved)
    towards = math.copysign(1.0, shift) * float(slope[:, 0].sum())
    dual = -float(WASSERSTEIN.critic(critic(data), critic(model.detach())))
    return float(table.kl(q, p)), float(table.js(q, p)), transport, dual, towards


def draw_distances_of_lines(series: Series) -> list[Panel]:
    """JS and W₁ over θ."""
    curves = {
        "W₁": (series["shift"], series["w1"]),
        "JS": (series["shift"], series["js"]),
    }
    svg = lines(curves, ("shift θ", "distance; nats"), levels={"log 2": math.log(2)})
    return [
        Panel(
            svg,
            Words(
                "JS is log 2 at every θ but 0, where it drops to 0: no slope leads there. W₁ = |θ| "
                "has one everywhere.",
                "除 θ = 0 外 JS 处处是 log 2，没有梯度指向 0；W₁ = |θ| 处处有梯度。",
            ),
        )
    ]
