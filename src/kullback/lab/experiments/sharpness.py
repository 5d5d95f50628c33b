"""Blur, and what it comes from.

The variance of a picture's Laplacian, over samples and over real rows, as a ratio: 1 is right. The
mean of p(x|z) = N(g(z), σ²) is what is usually shown of a VAE. Its σ says what counts as the same
picture: codes whose pictures differ by less than σ are not told apart, for telling costs nats of KL
and earns none of reconstruction, and g is the mean over all of them. A smaller σ, learned or fixed,
tells more apart. Rybkin, Daniilidis & Levine (2021, arXiv 2006.13202) on what σ does.
"""

from __future__ import annotations

from functools import partial

from kullback.distributions import Noise
from kullback.evaluation.sharpness import edges
from kullback.lab.claim import Words
from kullback.lab.digits import (
    HIDDEN,
    LATENT_DIM,
    digits,
    framed,
    held_out,
    seeded,
    settled,
    shown,
    taught,
)
from kullback.lab.draws import drawn
from kullback.lab.figures import pictures
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.adversarial import gan
from kullback.models.variational import vae

GAN_STEPS, GAN_RATE = 800, 4e-3
SAMPLES = 400
SCALES = {"σ = 1": 1.0, "σ = 0.3": 0.3, "σ = 0.2": 0.2}


def blur(seed: int) -> Outcome:
    """The sharpness of a GAN's samples and of VAEs', whose decoders differ in σ alone."""
    space, made = digits().space, {}
    for name, scale in SCALES.items():
        build = partial(vae, space, LATENT_DIM, HIDDEN, 1.0, "gaussian", scale)
        model = settled(build, seed)
        taught(model.objective, seed)
        made[name] = drawn(model.p, Noise.seeded(SAMPLES, seed, 1), mean=True)
    game = seeded(lambda: gan(space, LATENT_DIM, HIDDEN, 1, 0.99, 1.0), seed)
    taught(game.objective, seed, steps=GAN_STEPS, rate=GAN_RATE)
    made["GAN"] = drawn(game.p, Noise.seeded(SAMPLES, seed, 1))
    ratios = {name: _sharpness(rows) for name, rows in made.items()}
    measured = {
        "vae_sigma_1": ratios["σ = 1"],
        "vae_sigma_0.3": ratios["σ = 0.3"],
        "vae_sigma_0.2": ratios["σ = 0.2"],
        "gan": ratios["GAN"],
        "vae_sigma_0.3_over_that_at_1": ratios["σ = 0.3"] / ratios["σ = 1"],
    }
    rows = {"real": held_out()} | made
    return Outcome(measured, {name: each[:10, 0] for name, each in rows.items()})


def draw_blur(series: Series) -> list[Panel]:
    """Samples in lines, real rows first."""
    rows = [framed(rows) for rows in series.values()]
    return [
        Panel(
            pictures(rows, list(series), size=(5.0, 2.6)),
            Words(
                "The same VAE with three decoder scales, and a GAN. What washes pictures out is a "
                "σ that counts them as the same.",
                "同一个 VAE 取三种解码器标准差 σ，以及一个 GAN。图片发糊，是因为 σ 太大，"
                "把不同的图片当成了同一张。",
            ),
        )
    ]


def _sharpness(rows: Array) -> float:
    real = edges(shown(held_out()), digits().space)
    return float(edges(shown(rows), digits().space).mean() / real.mean())
