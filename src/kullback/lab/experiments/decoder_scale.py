"""What an AAE's decoder scale does to its game on z."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from kullback.divergences import NON_SATURATING
from kullback.lab.claim import Words
from kullback.lab.digits import digits, learnt
from kullback.lab.figures import clouds, lines
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import (
    GaussianHead,
    Logit,
    Network,
    PointCode,
    StandardNormal,
    inward,
    mlp,
    outward,
)
from kullback.objectives import Data, Factor, Joint, adversarial, kl
from kullback.training import Training

ROUNDS, EVERY, LAST = 1500, 25, 20
DIM = 4
SCALES: dict[str, float | None] = {"learned": None, "fixed": 0.5}


def scales_of_the_decoder(seed: int) -> Outcome:
    """AAEs on the digits, codes in four dimensions: σ learned, and σ fixed at half the range.

    The game's term is −E_q log P(prior side), log 2 where the codes are as the prior's draws; means
    over the last 500 rounds.
    """
    x = learnt()
    measured: dict[str, float] = {}
    series: dict[str, Array] = {}
    for name, scale in SCALES.items():
        terms, codes, sigma = trained(x, scale, seed)
        measured |= {
            f"z_loss_{name}": float(terms[-LAST:].mean()),
            f"code_variance_{name}": float(codes.var(0).mean()),
            f"sigma_{name}": sigma,
        }
        series |= {f"loss_{name}": terms, f"codes_{name}": codes}
    measured["z_loss_ratio"] = measured["z_loss_learned"] / measured["z_loss_fixed"]
    prior = np.random.default_rng([seed, 1]).normal(size=(1000, 2))
    return Outcome(measured, series | {"prior": prior})


def draw_scales_of_the_decoder(series: Series) -> list[Panel]:
    """The game's term over rounds, and two coordinates of the codes on the prior."""
    at = EVERY * np.arange(1, ROUNDS // EVERY + 1)
    curves = {f"σ {name}": (at, series[f"loss_{name}"]) for name in SCALES}
    svg = lines(curves, ("round", "−E log P(prior)"), levels={"log 2": math.log(2)})
    loss = Words(
        "The game's term on z over training: with the scale fixed it comes down towards log 2, "
        "where the critic cannot tell; with the scale learned it does not.",
        "训练中 z 上的对抗项：尺度固定时降向 log 2（判别器分不清），尺度可学时降不下来。",
    )
    codes = {
        "learned": Words("Codes with σ learned; the prior grey.", "σ 可学时的编码，灰色为先验。"),
        "fixed": Words("Codes with σ fixed.", "σ 固定时的编码。"),
    }
    return [
        Panel(svg, loss),
        *(
            Panel(
                clouds(
                    {"prior": series["prior"], "codes": series[f"codes_{name}"][:, :2]},
                    ("z₁", "z₂"),
                ),
                words,
            )
            for name, words in codes.items()
        ),
    ]


def trained(x: Array, scale: float | None, seed: int) -> tuple[Array, Array, float]:
    """The game's term, mean of every ``EVERY`` rounds, the codes of x, and the decoder's last σ."""
    space = digits().space
    with weights(seed):
        inner, outer = inward(space, (64,), DIM), outward(space, (64,), DIM)
        judge = Logit(mlp(DIM, (64, 64), 1, nn.LeakyReLU))
    head = GaussianHead(space, scale)
    encoder, decoder = Network(inner, PointCode()), Network(outer, head)
    q = Joint("q", Data("x"), Factor("z", encoder, given="x"))
    p = Joint("p", Factor("z", StandardNormal(DIM)), Factor("x", decoder, given="z"))
    objective = kl(q, p, terms="x") + adversarial(NON_SATURATING, q, p, judge, on="z")
    found: list[float] = []

    def watch(training: Training) -> None:
        if training.ledger.count == EVERY:
            found.append(training.ledger.read()["model/adversarial_z"])
            training.ledger.clear()

    learn(objective, {"x": x}, ROUNDS, seed=seed, decay=False, watch=watch)
    with torch.no_grad():
        codes = encoder(torch.from_numpy(x).float()).mean
        return np.array(found), codes.numpy(), float(head.log_scale.exp())
