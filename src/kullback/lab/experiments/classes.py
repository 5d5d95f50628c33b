"""Where the classes of labelled data lie in a code: each at a mean of its own, or under one prior.

    KL(N(μ, σ²) ‖ N(μ_y, I)) = ½ Σ [(μ − μ_y)² + σ² − log σ² − 1]     each class at its μ_y
    KL(N(μ, σ²) ‖ N(0, I))                                             all classes under one law

Su Jianlin (2018, kexue.fm/archives/5253), eq. 8, and his answer to the doubt whether classes that
differ can be asked to lie under one Gaussian: the aggregate has to be it, and not each class.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes

from kullback.distributions import Noise
from kullback.evaluation.latent import label_probe, moment_gap
from kullback.lab.claim import Words
from kullback.lab.digits import (
    CLASSES,
    HIDDEN,
    LATENT_DIM,
    digits,
    framed,
    held_out,
    held_out_labels,
    judge,
    learnt,
    learnt_labels,
    one_hot,
    settled,
    shown,
    taught,
)
from kullback.lab.draws import drawn
from kullback.lab.figures import WIDE, colour, legend, pictures
from kullback.lab.learn import tensor
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.conditional import cvae, cvae_class_mean
from kullback.models.model import Model
from kullback.models.variational import vae
from kullback.report.style import DATA, draw

OF_EACH = 50
CONDITIONAL = {"class_mean": cvae_class_mean, "told": cvae}
SCALE = 0.3
STEPS = 800


def class_means(seed: int) -> Outcome:
    """The share of samples of a class that a judge of real digits reads as it.

    Of N(μ_y, I), and of a VAE whose networks are told the label.
    """
    space, reader = digits().space, judge(seed)
    rows = {"x": learnt(), "y": one_hot(learnt_labels())}
    asked = np.repeat(np.arange(CLASSES), OF_EACH)
    measured, made = {}, {}
    for name, function in CONDITIONAL.items():
        model = settled(
            partial(function, space, CLASSES, LATENT_DIM, HIDDEN, 1.0, "gaussian", SCALE), seed
        )
        taught(model.objective, seed, rows=rows, steps=STEPS)
        made[name] = drawn(
            model.p, Noise.seeded(len(asked), seed, 1), {"y": one_hot(asked)}, mean=True
        )
        read = reader.probabilities(shown(made[name])).argmax(1)
        measured[f"read_as_asked_{name}"] = float((read == asked).mean())
    real = reader.probabilities(shown(held_out())).argmax(1)
    measured["real_read_as_labelled"] = float((real == held_out_labels()).mean())
    first = {name: each.reshape(CLASSES, OF_EACH, 8, 8)[:, :8] for name, each in made.items()}
    return Outcome(measured, first)


def draw_class_means(series: Series) -> list[Panel]:
    """Eight samples of each class from each model."""
    says = {
        "class_mean": Words(
            "Each line is drawn from one class's Gaussian; no network was told the label.",
            "每一行都从一个类别的正态分布中采样；两个网络都不知道标签。",
        ),
        "told": Words(
            "Beside it a VAE whose encoder and decoder are told the label.",
            "作为对照：把标签告诉编码器和解码器的 VAE。",
        ),
    }
    names = [str(y) for y in range(CLASSES)]
    return [
        Panel(pictures([framed(row) for row in series[name]], names, size=(3.2, 3.6)), words)
        for name, words in says.items()
    ]


def one_prior(seed: int) -> Outcome:
    """Whether a VAE's codes tell the classes, and whether together they are N(0, I)."""
    space = digits().space
    model = settled(lambda: vae(space, LATENT_DIM, HIDDEN, 1.0, "gaussian", SCALE), seed)
    taught(model.objective, seed, steps=STEPS)
    mean, scale = _codes(model, learnt())
    held, _ = _codes(model, held_out())
    probe = label_probe(mean, learnt_labels(), held, held_out_labels())
    rng = np.random.default_rng([seed, 62])
    aggregate = mean + scale * rng.standard_normal(mean.shape)
    prior = rng.standard_normal(mean.shape)
    apart = np.array([aggregate[learnt_labels() == y].mean(0) for y in range(CLASSES)])
    measured = {
        "label_accuracy_of_codes": probe.value,
        "majority_share": float(probe.details["majority"]),
        "largest_mean_of_aggregate": float(np.abs(aggregate.mean(0)).max()),
        "largest_error_of_variance": float(np.abs(aggregate.var(0) - 1).max()),
        "moment_gap": moment_gap(aggregate, prior),
        "spread_of_class_means": float(np.sqrt((apart**2).sum(1)).mean()),
    }
    return Outcome(measured, {"means": apart, "mean": aggregate.mean(0), "sd": aggregate.std(0)})


def draw_one_prior(series: Series) -> list[Panel]:
    """In every dimension the classes' means, and the aggregate's mean and standard deviation."""

    def paint(axes: Axes) -> None:
        dimensions = 1 + np.arange(LATENT_DIM)
        axes.errorbar(
            dimensions, series["mean"], series["sd"], fmt="_", color=DATA, label="all codes, ±1 sd"
        )
        for y, means in enumerate(series["means"]):
            label = "mean of a class" if y == 0 else None
            axes.plot(dimensions + 0.12, means, ".", color=colour(y), label=label)
        for level in (-1, 0, 1):
            axes.axhline(level, color=DATA, linestyle=":", linewidth=0.8)
        axes.set(xlabel="dimension of the code", ylabel="z", ylim=(-2.5, 3.4))
        legend(axes, 2)

    return [
        Panel(
            draw(paint, WIDE),
            Words(
                "In each dimension all codes together have about mean 0 and deviation 1, while "
                "the classes lie apart within it.",
                "在每一维上，所有编码合起来的均值约为 0、标准差约为 1，而各类在其中各据一处。",
            ),
        )
    ]


def _codes(model: Model, rows: Array) -> tuple[Array, Array]:
    """μ and σ of q(z|x) of rows, (N, d) each."""
    with torch.no_grad():
        law = model.networks["q(z|x)"](tensor(rows))
    return law.mean.numpy(), law.variance.sqrt().numpy()
