"""DIG: scikit-learn's 8×8 digits, and what the experiments on them have in common.

Rows are split 80/10/10 by the library's own split; in model units a pixel is in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeVar

import numpy as np

from kullback.data import Dataset, Space, load
from kullback.evaluation.classifier import Classifier
from kullback.evaluation.likelihood import Likelihood, likelihood
from kullback.lab.learn import learn, tensor, weights
from kullback.lab.outcome import Array
from kullback.models.model import Model
from kullback.models.variational import vae
from kullback.objectives import Objective
from kullback.training import Adam, Training

T = TypeVar("T")

CLASSES = 10
HIDDEN = (64,)
LATENT_DIM = 8
STEPS = 400
BATCH = 256
RATE = 2e-2
_JUDGE_STEPS = 200


@cache
def digits() -> Dataset:
    """The data set, read once."""
    return load("digits")


def learnt() -> Array:
    """The rows to learn from in model units, (1439, 1, 8, 8)."""
    return digits().space.to_model(digits().train.x)


def held_out() -> Array:
    """The rows that no model learns from, validation and test, in model units, (358, 1, 8, 8)."""
    return digits().space.to_model(np.concatenate([digits().validation.x, digits().test.x]))


def held_out_labels() -> Array:
    """The labels of ``held_out()``, (358,)."""
    return np.concatenate([_labels(digits().validation.y), _labels(digits().test.y)])


def learnt_labels() -> Array:
    """The labels of ``learnt()``, (1439,)."""
    return _labels(digits().train.y)


def one_hot(labels: Array) -> Array:
    """Labels (N,) as rows (N, 10) of zeros and a one."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def seeded(build: Callable[[], T], seed: int) -> T:
    """What ``build`` makes with torch's generator at a seed; the caller's is left as it was."""
    with weights(seed):
        return build()


def settled(build: Callable[[], Model], seed: int) -> Model:
    """What ``build`` makes, likewise, told the mean of the rows to learn from, as a run's is."""
    model = seeded(build, seed)
    model.settle([{"x": tensor(learnt())}])
    return model


def bernoulli_vae(space: Space, seed: int) -> Model:
    """A VAE of the digits whose likelihood is of zeros and ones."""
    return settled(lambda: vae(space, LATENT_DIM, HIDDEN, 1.0, "bernoulli", None), seed)


def scored(model: Model, rows: Array, draws: int, seed: int) -> Likelihood:
    """What so many importance samples say of rows in model units."""
    return likelihood(model.q, model.p, [{"x": tensor(rows)}], draws, seed)


def taught(
    objective: Objective,
    seed: int,
    *,
    rows: Mapping[str, Array] | None = None,
    steps: int = STEPS,
    rate: float = RATE,
    watch: Callable[[Training], None] | None = None,
) -> Training:
    """Learn the digits, or other rows, with the settings that the experiments share."""
    known = {"x": learnt()} if rows is None else rows
    return learn(
        objective, known, steps, optimiser=Adam(rate), batch_size=BATCH, seed=seed, watch=watch
    )


def shown(pictures: Array) -> Array:
    """Pictures in model units as 8-bit ones, (N, 8, 8)."""
    return digits().space.to_data(pictures)


def framed(pictures: Array) -> Array:
    """Pictures (n, 8, 8) in model units with a grey line around each, to be laid side by side."""
    return np.pad(np.clip(pictures, 0, 1), ((0, 0), (1, 1), (1, 1)), constant_values=0.5)


@cache
def judge(seed: int) -> Classifier:
    """A classifier of the digits, trained on the rows that models learn from."""
    found = Classifier(digits().space, CLASSES, seed)
    found.fit(digits().train.x, learnt_labels(), seed, _JUDGE_STEPS)
    return found


def _labels(y: Array | None) -> Array:
    assert y is not None
    return y
