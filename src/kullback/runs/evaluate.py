"""What is measured of a run, by what its model can do and what is known of its data.

    likelihood               nll, elbo, bits_per_dim (masses of 8-bit levels only)
    encoder                  reconstruction_mse
    true density known       modes, high_quality, reverse_kl of samples
    labelled images          modes, high_quality of samples before a judge

Everything is measured on the test part with fixed seeds, and a metric that has no meaning for a
model is absent.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from kullback.runs.folder import write_json

if TYPE_CHECKING:
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
        rows = run.data.test.x[:ROWS]
        expected = run.expected(run.encode(rows))
        found["reconstruction_mse"] = reconstruction_mse(
            run.space.to_model(rows), expected, run.space
        )
    found |= _samples(run)
    evaluation = {"metrics": {name: m.to_json() for name, m in found.items()}, "verdicts": []}
    write_json(run.folder.evaluation, evaluation)
    return evaluation


def _likelihood(run: Run) -> dict[str, Metric]:
    # Large pictures take a minute per hundred rows: fewer rows, but enough for a standard error.
    rows = run.data.test.x[: max(50, min(ROWS, 2_000_000 // run.space.features))]
    law = run.recipe.settings.get("likelihood", "gaussian")
    protocol = Protocol(run.space, law, "test", SEED)
    model, batches = run.scoring(rows)
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
    data = run.data
    if data.truth is not None:
        made = run.sample(POINTS, seed=SEED)
        found = {
            "modes": points.modes(made, data.truth),
            "high_quality": points.high_quality(made, data.truth),
            "reverse_kl": points.reverse_kl(made, data.truth),
        }
    elif data.label_names is not None and len(data.label_names) > 1 and data.space.is_image:
        expert = judge.judge_of(data, _cache())
        seen = expert.probabilities(data.space.to_model(run.sample(IMAGES, seed=SEED)))
        found = {
            "modes": judge.modes(expert, seen),
            "high_quality": judge.high_quality(expert, seen),
        }
    else:
        return {}
    judged = "means of p(x|z)" if run.space.is_image else "draws of p(x|z)"
    return {
        name: replace(metric, details={**metric.details, "judged": judged})
        for name, metric in found.items()
    }


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "kullback"
