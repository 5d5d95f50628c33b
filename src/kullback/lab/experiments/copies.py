"""Generators that are given rows, and a critic that sees what comes out and nothing else.

Such a critic constrains the law of G's output. If the rows that G is given have another law than
the data, that is a task: a change of law. If they are data themselves, G(y) = y solves it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, radians, sin

import numpy as np
import torch

from kullback.lab.claim import Words
from kullback.lab.exact.grid import js
from kullback.lab.exact.grid import normal as density
from kullback.lab.exact.transport import w1
from kullback.lab.experiments.two_sets import (
    FRESH,
    GAME,
    HIDDEN,
    LINE,
    MEAN,
    ROWS,
    WIDTH,
    answers,
    bumps,
    draw_map,
    normal,
    teach,
)
from kullback.lab.figures import lines
from kullback.lab.learn import weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.adversarial import gan_from_data
from kullback.models.controls import gan_given_data, gan_given_data_and_noise
from kullback.networks import across

ANGLES = np.linspace(0, 90, 91)
NEAR_Y, NEAR_Z = 5.0, 85.0


def another_law(seed: int) -> Outcome:
    """V0: G is given rows of a second set, U[−1, 1], and is to make two bumps."""
    rng = np.random.default_rng([seed, 0])
    y, given = bumps(rng, ROWS), rng.uniform(-1, 1, (ROWS, 1)).astype(np.float32)
    with weights(seed):
        model = gan_from_data(LINE, LINE, HIDDEN, r1=0.1, **GAME)
    teach(model, {"x": y, "source": given}, 800, seed)
    fresh, other = bumps(rng, FRESH), rng.uniform(-1, 1, (FRESH, 1)).astype(np.float32)
    made = answers(model, {"source": other}, seed)
    measured = {
        "w1_before": w1(other, fresh),
        "w1_after": w1(made, fresh),
        "mean_change": float(np.abs(made - other).mean()),
    }
    return Outcome(measured, {"given": other, "made": made, "law": fresh})


def draw_another_law(series: Series) -> list[Panel]:
    """An even law becomes two bumps."""
    svg = draw_map(series["given"], {"G(z)": series["made"]}, series["law"], ("z", "G(z)"))
    return [
        Panel(
            svg,
            Words(
                "z is even on [−1, 1]; G bends it into two bumps (right: the data's law in grey, "
                "that of G(z) as a line).",
                "z 在 [−1, 1] 上均匀，G 把它弯成两个峰（右侧灰色是数据分布，曲线是 G(z) 的分布）。",
            ),
        )
    ]


def data_and_noise(seed: int) -> Outcome:
    """V1a: G = a·y + b·z, y a row of the data, z normal, and a critic on G alone.

    By densities on the circle a² + b² = 1, from y to z; then trained, from three beginnings.
    """
    x = np.linspace(-8, 8, 4001)
    two = _bumps_density(x, 1, 0)
    of_normal, of_bumps = [], []
    for a, b in ((cos(t), sin(t)) for t in np.radians(ANGLES)):
        of_normal.append(js(x, density(x, 0, np.hypot(a, b)), density(x, 0, 1)))
        of_bumps.append(js(x, _bumps_density(x, a, b), two))
    beside_y = _learnt(normal, NEAR_Y, 300, seed)
    beside_z = _learnt(normal, NEAR_Z, 300, seed)
    forced = _learnt(bumps, 45, 800, seed)
    rng = np.random.default_rng([seed, 1])
    noise, z, y = normal(rng, FRESH), normal(rng, FRESH), bumps(rng, FRESH)
    made = forced[0] * noise + forced[1] * z
    measured = {
        "largest_js_on_the_circle_for_normal_y": max(of_normal),
        "js_of_ignoring_bimodal_y": of_bumps[-1],
        "radius_from_near_y": float(np.hypot(*beside_y)),
        "radius_from_near_z": float(np.hypot(*beside_z)),
        "weight_of_normal_y_from_near_y": abs(beside_y[0]),
        "weight_of_normal_y_from_near_z": abs(beside_z[0]),
        "weight_of_bimodal_y": abs(forced[0]),
        "weight_of_noise_beside_bimodal_y": abs(forced[1]),
        "w1_with_y": w1(forced[0] * y + forced[1] * z, bumps(rng, FRESH)),
        "w1_with_noise_for_y": w1(made, bumps(rng, FRESH)),
    }
    series = {"angle": ANGLES, "normal": np.array(of_normal), "bumps": np.array(of_bumps)}
    return Outcome(measured, series | {"noise": noise, "made": made, "law": bumps(rng, FRESH)})


def draw_data_and_noise(series: Series) -> list[Panel]:
    """The loss along the circle, and what the trained copy makes of noise."""
    curves = {
        "normal y": (series["angle"], series["normal"]),
        "bimodal y": (series["angle"], series["bumps"]),
    }
    return [
        Panel(
            lines(curves, ("angle of (a, b), degrees", "JS to the data")),
            Words(
                "G = a·y + b·z on the circle a² + b² = 1, from copying (0°) to not looking at y "
                "(90°). For normal y the game cannot tell them apart; for two bumps only the copy "
                "will do.",
                "G = a·y + b·z 沿圆 a² + b² = 1，从照抄 y（0°）到完全不看 y（90°）。y 为正态时，"
                "博弈分不清它们；y 为双峰时，只有照抄可行。",
            ),
        ),
        Panel(
            draw_map(
                series["noise"],
                {"G": series["made"]},
                series["law"],
                ("noise in place of y", "G"),
                same=True,
            ),
            Words(
                "With noise for y out comes noise: the data's law (grey) came out only as long as "
                "it went in.",
                "把 y 换成噪声，出来的还是噪声：只有输入的是数据，输出才有数据的分布（灰色）。",
            ),
        ),
    ]


def data_alone(seed: int) -> Outcome:
    """V2a: G is given rows of the data and no noise, and a critic sees G(y) alone."""
    rng = np.random.default_rng([seed, 0])
    with weights(seed):
        model = gan_given_data(LINE, HIDDEN, r1=0.1, **GAME)
    teach(model, {"x": bumps(rng, ROWS), "source": bumps(rng, ROWS)}, 800, seed)
    y, noise = bumps(rng, FRESH), normal(rng, FRESH)
    made, of_noise = answers(model, {"source": y}, seed), answers(model, {"source": noise}, seed)
    sign = np.sign(np.corrcoef(made[:, 0], y[:, 0])[0, 1])
    measured = {
        "correlation_with_y": abs(float(np.corrcoef(made[:, 0], y[:, 0])[0, 1])),
        "distance_to_y_or_its_mirror_image": float(np.abs(made - sign * y).mean()),
        "w1_with_y": w1(made, bumps(rng, FRESH)),
        "w1_with_noise_for_y": w1(of_noise, bumps(rng, FRESH)),
    }
    series = {"y": y, "made": made, "noise": noise, "of_noise": of_noise}
    return Outcome(measured, series | {"law": bumps(rng, FRESH)})


def draw_data_alone(series: Series) -> list[Panel]:
    """The copy, and what it makes of noise."""
    law = series["law"]
    return [
        Panel(
            draw_map(series["y"], {"G(y)": series["made"]}, law, ("y", "G(y)"), same=True),
            Words(
                "What comes out is what went in, or its mirror image: the law of y is symmetric, "
                "and the critic sees no more than the law.",
                "出来的就是进去的，或它的镜像：y 的分布对称，而判别器只看得到分布。",
            ),
        ),
        Panel(
            draw_map(series["noise"], {"G": series["of_noise"]}, law, ("noise in place of y", "G")),
            Words(
                "With noise for y nothing is generated: most of it lands between the bumps.",
                "把 y 换成噪声，什么也没有生成：大部分点落在两峰之间。",
            ),
        ),
    ]


def _bumps_density(x: Array, a: float, b: float) -> Array:
    """The density of a·y + b·z, y of the two bumps and z normal."""
    deviation = float(np.hypot(a * WIDTH, b))
    found: Array = (density(x, -a * MEAN, deviation) + density(x, a * MEAN, deviation)) / 2
    return found


def _learnt(
    law: Callable[[np.random.Generator, int], Array], angle: float, rounds: int, seed: int
) -> tuple[float, float]:
    """Return (a, b) that a game ends with, begun at .8 (cos angle, sin angle)."""
    rng = np.random.default_rng([seed, 0])
    with weights(seed):
        body = across(LINE, LINE, [], beside=[1])
        model = gan_given_data_and_noise(LINE, 1, HIDDEN, r1=0.1, generator=body, **GAME)
    weight, bias = body.parameters()
    with torch.no_grad():
        weight.copy_(0.8 * torch.tensor([[cos(radians(angle)), sin(radians(angle))]]))
        bias.zero_()
    teach(model, {"x": law(rng, ROWS), "source": law(rng, ROWS)}, rounds, seed)
    a, b = weight.detach()[0].tolist()
    return a, b
