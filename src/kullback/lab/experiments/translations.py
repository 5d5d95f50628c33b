"""Maps from one law to another: a law, or a cycle, does not say which; a cost or a pair does."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import nn

from kullback.data import Space
from kullback.lab.claim import Words
from kullback.lab.exact.transport import w1
from kullback.lab.experiments.two_sets import (
    FRESH,
    GAME,
    HIDDEN,
    LINE,
    PLANE,
    ROWS,
    answers,
    draw_map,
    normal,
    teach,
)
from kullback.lab.figures import clouds, colour, legend
from kullback.lab.learn import weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.adversarial import gan_from_data
from kullback.models.translation import cyclegan, denoising_gan
from kullback.networks import Network, PointHead, across
from kullback.objectives import Snapshot, proximal
from kullback.report.style import draw

TARGET = (5.0, 2.0)
BEGINNING = 0.3
ROUNDS = 400
COST = 0.02
NOISE = 1.0
BOTH, ERROR, GAME_ALONE = 1.0, 300.0, 1e-3
"""λ of the pair's absolute error beside a game of weight 1."""


def two_domains(seed: int) -> Outcome:
    """V2c: affine maps from N(0, 1) to N(5, 2²), begun slightly rising, slightly falling, or flat.

    The first two learn by the game alone, and the flat one has a small cost of transport beside it,
    ``COST``·E(G(y) − y)² with the target's deviation for a unit.
    """
    rng = np.random.default_rng([seed, 0])
    there = Space.of(normal(rng, ROWS, *TARGET), "real")
    rows = {"x": there.to_model(normal(rng, ROWS, *TARGET)), "source": normal(rng, ROWS)}
    given, other = normal(rng, FRESH), normal(rng, FRESH, *TARGET)
    rising, falling = (_affine(there, rows, seed, begin) for begin in (BEGINNING, -BEGINNING))
    cheap = _affine(there, rows, seed, 0.0, COST)
    with weights(seed):
        cycle = cyclegan(
            there,
            LINE,
            HIDDEN,
            r1=0.1,
            l1=1.0,
            generator=across(LINE, there, []),
            inverse=across(there, LINE, []),
            **GAME,
        )
    teach(cycle, rows, ROUNDS, seed, rate=1e-2)
    made = there.to_data(answers(cycle, {"source": given}, seed))
    costs = {name: _cost(sign * TARGET[1], TARGET[0]) for name, sign in (("+2", 1), ("-2", -1))}
    measured = {
        "slope_begun_rising": rising[0],
        "slope_begun_falling": falling[0],
        "shift_begun_rising": rising[1],
        "shift_begun_falling": falling[1],
        "slope_with_the_cost": cheap[0],
        "size_of_slope_with_the_cycle": abs(float(np.polyfit(given[:, 0], made[:, 0], 1)[0])),
        "w1_with_the_cycle": w1(made, other),
        "cost_of_slope_2": costs["+2"],
        "cost_of_slope_minus_2": costs["-2"],
    }
    maps = {"rising": rising, "falling": falling, "cheap": cheap}
    series = {name: np.array(line) for name, line in maps.items()} | {"given": given, "law": other}
    return Outcome(measured, series | {"cycle": made})


def draw_two_domains(series: Series) -> list[Panel]:
    """The maps that were found, as lines."""
    at = np.linspace(-3, 3, 2)

    def paint(axes: Axes) -> None:
        names = {"rising": "begun rising", "falling": "begun falling", "cheap": "with the cost"}
        for i, (found, name) in enumerate(names.items()):
            slope, shift = series[found]
            axes.plot(
                at,
                shift + slope * at,
                "--" if found == "cheap" else "-",
                color=colour(i),
                label=name,
            )
        axes.set(xlabel="y", ylabel="G(y)")
        legend(axes, 3)

    return [
        Panel(
            draw(paint, (3.4, 2.8)),
            Words(
                "Maps from N(0, 1) to N(5, 2²) that the game ends with: of slope 2 or −2, which "
                "have the same law. A small cost of transport settles it.",
                "博弈得到的从 N(0, 1) 到 N(5, 2²) 的映射：斜率 2 或 −2，输出分布相同。加一点运输"
                "代价，便有了定论。",
            ),
        ),
        Panel(
            draw_map(
                series["given"], {"G(y)": series["cycle"]}, series["law"], ("y", "G(y), cycle")
            ),
            Words(
                "CycleGAN: there and back is exact for either slope, so a cycle does not choose.",
                "CycleGAN：两种斜率都能准确地一去一回，所以循环项不作选择。",
            ),
        ),
    ]


def damaged_rows(seed: int) -> Outcome:
    """V2d: points of a circle are restored from noise, or from their first coordinate.

    By the game and the pair's error together, and by either of them alone, or nearly: the other has
    next to no weight.
    """
    rng = np.random.default_rng([seed, 0])
    y, damaged = _circle(rng, ROWS)
    fresh, given = _circle(rng, FRESH)
    made = {
        name: _restored(PLANE, {"x": y, "source": damaged}, given, l1, seed)
        for name, l1 in (("both", BOTH), ("error", ERROR), ("game", GAME_ALONE))
    }
    halves = {"x": y, "source": y[:, :1]}
    whole, between = (_restored(LINE, halves, fresh[:, :1], l1, seed) for l1 in (BOTH, ERROR))
    measured = {
        "off_the_circle_before": _off(given),
        "off_the_circle": _off(made["both"]),
        "off_the_circle_by_the_error_alone": _off(made["error"]),
        "off_the_circle_by_the_game_alone": _off(made["game"]),
        "off_the_circle_inpainted": _off(whole),
        "off_the_circle_inpainted_by_the_error_alone": _off(between),
        "error_before": float(np.abs(given - fresh).mean()),
        "error": float(np.abs(made["both"] - fresh).mean()),
        "error_by_the_error_alone": float(np.abs(made["error"] - fresh).mean()),
        "error_by_the_game_alone": float(np.abs(made["game"] - fresh).mean()),
    }
    measured["error_by_the_game_alone_over_error"] = (
        measured["error_by_the_game_alone"] / measured["error"]
    )
    return Outcome(measured, made | {"given": given, "half": fresh, "whole": whole})


def draw_damaged_rows(series: Series) -> list[Panel]:
    """What goes in, and what comes out of either."""
    inside = np.abs(series["given"]).max(axis=1) < 2.4
    limits = (-2.5, 2.5, -2.5, 3.9)
    return [
        Panel(
            clouds(
                {
                    "damaged": series["given"][inside][:1000],
                    "restored": series[name][inside][:1000],
                },
                ("first", "second"),
                limits=limits,
            ),
            says,
        )
        for name, says in (
            (
                "both",
                Words(
                    "With the game: most restored points lie on the circle.",
                    "有博弈：修复后的点大多落在圆上。",
                ),
            ),
            (
                "error",
                Words(
                    "By the pair's error alone: where the damage leaves the answer open, the "
                    "median of the possible ones, inside the circle.",
                    "只有成对误差：损坏使答案不确定时，给出的是各种可能的中位数，落在圆内。",
                ),
            ),
        )
    ]


def _restored(damaged: Space, rows: dict[str, Array], given: Array, l1: float, seed: int) -> Array:
    """What a game with so much weight on the pair's error makes of damaged points."""
    with weights(seed):
        model = denoising_gan(PLANE, damaged, HIDDEN, r1=0.1, l1=l1, **GAME)
    teach(model, rows, 800, seed)
    return answers(model, {"source": given}, seed)


def _affine(
    there: Space, rows: dict[str, Array], seed: int, begin: float, cost: float = 0.0
) -> tuple[float, float]:
    """Slope and shift, in the data's units, that a game ends with which begins with a slope."""
    with weights(seed):
        body = across(LINE, there, [])
        model = gan_from_data(there, LINE, HIDDEN, r1=0.1, generator=body, **GAME)
        same = across(LINE, there, [])
    _set(body, begin, 0.0)
    _set(same, 1 / there.scale, -there.shift[0] / there.scale)
    if cost:
        still = Snapshot(Network(same, PointHead(there)), every=ROUNDS + 1)
        near = proximal(model.p, still, weight=cost)
        model = type(model)(model.q, model.p, model.objective + near)
    teach(model, rows, ROUNDS, seed, rate=1e-2)
    slope, shift = (float(each.detach()) for each in body.parameters())
    return there.scale * slope, there.shift[0] + there.scale * shift


def _set(body: nn.Module, slope: float, shift: float) -> None:
    with torch.no_grad():
        for parameter, value in zip(body.parameters(), (slope, shift), strict=True):
            parameter.fill_(value)


def _cost(slope: float, shift: float) -> float:
    """E(slope·y + shift − y)² for y ~ N(0, 1)."""
    return (slope - 1) ** 2 + shift**2


def _circle(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Draw n points near the unit circle, and the same with noise."""
    angle, radius = rng.uniform(0, 2 * np.pi, n), 1 + 0.05 * rng.normal(size=n)
    y = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return y.astype(np.float32), (y + NOISE * rng.normal(size=y.shape)).astype(np.float32)


def _off(points: Array) -> float:
    """The mean distance of points from the unit circle."""
    return float(np.abs(np.linalg.norm(points, axis=1) - 1).mean())
