"""Autoencoders beside principal components, on data whose best codes are known.

Of all codes that are affine in x, with decoders affine in z, the principal components lose least
(Baldi & Hornik, 1989): a linear autoencoder that has learned loses as much and spans the same
plane, though its coordinates may be any basis of it. Where data lie on a curve a straight line is a
poor code, and networks with hidden layers can follow the curve.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from kullback.data import Space
from kullback.lab.claim import Words
from kullback.lab.figures import SMALL, colour, legend
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.autoencoders import ae, pca
from kullback.models.model import Model
from kullback.objectives import Factor
from kullback.report.style import DATA, draw
from kullback.training import Adam

ROWS = 1000
DEVIATIONS = np.array([3.0, 2.0, 1.0, 0.8, 0.6, 0.4, 0.3, 0.2])
HIDDEN = [64, 64]


def linear_autoencoder(seed: int) -> Outcome:
    """The error and the plane of a linear autoencoder with two numbers, beside those of PCA."""
    rng = np.random.default_rng([seed, 40])
    turn = np.linalg.qr(rng.standard_normal((8, 8)))[0]
    x = (rng.standard_normal((ROWS, 8)) * DEVIATIONS) @ turn.T
    exact = _taught(x, lambda space: pca(space, 2), seed, 1)
    learned = _taught(x, lambda space: ae(space, 2, []), seed, 500, Adam(3e-2))
    planes = [np.linalg.qr(each.axes(2).T)[0] for each in (exact, learned)]
    cosines = np.linalg.svd(planes[0].T @ planes[1], compute_uv=False)
    measured = {
        "error_of_pca": exact.error,
        "error_of_linear_ae": learned.error,
        "ae_over_pca": learned.error / exact.error,
        "angle_of_the_planes_in_degrees": math.degrees(math.acos(min(1.0, float(cosines[-1])))),
    }
    return Outcome(
        measured,
        {
            "x": (x - x.mean(0)) @ planes[0],
            "axes_of_pca": exact.axes(2) @ planes[0],
            "axes_of_ae": learned.axes(2) @ planes[0],
        },
    )


def draw_linear_autoencoder(series: Series) -> list[Panel]:
    """The data in their principal plane, and the direction of each coordinate of both codes."""

    def paint(axes: Axes) -> None:
        axes.plot(*series["x"].T, ".", color=DATA, markersize=2, alpha=0.5, rasterized=True)
        for i, (name, key) in enumerate((("PCA", "axes_of_pca"), ("linear AE", "axes_of_ae"))):
            for j, axis in enumerate(series[key]):
                line = 7 * axis / np.linalg.norm(axis)
                label = name if j == 0 else None
                axes.plot(*np.array([-line, line]).T, color=colour(i), label=label)
        axes.set(xlabel="first component", ylabel="second component", aspect="equal")
        axes.set(xlim=(-9, 9), ylim=(-9, 9))
        legend(axes, 2)

    return [
        Panel(
            draw(paint, SMALL),
            Words(
                "The principal plane, with the directions in which each coordinate of a code moves "
                "the reconstruction. The autoencoder finds the plane, not its axes.",
                "主平面，以及编码的每个坐标推动重构的方向。自编码器找到的是这个平面，而不是平面里的"
                "主轴。",
            ),
        )
    ]


def deep_autoencoder(seed: int) -> Outcome:
    """The error of a code of one number for points of a helix: by PCA and by a deep AE."""
    turn = np.linspace(0, 1, ROWS)
    x = np.stack([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn), turn], 1)
    exact = _taught(x, lambda space: pca(space, 1), seed, 1)
    deep = _taught(x, lambda space: ae(space, 1, HIDDEN), seed, 600, Adam(1e-2))
    measured = {
        "error_of_pca": exact.error,
        "error_of_deep_ae": deep.error,
        "deep_over_pca": deep.error / exact.error,
    }
    return Outcome(measured, {"x": x, "pca": exact.made, "deep": deep.made})


def draw_deep_autoencoder(series: Series) -> list[Panel]:
    """The helix from above, what a line through it keeps, and what a deep code keeps."""

    def paint(axes: Axes) -> None:
        axes.plot(*series["x"][:, [0, 2]].T, color=DATA, linewidth=4, alpha=0.5, label="data")
        for i, (name, key) in enumerate((("PCA", "pca"), ("deep AE", "deep"))):
            axes.plot(*series[key][:, [0, 2]].T, color=colour(i), label=name)
        axes.set(xlabel="x₁", ylabel="x₃")
        legend(axes, 3)

    return [
        Panel(
            draw(paint, SMALL),
            Words(
                "A helix seen from the side, and its reconstructions from one number a point.",
                "从侧面看的一条螺旋线，以及每点只用一个数编码后的重构。",
            ),
        )
    ]


@dataclass(frozen=True, eq=False)
class Taught:
    """A model of rows (N, D), what it makes of them, and E ‖x − x̂‖² in the rows' own units."""

    model: Model
    space: Space
    made: Array
    error: float

    def axes(self, dimensions: int) -> Array:
        """How far each coordinate of the code moves the reconstruction, (d, D)."""
        steps = torch.cat([torch.zeros(1, dimensions), torch.eye(dimensions)])
        found = _decoded(self.model, self.space, steps)
        moved: Array = found[1:] - found[0]
        return moved


def _taught(
    x: Array,
    build: Callable[[Space], Model],
    seed: int,
    steps: int,
    optimiser: Adam = Adam(1e-3),  # noqa: B008  a frozen value
) -> Taught:
    x = x.astype(np.float32)
    space = Space.of(x)
    with weights(seed):
        model = build(space)
    rows = space.to_model(x)
    learn(model.objective, {"x": rows}, steps, optimiser=optimiser, seed=seed)
    with torch.no_grad():
        codes = model.encode({"x": torch.from_numpy(rows)})
    made = _decoded(model, space, codes)
    return Taught(model, space, made, float(((made - x) ** 2).sum(1).mean()))


def _decoded(model: Model, space: Space, z: Tensor) -> Array:
    decoder = model.p["x"]
    assert isinstance(decoder, Factor)
    with torch.no_grad():
        mean: Tensor = decoder.network(z).mean
    return space.to_data(mean.numpy())
