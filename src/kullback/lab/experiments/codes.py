"""Generators that take data to a law of codes: where the critic compares codes, or pairs of both.

An encoder in its type need not be one in what it does: a critic on codes asks for their law, and a
critic on pairs for a coupling, and either can be had from codes that tell little of the data.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.distributions import MultivariateNormal

from kullback.data import Space
from kullback.distributions import Noise
from kullback.divergences import closed_form_kl
from kullback.evaluation.classifier import Classifier
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
    bumps,
    draw_map,
    normal,
    teach,
)
from kullback.lab.figures import lines
from kullback.lab.learn import weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.adversarial import gan_from_data
from kullback.models.between import aae, ali
from kullback.models.model import Model
from kullback.networks import across
from kullback.objectives import Factor

CORRELATIONS = np.linspace(0, 0.99, 100)


def pairs_with_codes(seed: int) -> Outcome:
    """V1d: a critic on (y, E(y)) against (G(z), z), trained; and what its optimum leaves open.

    Trained for y even on [−2, 2] and normal z. For x = αz + noise and z = αx + noise, all of
    variance 1, the joints are one normal law for every α: their KL is 0, and the code tells
    −½ log(1 − α²) nats.
    """
    divergence, information = [], []
    for alpha in CORRELATIONS:
        joint = torch.tensor([[1, alpha], [alpha, 1]], dtype=torch.float64)
        encoder, decoder = (_linear(alpha, first) for first in (0, 1))
        found = closed_form_kl(encoder, decoder)
        assert found is not None
        divergence.append(float(found))
        information.append(abs(0.5 * math.log(float(joint.det()))))
    rng = np.random.default_rng([seed, 0])
    with weights(seed):
        model = ali(LINE, 1, HIDDEN, r1=0.1, game="label-swapped", reconstruction=0.0, **GAME)
    teach(model, {"x": _even(rng, ROWS)}, 1200, seed)
    y = _even(rng, FRESH)
    made, code, back = answers(model, {}, seed), *_there_and_back(model, y, seed)
    measured = {
        "largest_kl_of_linear_joints": max(map(abs, divergence)),
        "nats_of_the_least_informative_code": information[0],
        "nats_of_the_most_informative_code": information[-1],
        "w1_of_samples": w1(made, _even(rng, FRESH)),
        "w1_of_codes": w1(code, normal(rng, FRESH)),
        "share_of_variance_given_back": float(1 - ((back - y) ** 2).mean() / y.var()),
    }
    series = {"alpha": CORRELATIONS, "kl": np.array(divergence), "nats": np.array(information)}
    return Outcome(measured, series | {"y": y, "back": back})


def draw_pairs_with_codes(series: Series) -> list[Panel]:
    """What an optimum may tell, and what a trained pair with a sharp generator does."""
    curves = {
        "KL(q(x, z) ‖ p(x, z))": (series["alpha"], series["kl"]),
        "I(x; z)": (series["alpha"], series["nats"]),
    }
    return [
        Panel(
            lines(curves, ("correlation α of x and z", "nats")),
            Words(
                "Two noisy linear networks: the joints are equal for every α, while the code tells "
                "nothing (α = 0) or as much as one likes.",
                "一对带噪声的线性网络：α 取任何值两个联合分布都相等，而编码可以什么也不说"
                "（α = 0），也可以说得任意多。",
            ),
        ),
        Panel(
            draw_map(
                series["y"], {"G(E(y))": series["back"]}, series["y"], ("y", "G(E(y))"), same=True
            ),
            Words(
                "A generator without noise, trained: codes lead back to where they came from.",
                "生成器不带噪声时训练的结果：编码能还原回原处。",
            ),
        ),
    ]


def law_of_codes(seed: int) -> Outcome:
    """V2b: y in the plane, two bumps beside a normal coordinate, coded to N(0, 1) on a line.

    The normal coordinate itself; an affine encoder that begins as half of it; a network that begins
    at random; and such a network with the error of reconstruction beside the game.
    """
    rng = np.random.default_rng([seed, 0])
    y, fresh, prior = _plane(rng, ROWS), _plane(rng, FRESH), normal(rng, ROWS)
    codes = {"normal_coordinate": fresh[:, 1:]}
    for name, hidden in (("affine", []), ("network", HIDDEN)):
        with weights(seed):
            encoder = across(PLANE, LINE, hidden)
            model = gan_from_data(LINE, PLANE, HIDDEN, r1=0.1, generator=encoder, **GAME)
        if not hidden:
            with torch.no_grad():
                next(encoder.parameters()).copy_(torch.tensor([[0.0, 0.5]]))
        teach(model, {"x": prior, "source": y}, 600, seed)
        codes[name] = answers(model, {"source": fresh}, seed)
    with weights(seed):
        coder = aae(PLANE, 1, HIDDEN, moves=1, scale=1.0)
    teach(coder, {"x": y}, 1000, seed)
    with torch.no_grad():
        codes["reconstructing"] = coder.encode({"x": torch.from_numpy(fresh)}).numpy()
    measured = {}
    draws = normal(rng, FRESH)
    for name, code in codes.items():
        measured[f"w1_to_the_prior_{name}"] = w1(code, draws)
        measured[f"bump_read_from_the_code_{name}"] = _read(code, fresh[:, 0] > 0, seed)
    mixed = rng.permutation(2 * FRESH)
    for name in ("affine", "normal_coordinate"):
        both_sides = np.concatenate([codes[name], draws])[mixed]
        measured[f"accuracy_of_a_fresh_critic_{name}"] = _read(both_sides, mixed < FRESH, seed)
    return Outcome(measured, codes | {"y": fresh})


def draw_law_of_codes(series: Series) -> list[Panel]:
    """Codes by the bump that they come from."""
    return [
        Panel(
            draw_map(
                series["y"][:, :1],
                {name: series[name] for name in ("affine", "reconstructing")},
                series["normal_coordinate"],
                ("bimodal coordinate of y", "code"),
            ),
            Words(
                "Both codes have the prior's law. An affine encoder takes so little of the bimodal "
                "coordinate that the bumps have codes in common. With reconstruction they part.",
                "两种编码的分布都与先验一致。仿射编码器对双峰坐标取得很少，两个峰的编码混在一起；"
                "加上重构项，它们就分开了。",
            ),
        )
    ]


def _linear(alpha: float, given: int) -> MultivariateNormal:
    """The joint of v ~ N(0, 1) and w = αv + √(1−α²)ε, v being the coordinate ``given``."""
    lower = torch.tensor([[1, 0], [alpha, math.sqrt(1 - alpha**2)]], dtype=torch.float64)
    lower = lower if given == 0 else lower.flip(0)
    return MultivariateNormal(torch.zeros(2, dtype=torch.float64), lower @ lower.T)


def _there_and_back(model: Model, y: Array, seed: int) -> tuple[Array, Array]:
    """Codes of rows, drawn, and what the generator makes of them."""
    maker = model.p["x"]
    assert isinstance(maker, Factor)
    with torch.no_grad():
        batch = {"x": torch.from_numpy(y)}
        code = model.q.trace(batch, Noise.seeded(len(y), seed, 2), "z").values["z"]
        return code.numpy(), maker.network(code).mean.numpy()


def _even(rng: np.random.Generator, n: int) -> Array:
    """Draw n points that are even on [−2, 2], (n, 1)."""
    return rng.uniform(-2, 2, (n, 1)).astype(np.float32)


def _plane(rng: np.random.Generator, n: int) -> Array:
    return np.concatenate([bumps(rng, n), normal(rng, n)], axis=1)


def _read(code: Array, side: Array, seed: int) -> float:
    """The share of fresh codes whose side a newly trained classifier finds."""
    half = len(code) // 2
    reader = Classifier(Space.of(code, "real"), 2, seed)
    reader.fit(code[:half], side[:half].astype(np.int64), seed, 300)
    return float((reader.probabilities(code[half:]).argmax(1) == side[half:]).mean())
