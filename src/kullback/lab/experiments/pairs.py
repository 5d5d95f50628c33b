"""Rows of two sets that correspond, and a critic that sees them together.

The toy has two right answers to each z: y = z ± 1.5, with a little noise. It needs a latent.
"""

from __future__ import annotations

import numpy as np
import torch

from kullback.distributions import Noise
from kullback.divergences import closed_form_kl
from kullback.lab.claim import Words
from kullback.lab.exact.transport import w1
from kullback.lab.experiments.two_sets import (
    FRESH,
    GAME,
    HIDDEN,
    LINE,
    ROWS,
    answers,
    draw_map,
    normal,
    teach,
)
from kullback.lab.learn import weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.model import Model
from kullback.models.translation import bicycle, paired_gan
from kullback.objectives import Factor

ROUNDS = 800


def pairs_of_rows(seed: int) -> Outcome:
    """V1b: a critic on (G(z, ε), z) against (y, z), with a small and a large absolute error."""
    rng = np.random.default_rng([seed, 0])
    y, z = _rows(rng, ROWS)
    fresh, given = _rows(rng, FRESH)
    made = {}
    for name, l1 in (("small", 0.1), ("large", 30.0)):
        with weights(seed):
            model = paired_gan(LINE, LINE, 1, HIDDEN, r1=0.1, l1=l1, **GAME)
        teach(model, {"x": y, "source": z}, ROUNDS, seed)
        made[name] = answers(model, {"source": given}, seed)
    measured = {
        "w1_to_the_data": w1(made["small"], fresh),
        "w1_of_y_less_z": w1(made["small"] - given, fresh - given),
        "slope_on_z": float(np.polyfit(given[:, 0], made["small"][:, 0], 1)[0]),
        "spread_about_z": float((made["small"] - given).std()),
        "spread_about_z_with_a_large_error": float((made["large"] - given).std()),
    }
    return Outcome(measured, {"z": given, "law": fresh} | made)


def draw_pairs_of_rows(series: Series) -> list[Panel]:
    """Both answers, and the one between them."""
    made = {"λ = .1": series["small"], "λ = 30": series["large"]}
    return [
        Panel(
            draw_map(series["z"], made, series["law"], ("z", "G(z, ε)")),
            Words(
                "To each z there are two right answers, z ± 1.5. With little weight on the "
                "absolute error G gives both, by ε; with much it gives one answer and no longer "
                "hears ε.",
                "每个 z 有两个正确答案 z ± 1.5。绝对误差权重小时，G 借 ε 给出两者；权重大时只给"
                "一个，不再理会 ε。",
            ),
        )
    ]


def code_of_the_data(seed: int) -> Outcome:
    """V1c: G is given a code of y and z as a condition, with and without a KL on the code."""
    rng = np.random.default_rng([seed, 0])
    y, z = _rows(rng, ROWS)
    fresh, given = _rows(rng, FRESH)
    batch = {"x": torch.from_numpy(fresh), "source": torch.from_numpy(given)}
    told, made, back = {}, {}, {}
    for name, beta in (("with", 1.0), ("without", 0.0)):
        with weights(seed):
            model = bicycle(
                LINE, LINE, 1, HIDDEN, r1=0.1, l1=3.0, beta=beta, regression=0.1, **GAME
            )
        teach(model, {"x": y, "source": z}, ROUNDS, seed)
        told[name] = _told(model, batch["x"])
        made[name] = answers(model, {"source": given}, seed)
        back[name] = _back(model, batch, seed)
    measured = {
        "w1_with_prior_noise_for_the_code": w1(made["with"] - given, fresh - given),
        "error_with_the_code_of_y": float(np.abs(back["with"] - fresh).mean()),
        "error_with_noise_for_the_code": float(np.abs(made["with"] - fresh).mean()),
        "nats_told_of_y": told["with"],
        "nats_told_of_y_without_kl": told["without"],
    }
    return Outcome(measured, {"z": given, "law": fresh, "made": made["with"], "back": back["with"]})


def draw_code_of_the_data(series: Series) -> list[Panel]:
    """What is made of the prior's noise; and of the data's own code."""
    law = series["law"]
    return [
        Panel(
            draw_map(series["z"], {"G(z, ε)": series["made"]}, law, ("z", "G")),
            Words(
                "With ε from the prior in place of the code of y, G still gives both answers.",
                "用先验的 ε 代替 y 的编码，G 仍给出两种答案。",
            ),
        ),
        Panel(
            draw_map(law, {"G(z, E(y))": series["back"]}, law, ("y", "G"), same=True),
            Words(
                "With the code of y it gives y back: the code says which of the two it was.",
                "用 y 自己的编码，则还原出 y：编码指明是两者中的哪一个。",
            ),
        ),
    ]


def _rows(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Draw n pairs (y, z)."""
    z = normal(rng, n)
    y = z + rng.choice([-1.5, 1.5], (n, 1)) + 0.2 * rng.normal(size=(n, 1))
    return y.astype(np.float32), z


def _told(model: Model, y: torch.Tensor) -> float:
    """E KL(q(z|y) ‖ p(z)) in nats: no less than what the code tells of y."""
    posterior, prior = model.q["z"], model.p["z"]
    assert isinstance(posterior, Factor)
    assert isinstance(prior, Factor)
    with torch.no_grad():
        found = closed_form_kl(posterior.network(y), prior.network())
    assert found is not None
    return float(found.mean())


def _back(model: Model, batch: dict[str, torch.Tensor], seed: int) -> Array:
    """What is made of the code of each y."""
    maker = model.p["x"]
    assert isinstance(maker, Factor)
    with torch.no_grad():
        code = model.q.trace(batch, Noise.seeded(FRESH, seed, 2), "z").values["z"]
        found: Array = maker.network(batch["source"], code).mean.numpy()
    return found
