"""What a likelihood of pictures depends on beside the model, and what looks like one and is none.

Pictures of grey pixels are made bits to be scored by Bernoulli masses: once for all (static), or
anew at every look (dynamic). The estimate of log p(x) grows with the importance samples (Burda,
Grosse & Salakhutdinov, 2016, arXiv 1509.00519), and what a model scores depends on the rows, seen
or held out, and on how long it learnt.

The cross-entropy −Σ [x log π + (1 − x) log(1 − π)] of *grey* x is no −log p(x): over x in [0, 1]
its exponential has not the mass 1 but (2π − 1)/log(π/(1 − π)) a pixel, at most ½ (Loaiza-Ganem &
Cunningham, 2019, arXiv 1907.06845).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.distributions import ContinuousBernoulli, Independent
from torch.nn.functional import binary_cross_entropy_with_logits

from kullback.data import Space
from kullback.lab.claim import Words
from kullback.lab.digits import BATCH, bernoulli_vae, digits, held_out, learnt, scored, taught
from kullback.lab.figures import lines
from kullback.lab.learn import tensor
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.model import Model
from kullback.training import Training

ROWS = 400
EPOCHS = (10, 50, 200)
FEW, DRAWS, MANY = 2, 50, 200


def protocols(seed: int) -> Outcome:
    """NLLs of one set of held-out bits, in nats, when one thing at a time differs.

    The rows to learn from are few, as those of MNIST are to the networks that are taught them.
    """
    grey = learnt()[:ROWS]
    bits, asked = _binarised(grey, seed, 0), _binarised(held_out(), seed, 1)
    binary = Space("binary", (8, 8), "uint8")
    static = bernoulli_vae(binary, seed)
    dynamic = bernoulli_vae(digits().space, seed)
    by_static = _taught(static, bits, asked, seed)
    by_dynamic = _taught(dynamic, grey, asked, seed)
    many = _nll(static, asked, MANY, seed)
    measured = {
        "nll_of_static": by_static[-1],
        "nll_of_dynamic": by_dynamic[-1],
        "static_minus_dynamic": by_static[-1] - by_dynamic[-1],
        "held_out_minus_training": by_static[-1] - _nll(static, bits, DRAWS, seed),
        "few_draws_minus_many": _nll(static, asked, FEW, seed) - many,
        "first_epochs_minus_last": by_dynamic[0] - by_dynamic[-1],
        "log_mass_of_grey_cross_entropy": _log_mass(dynamic),
    }
    curves = {"static": np.array(by_static), "dynamic": np.array(by_dynamic)}
    return Outcome(measured, {"epochs": np.array(EPOCHS), **curves})


def draw_protocols(series: Series) -> list[Panel]:
    """The held-out NLL against epochs for the two ways of making bits."""
    curves = {name: (series["epochs"], series[name]) for name in ("static", "dynamic")}
    svg = lines(curves, ("epochs", "held-out NLL (nats)"), markers=True)
    return [
        Panel(
            svg,
            Words(
                "The same network, scored on the same bits: what it learnt from, and for how long, "
                "changes its NLL by nats.",
                "同样的网络、同样的测试比特：训练时如何二值化、训练多久，都会让 NLL 相差若干奈特。",
            ),
        )
    ]


def _binarised(grey: Array, seed: int, stream: int) -> Array:
    rng = np.random.default_rng([seed, stream])
    return (rng.random(grey.shape) < grey).astype(np.float32)


def _taught(model: Model, rows: Array, asked: Array, seed: int) -> list[float]:
    """Learn, and return the NLL of ``asked`` after each of ``EPOCHS``."""
    found: list[float] = []
    steps = [round(epochs * len(rows) / BATCH) for epochs in EPOCHS]

    def watch(training: Training) -> None:
        if training.step in steps:
            found.append(_nll(model, asked, DRAWS, seed))

    taught(model.objective, seed, rows={"x": rows}, steps=steps[-1], watch=watch)
    return found


def _nll(model: Model, rows: Array, draws: int, seed: int) -> float:
    return -float(scored(model, rows, draws, seed).estimate.mean())


@torch.no_grad()
def _log_mass(model: Model) -> float:
    """log ∫ exp(−cross-entropy) dx of the decoder's grey pictures, mean in nats a picture."""
    grey = tensor(held_out())
    law = model.networks["p(x|z)"](model.encode({"x": grey}))
    assert isinstance(law, Independent)
    logits = law.base_dist.logits
    cross = binary_cross_entropy_with_logits(logits, grey, reduction="none")
    density: Tensor = ContinuousBernoulli(logits=logits).log_prob(grey)  # type: ignore[no-untyped-call]
    return float(-(density + cross).flatten(1).sum(1).mean())
