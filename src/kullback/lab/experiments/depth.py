"""Gradients by depth in a deep critic (Gulrajani et al., 2017, arXiv 1704.00028, Fig. 1b)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from kullback.divergences import WASSERSTEIN, unit_slope
from kullback.lab.claim import Words
from kullback.lab.figures import lines
from kullback.lab.games import tell_apart
from kullback.lab.learn import weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import Logit, clipping, mlp
from kullback.training import Adam, RMSProp

LAYERS = 12
WIDTH = 64
BOUNDS = (0.1, 0.01, 0.001)


def gradients_by_depth(seed: int) -> Outcome:
    """Train critics of twelve layers between the roll and the roll in noise; look layer by layer.

    The gradient is that of the critic's Wasserstein loss in what enters each layer, and ``orders``
    are the powers of ten by which its norm grows from the last hidden layer to the first.
    """
    rng = np.random.default_rng([seed, 0])
    real = swiss_roll(rng, 8000)
    made = swiss_roll(rng, 8000) + rng.normal(size=real.shape)
    measured: dict[str, float] = {}
    series: dict[str, Array] = {"layer": np.arange(1, LAYERS)}
    for bound in (*BOUNDS, None):
        with weights(seed):
            body = mlp(2, (WIDTH,) * (LAYERS - 1), 1, nn.ReLU)
        judge = Logit(body)
        tell_apart(
            judge,
            real,
            made,
            250,
            WASSERSTEIN,
            penalties=() if bound else (unit_slope(),),
            project=clipping(judge, bound) if bound else None,
            optimiser=RMSProp(5e-4) if bound else Adam(5e-4, (0.5, 0.9)),
            batch_size=64,
            seed=seed,
        )
        name = "penalty" if bound is None else f"clip_{bound:g}"
        series[name] = _norms(body, real[:500], made[:500])
        measured[f"orders_{name}"] = float(np.log10(series[name][0] / series[name][-1]))
    return Outcome(measured, series)


def draw_gradients_by_depth(series: Series) -> list[Panel]:
    """The norm at each layer, with each bound and with the penalty."""
    names = {"penalty": "GP", **{f"clip_{bound:g}": f"c = {bound:g}" for bound in BOUNDS}}
    curves = {shown: (series["layer"], series[name]) for name, shown in names.items()}
    return [
        Panel(
            lines(curves, ("hidden layer, 1 next to x", "‖∂L/∂h‖"), log="y", markers=True),
            Words(
                "On its way back through clipped layers a gradient grows or fades by the same "
                "factor at each; with the penalty it keeps its size.",
                "梯度向回穿过裁剪过的各层时，每层按同一倍数放大或衰减；用梯度惩罚时大小基本不变。",
            ),
        )
    ]


def swiss_roll(rng: np.random.Generator, n: int) -> Array:
    """A spiral in the plane of one and a half turns, with a little noise: (n, 2)."""
    angle = 1.5 * np.pi * (1 + 2 * rng.uniform(size=n))
    spiral = angle[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return np.asarray((spiral + rng.normal(0, 0.25, (n, 2))) / 7.5)


def _norms(body: nn.Sequential, real: Array, made: Array) -> Array:
    """‖∂L/∂h‖ for the output h of each hidden activation, first to last, L the critic's loss."""
    value = torch.from_numpy(np.concatenate([real, made])).float()
    hidden: list[Tensor] = []
    for layer in body:
        value = layer(value)
        if isinstance(layer, nn.ReLU):
            hidden.append(value)
    said = value.squeeze(1)
    loss = WASSERSTEIN.critic(said[: len(real)], said[len(real) :])
    slope = torch.autograd.grad(loss, hidden)
    return np.array([float(part.double().norm()) for part in slope])
