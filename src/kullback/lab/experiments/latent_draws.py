"""How many draws of z the ELBO takes to be learnt by, and from which law.

The reconstruction term E −log p(x|z) is estimated by K draws of z ~ q(z|x) for every row at every
step. One is enough: over steps and rows the noise averages out, and its mean is right for any K
(Kingma & Welling, 2014, arXiv 1312.6114, sec. 2.3, who found K = 1 enough for batches of 100).
Draws of the prior are no estimate of that term at all: a z that has nothing to do with x is best
decoded as the mean of all x, whatever z is.
"""

from __future__ import annotations

import numpy as np

from kullback.distributions import Noise
from kullback.divergences import closed_form_kl
from kullback.lab.claim import Words
from kullback.lab.digits import bernoulli_vae, digits, held_out, learnt, scored, taught
from kullback.lab.draws import drawn
from kullback.lab.figures import lines
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.model import Model
from kullback.objectives import Batch, Clock, Factor, Joint, Objective, Player, Terms
from kullback.training import Training

MANY = 10
SMOOTHED = 25
TESTED = 20
"""Draws for each held-out row, where the models are compared."""


def draws_of_the_latent(seed: int) -> Outcome:
    """The held-out ELBO of VAEs taught by 1 and by 10 draws of q(z|x), and by 1 of the prior."""
    measured, curves = {}, {}
    for name, draws in (("one", 1), ("ten", MANY)):
        model = bernoulli_vae(digits().space, seed)
        curves[name] = _taught(model, _elbo(model, model.q, draws), seed)
        found = scored(model, held_out(), TESTED, seed)
        measured[f"elbo_by_{name}"] = float(found.elbo.mean())
    model = bernoulli_vae(digits().space, seed)
    blind = Joint("q", model.q["x"], Factor("z", model.p["z"].network))  # type: ignore[union-attr]
    curves["prior"] = _taught(model, _elbo(model, blind, 1), seed)
    decoded = drawn(model.p, Noise.seeded(1000, seed, 1), mean=True)
    variance = learnt().var(0).mean()
    one, ten = measured["elbo_by_one"], measured["elbo_by_ten"]
    measured |= {
        "relative_difference": abs(one - ten) / abs(ten),
        "prior_spread_of_decoded": float(decoded.var(0).mean() / variance),
        "prior_error_over_variance": float(((decoded.mean(0) - learnt()) ** 2).mean() / variance),
    }
    return Outcome(measured, curves)


def draw_draws_of_the_latent(series: Series) -> list[Panel]:
    """The reconstruction term while the three learn, means over a few steps."""
    names = {"prior": "1 of p(z)", "one": "1 of q(z|x)", "ten": "10 of q(z|x)"}
    curves = {}
    for name, label in names.items():
        kept = len(series[name]) // SMOOTHED * SMOOTHED
        means = series[name][:kept].reshape(-1, SMOOTHED).mean(1)
        curves[label] = (SMOOTHED * (np.arange(len(means)) + 0.5), means)
    return [
        Panel(
            lines(curves, ("step", "−log p(x|z) (nats)")),
            Words(
                "One draw for each row learns as ten do. Draws of the prior teach the decoder only "
                "the mean picture.",
                "每个样本只采一次，学得和采十次一样好；而从先验采样，解码器只能学到“平均图片”。",
            ),
        )
    ]


def _elbo(model: Model, q: Joint, draws: int) -> Objective:
    """−ELBO with so many draws of z from ``q`` for every row; its KL is in closed form."""

    def terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        trace = q.trace(batch, noise, draws=draws)
        scored = model.p.at(trace)
        divergence = closed_form_kl(trace.distributions["z"], scored.distributions["z"])
        assert divergence is not None
        return {"nll_x": -scored.log_prob("x").mean(), "kl_z": divergence.mean()}

    formula = f"min  E −log p(x|z) + E KL({q} ‖ p(z)),  {draws} draws of z"
    moved = model.p.networks("x") | q.networks("z")
    return Objective({"model": Player(moved, terms)}, formula)


def _taught(model: Model, objective: Objective, seed: int) -> Array:
    """Learn, and return the reconstruction term of every step."""
    totals: list[float] = []

    def watch(training: Training) -> None:
        if training.step:
            totals.append(float(training.ledger.sums[0]))

    taught(objective, seed, watch=watch)
    return np.diff(totals, prepend=0.0)
