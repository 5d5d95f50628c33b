"""A VAE and a GAN on points whose law is known: what each covers, how sharply, how surely.

Eight modes on the unit circle, each .05 wide, which a small network learns in seconds. What a
sample is like is measured by three numbers that are read together (``kullback.evaluation.points``):
modes found, the share of good samples, and the reverse KL of the modes' shares. The GAN is the
plain one: non-saturating, without penalty or averages.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from kullback.data import Mixture, Space, ring
from kullback.distributions import Noise
from kullback.evaluation import points
from kullback.lab.claim import Words
from kullback.lab.digits import seeded
from kullback.lab.draws import drawn
from kullback.lab.figures import clouds, lines
from kullback.lab.learn import learn, tensor
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.adversarial import gan
from kullback.models.variational import vae
from kullback.training import Adam

ROWS = 5_000
SAMPLES = 2_500
HIDDEN = (64, 64)
STEPS = 800
BATCH = 256
TRAININGS = 3
LIMITS = (-1.6, 1.6, -1.6, 2.4)
TRUTH = Mixture(ring().centres, ring().weights, np.full(8, 0.05))


def covering_and_sharp(seed: int) -> Outcome:
    """Modes, high quality and reverse KL of one VAE's and one GAN's samples."""
    measured: dict[str, float] = {}
    made = {"true": TRUTH.sample(1_000, np.random.default_rng(seed))[0]}
    for name in ("vae", "gan"):
        made[name] = _samples(name, seed, 0)
        measured |= {f"{name}_{key}": value for key, value in _measures(made[name]).items()}
    measured["gan_quality_minus_vae"] = measured["gan_high_quality"] - measured["vae_high_quality"]
    return Outcome(measured, made)


def draw_covering_and_sharp(series: Series) -> list[Panel]:
    """The samples of both over the true points."""
    says = {
        "vae": Words(
            "The VAE finds every mode, and puts much of its mass between them.",
            "VAE 覆盖所有模式，但有不少质量落在模式之间。",
        ),
        "gan": Words(
            "The plain GAN, after as many rounds on the same points: more of its samples are "
            "good, and some modes have little.",
            "同样的数据、同样的轮数，普通 GAN 的好样本更多，但有些模式分到的样本很少。",
        ),
    }
    labels = ("x₁", "x₂")
    return [
        Panel(clouds({"true": series["true"], name: series[name]}, labels, limits=LIMITS), words)
        for name, words in says.items()
    ]


def spread_of_trainings(seed: int) -> Outcome:
    """How much the measures differ between trainings that differ in their seed alone."""
    measured: dict[str, float] = {}
    shares: dict[str, Array] = {}
    for name in ("vae", "gan"):
        sets = [_samples(name, seed, i) for i in range(TRAININGS)]
        found = [_measures(each) for each in sets]
        shares |= {f"{name}{i}": points.shares(each, TRUTH) for i, each in enumerate(sets)}
        for key in ("modes", "high_quality", "reverse_kl"):
            values = np.array([each[key] for each in found])
            measured[f"{name}_{key}_mean"] = float(values.mean())
            measured[f"{name}_{key}_spread"] = float(values.std(ddof=1))
    return Outcome(measured, shares)


def draw_spread_of_trainings(series: Series) -> list[Panel]:
    """Every mode's share of the samples of each training, VAEs and GANs."""
    says = {
        "vae": Words(
            "The modes' shares in three trainings of a VAE: they agree.",
            "VAE 三次训练中各模式所占的份额：结果一致。",
        ),
        "gan": Words(
            "The same of a plain GAN, whose three trainings differ in their seed alone.",
            "普通 GAN 的三次训练，只有随机种子不同。",
        ),
    }
    modes = 1 + np.arange(len(TRUTH.weights))
    return [
        Panel(
            lines(
                {f"training {i + 1}": (modes, series[f"{name}{i}"]) for i in range(TRAININGS)},
                ("mode", "share of samples"),
                levels={"1/8": 1 / 8, "0": 0},
                markers=True,
            ),
            words,
        )
        for name, words in says.items()
    ]


@cache
def _samples(name: str, seed: int, training: int) -> Array:
    """Draws of p(x|z), in the data's units, (2500, 2); two experiments look at the first."""
    seed = TRAININGS * seed + training
    rows = TRUTH.sample(ROWS, np.random.default_rng([seed, 68]))[0].astype(np.float32)
    space = Space.of(rows, "real")
    if name == "vae":
        model = seeded(lambda: vae(space, 2, HIDDEN, 1.0, "gaussian", None), seed)
    else:
        model = seeded(lambda: gan(space, 2, HIDDEN, 1, 0.0, 0.0), seed)
    rate = Adam(1e-2) if name == "vae" else Adam(4e-3, (0.5, 0.999))
    known = {"x": space.to_model(rows)}
    model.settle([{"x": tensor(known["x"])}])
    learn(model.objective, known, STEPS, optimiser=rate, batch_size=BATCH, seed=seed)
    return space.to_data(drawn(model.p, Noise.seeded(SAMPLES, seed, 1)))


def _measures(samples: Array) -> dict[str, float]:
    return {
        "modes": points.modes(samples, TRUTH).value,
        "high_quality": points.high_quality(samples, TRUTH).value,
        "reverse_kl": points.reverse_kl(samples, TRUTH).value,
    }
