"""What is measured of a run, by what its model can do and what is known of its data.

    likelihood      nll, elbo, bits_per_dim (masses of 8-bit levels only)
    encoder         reconstruction_mse
    samples         what `kullback.evaluation.examine` measures of samples, and the doctor's
                    verdicts on them
    the run itself  the doctor's verdicts on codes, critics and curves: `examination`

A label is asked for where the model was given labels, as often as the training rows have it, and
where a model translates rows that correspond: there the output should show the row's own label.

Everything is measured on the test part with fixed seeds, and a metric that has no meaning for a
model is absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kullback.data.cache import cache
from kullback.data.sequences import masked
from kullback.evaluation import (
    Metric,
    Protocol,
    bits_per_dim_metric,
    elbo_metric,
    nll_metric,
    reconstruction_mse,
)
from kullback.evaluation.examine import Announce, Examination, examine, quietly
from kullback.evaluation.features import chosen
from kullback.evaluation.judge import can_judge, judge_of
from kullback.evaluation.likelihood import DISCRETE, likelihood
from kullback.evaluation.metric import Array
from kullback.evaluation.reference import Reference
from kullback.pictures import has_pictures, lines
from kullback.runs.examination import examine_run
from kullback.runs.folder import write_json, write_whole
from kullback.runs.given import draw_labels

if TYPE_CHECKING:
    from kullback.data import Dataset
    from kullback.runs.run import Run

ROWS = 1000
DRAWS = 200
POINTS = 2500
FEWEST_SAMPLES = 1000
MOST_SAMPLES = 10_000
SEED = 0


def evaluate_run(
    run: Run, announce: Announce = quietly, features: Sequence[str] = ()
) -> dict[str, Any]:
    """Measure a run, write its ``evaluation.json``, and return what that holds."""
    found: dict[str, Metric] = {}
    if run.can("likelihood"):
        announce("estimating the likelihood")
        found |= _likelihood(run)
    if run.can("reconstruct"):
        part = run.data.test.take(np.arange(min(ROWS, len(run.data.test))))
        label = run.labels_for(part.y)
        # Sequences are compared step by step, so the reconstruction is of their own length.
        expected = run.expected(run.encode(part.observations, label), label, part.mask)
        rows = masked(run.space.to_model(part.x, part.mask), part.mask)
        found["reconstruction_mse"] = reconstruction_mse(rows, expected, run.space)
    of_samples, made = _of_samples(run, announce, features)
    _show_closest(run, of_samples, made)
    announce("looking at codes, critics and curves")
    examination = Examination(found) + of_samples + Examination(*examine_run(run))
    evaluation = examination.to_json()
    write_json(run.folder.evaluation, evaluation)
    return evaluation


def diagnose(run: Run, announce: Announce = quietly, features: Sequence[str] = ()) -> Examination:
    """Look for every disease that a run can have: in its samples, and in the run itself."""
    of_samples, _ = _of_samples(run, announce, features)
    announce("looking at codes, critics and curves")
    return of_samples + Examination(*examine_run(run))


def _of_samples(
    run: Run, announce: Announce, features: Sequence[str]
) -> tuple[Examination, Array | None]:
    """What samples say, and the samples.

    A training that failed has none to look at, or none that are numbers; then its curves speak
    alone.
    """
    if not run.folder.model.is_file():
        return Examination(), None
    data = _labelled(run.data)
    announce("drawing samples")
    made, asked = _asked(run, data, _how_many(data))
    if not np.isfinite(np.ma.getdata(made)).all():
        return Examination(), None
    real = Reference.of(data)
    judge = judge_of(real, cache()) if can_judge(real) else None
    used = [chosen(name, real.space, judge, cache()) for name in features]
    return _told(run, examine(made, real, judge, asked, used, SEED, announce)), made


def _told(run: Run, found: Examination) -> Examination:
    """The same metrics, each saying what of p(x|z) was judged."""
    judged = {"judged": f"{run.usually}s of p(x|z)"}
    metrics = {
        name: replace(metric, details=metric.details | judged)
        for name, metric in found.metrics.items()
    }
    return Examination(metrics, found.verdicts)


def _show_closest(run: Run, found: Examination, made: Array | None) -> None:
    """Keep a picture of the samples most like copies, each above its nearest training row."""
    run.folder.closest.unlink(missing_ok=True)
    copied = found.metrics.get("copy_rate")
    if copied is None or made is None or not has_pictures(run.space):
        return
    pairs = copied.details["closest"]
    copies, rows = made[pairs["samples"]], run.data.train.x[pairs["training_rows"]]
    sheet = lines([(copies, run.space), (rows, run.space)], len(copies))
    write_whole(run.folder.closest, lambda path: sheet.save(path, "PNG"))


def _how_many(data: Dataset) -> int:
    if data.truth is not None:
        return POINTS
    return min(max(len(data.test), FEWEST_SAMPLES), MOST_SAMPLES)


def _likelihood(run: Run) -> dict[str, Metric]:
    # Large pictures take a minute per hundred rows: fewer rows, but enough for a standard error.
    rows = run.data.test.observations[: max(50, min(ROWS, 2_000_000 // run.space.features))]
    law = run.recipe.settings.get("likelihood", "gaussian")
    label = run.labels_for(run.data.test.y)
    protocol = Protocol(run.space, law, "test", SEED, labelled=label is not None)
    model, batches = run.scoring(rows, label if label is None else label[: len(rows)])
    of = likelihood(model.q, model.p, batches, DRAWS, SEED)
    truth = run.data.truth
    floor = None if truth is None else -float(truth.log_prob(rows).mean())
    found = {
        "nll": nll_metric(of.estimate, of.mc_error, DRAWS, protocol, floor),
        "elbo": elbo_metric(of.elbo, of.elbo_error, DRAWS, protocol),
    }
    if run.space.kind == "uint8" and law in DISCRETE:
        found["bits_per_dim"] = bits_per_dim_metric(of.estimate, of.mc_error, DRAWS, protocol)
    return found


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
