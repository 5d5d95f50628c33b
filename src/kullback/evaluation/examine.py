"""Everything that samples alone can be asked, whoever made them: metrics and verdicts.

    known density       modes, high_quality, reverse_kl                 `points`
    a judge             modes, high_quality, label_accuracy             `judge`
    anything            frechet, kid, precision, recall, density,       `fidelity`
                        coverage, c2st, copy_rate                       `probe`, `copying`
    images              sharpness                                       `sharpness`

and the doctor's verdicts, `verdicts.samples`. Of samples in another type and range than the data
nothing is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kullback.data.sequences import parted
from kullback.errors import BadInput
from kullback.evaluation import judge as judging
from kullback.evaluation import points
from kullback.evaluation.features import Features, classifier, values
from kullback.evaluation.fidelity import expected_seconds, fidelity
from kullback.evaluation.judge import Judge
from kullback.evaluation.metric import Array, Metric
from kullback.evaluation.probe import c2st
from kullback.evaluation.ranges import Fitted, fit, out_of_reach
from kullback.evaluation.reference import Reference, check_samples
from kullback.evaluation.sets import MOST
from kullback.evaluation.sharpness import sharpness
from kullback.evaluation.verdicts.samples import samples_verdicts
from kullback.evaluation.verdicts.verdict import Verdict

_MINUTE = 60

Announce = Callable[[str], None]
"""Who is told what is being done."""


def quietly(doing: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Examination:
    """What was measured, by name, and what was found."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)

    def __add__(self, other: Examination) -> Examination:
        """Both together; metrics of the same name are the other's."""
        return Examination(self.metrics | other.metrics, self.verdicts + other.verdicts)

    def to_json(self) -> dict[str, Any]:
        """The format of ``evaluation.json``."""
        return {
            "metrics": {name: metric.to_json() for name, metric in self.metrics.items()},
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
        }


def examine(
    samples: Array,
    real: Reference,
    judge: Judge | None = None,
    asked: Array | None = None,
    features: Sequence[Features] = (),
    seed: int = 0,
    announce: Announce = quietly,
) -> Examination:
    """Measure samples (N, *shape), of any type and range, against real rows.

    ``asked`` are the labels (N,) that each was to show. Distances and neighbours are those of the
    first of ``features``, and in their details of the others; without any they are the judge's and
    the values themselves, in this order. ``announce`` is told what is being done, before it is.
    Of more than 10,000 samples so many are looked at, drawn by ``seed``. Raises ``BadInput`` for
    samples of another shape, fewer than 10, or not finite.
    """
    check_samples(samples, real.space)
    if len(samples) > MOST:
        return _of_some(samples, real, judge, asked, features, seed, announce)
    announce("looking for diseases")
    fitted = fit(samples, real.space, real.train.x)
    metrics, verdicts = samples_verdicts(fitted, real, judge, seed)
    rows = _in_data_units(fitted, real)
    if rows is None:
        return Examination({}, verdicts)
    announce("counting modes and classes")
    metrics |= _modes(rows, real, judge, asked)
    used = features or (*([] if judge is None else [classifier(judge)]), values(real.space))
    metrics |= _on_each(used, rows, real, seed, announce)
    if real.space.is_image:
        metrics["sharpness"] = sharpness(rows, real, seed)
    announce("training a probe")
    if (told := c2st(rows, real, seed)) is not None:
        metrics["c2st"] = told
    return Examination(metrics, verdicts)


def _of_some(
    samples: Array,
    real: Reference,
    judge: Judge | None,
    asked: Array | None,
    features: Sequence[Features],
    seed: int,
    announce: Announce,
) -> Examination:
    """The examination of as many samples as are looked at, drawn by the seed, in their order."""
    chosen = np.sort(np.random.default_rng([seed, 8]).permutation(len(samples))[:MOST])
    asked = None if asked is None else asked[chosen]
    found = examine(samples[chosen], real, judge, asked, features, seed, announce)
    if "copy_rate" in found.metrics:
        closest = found.metrics["copy_rate"].details["closest"]
        closest["samples"] = chosen[closest["samples"]].tolist()
    return found


def _in_data_units(fitted: Fitted, real: Reference) -> Array | None:
    """Samples as the data is given, or ``None`` where their units are anyone's guess.

    In the data's own type there is no guess, however little of its range they use.
    """
    samples = fitted.given
    if fitted.rows is not None or samples.dtype != real.space.dtype:
        return fitted.rows
    if not out_of_reach(samples, real.space):
        rows, mask = parted(samples)
        with suppress(BadInput):
            real.space.check(rows, mask)
            return samples
    return None


def _modes(
    rows: Array, real: Reference, judge: Judge | None, asked: Array | None
) -> dict[str, Metric]:
    if real.truth is not None:
        found = {
            "modes": points.modes(rows, real.truth),
            "high_quality": points.high_quality(rows, real.truth),
            "reverse_kl": points.reverse_kl(rows, real.truth),
        }
        if asked is not None:
            found["label_accuracy"] = points.label_accuracy(rows, real.truth, asked)
        return found
    if judge is None:
        return {}
    seen = judge.probabilities(rows)
    found = {
        "modes": judging.modes(judge, seen),
        "high_quality": judging.high_quality(judge, seen),
    }
    if asked is not None:
        found["label_accuracy"] = judging.label_accuracy(judge, seen, asked)
    return found


def _on_each(
    used: Sequence[Features], rows: Array, real: Reference, seed: int, announce: Announce
) -> dict[str, Metric]:
    """The measures on the first features, with those on the others in ``details["also"]``."""
    each = []
    for features in used:
        seconds = expected_seconds(features, rows, real)
        about = f", about {seconds / 60:.0f} min" if seconds > _MINUTE else ""
        announce(f"comparing with real rows by {features.name}{about}")
        each.append(fidelity(features, rows, real, seed))
    first, *others = each
    also = ("value", "stderr", "floor", "details")
    return {
        name: replace(
            metric,
            details=metric.details
            | {
                "also": [
                    {key: getattr(other[name], key) for key in also}
                    for other in others
                    if name in other
                ]
            },
        )
        for name, metric in first.items()
    }
