"""What is measured of a run, by what its model can do and what is known of its data.

    likelihood               nll, elbo, bits_per_dim (masses of 8-bit levels only)
    encoder                  reconstruction_mse
    true density known       modes, high_quality, reverse_kl of samples
    labelled images          modes, high_quality of samples before a judge
    labels asked for         label_accuracy of samples, by the judge or by the true density

A label is asked for where the model was given labels, as often as the training rows have it, and
where a model translates rows that correspond: there the output should show the row's own label.

Everything is measured on the test part with fixed seeds, and a metric that has no meaning for a
model is absent.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kullback.data.sequences import masked
from kullback.evaluation import (
    Metric,
    Protocol,
    bits_per_dim_metric,
    elbo_metric,
    judge,
    nll_metric,
    points,
    reconstruction_mse,
)
from kullback.evaluation.likelihood import DISCRETE, likelihood
from kullback.evaluation.metric import Array
from kullback.runs.folder import write_json
from kullback.runs.given import draw_labels

if TYPE_CHECKING:
    from kullback.data import Dataset
    from kullback.runs.run import Run

ROWS = 1000
DRAWS = 200
POINTS = 2500
IMAGES = 1000
SEED = 0


def evaluate_run(run: Run) -> dict[str, Any]:
    """Measure a run, write its ``evaluation.json``, and return what that holds."""
    found: dict[str, Metric] = {}
    if run.can("likelihood"):
        found |= _likelihood(run)
    if run.can("reconstruct"):
        part = run.data.test.take(np.arange(min(ROWS, len(run.data.test))))
        label = run.labels_for(part.y)
        # Sequences are compared step by step, so the reconstruction is of their own length.
        expected = run.expected(run.encode(part.observations, label), label, part.mask)
        rows = masked(run.space.to_model(part.x, part.mask), part.mask)
        found["reconstruction_mse"] = reconstruction_mse(rows, expected, run.space)
    found |= _samples(run)
    evaluation = {"metrics": {name: m.to_json() for name, m in found.items()}, "verdicts": []}
    write_json(run.folder.evaluation, evaluation)
    return evaluation


def _likelihood(run: Run) -> dict[str, Metric]:
    # Large pictures take a minute per hundred rows: fewer rows, but enough for a standard error.
    rows = run.data.test.observations[: max(50, min(ROWS, 2_000_000 // run.space.features))]
    law = run.recipe.settings.get("likelihood", "gaussian")
    protocol = Protocol(run.space, law, "test", SEED)
    label = run.labels_for(run.data.test.y)
    model, batches = run.scoring(rows, label if label is None else label[: len(rows)])
    of = likelihood(model.q, model.p, batches, DRAWS, SEED)
    truth = run.data.truth
    floor = None if truth is None else -float(truth.log_prob(rows).mean())
    found = {
        "nll": nll_metric(of.estimate, of.mc_error, DRAWS, protocol, floor),
        "elbo": elbo_metric(of.elbo, DRAWS, protocol),
    }
    if run.space.kind == "uint8" and law in DISCRETE:
        found["bits_per_dim"] = bits_per_dim_metric(of.estimate, of.mc_error, DRAWS, protocol)
    return found


def _samples(run: Run) -> dict[str, Metric]:
    data = _labelled(run.data)
    if data.truth is not None:
        made, asked = _asked(run, data, POINTS)
        found = {
            "modes": points.modes(made, data.truth),
            "high_quality": points.high_quality(made, data.truth),
            "reverse_kl": points.reverse_kl(made, data.truth),
        }
        if asked is not None:
            found["label_accuracy"] = points.label_accuracy(made, data.truth, asked)
    elif data.label_names is not None and len(data.label_names) > 1 and data.space.is_image:
        expert = judge.judge_of(data, _cache())
        made, asked = _asked(run, data, IMAGES)
        seen = expert.probabilities(data.space.to_model(made))
        found = {
            "modes": judge.modes(expert, seen),
            "high_quality": judge.high_quality(expert, seen),
        }
        if asked is not None:
            found["label_accuracy"] = judge.label_accuracy(expert, seen, asked)
    else:
        return {}
    judged = "means of p(x|z)" if run.space.is_image else "draws of p(x|z)"
    return {
        name: replace(metric, details={**metric.details, "judged": judged})
        for name, metric in found.items()
    }


def _labelled(data: Dataset) -> Dataset:
    """Return data with the labels of the rows that theirs correspond to, if without any."""
    source = data.source
    if data.label_names is not None or source is None or not data.paired:
        return data
    return replace(
        data,
        label_names=source.label_names,
        train=replace(data.train, y=source.train.y),
        test=replace(data.test, y=source.test.y),
    )


def _asked(run: Run, data: Dataset, n: int) -> tuple[Array, Array | None]:
    """Return n samples, and the labels that they should show, if any were asked for.

    No row is translated twice: translations of one row are no independent samples.
    """
    if "y" in run.model.given:
        asked = draw_labels(run.recipe, n, SEED)
        return run.sample(n, asked, SEED), asked
    if "source" in run.model.given and data.source is not None:
        n = min(n, len(data.source.test))
        shown = data.test.y if data.paired else None
        return run.sample(n, seed=SEED), None if shown is None else shown[:n]
    return run.sample(n, seed=SEED), None


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "kullback"
