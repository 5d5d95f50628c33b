"""A classifier of the real images, asked what it makes of the generated ones.

It is the protocol of Stacked-MNIST (Che et al., 2017, arXiv 1612.02136, and all tables since) for
any labelled images: a small convolutional network learns the labels of the *training* rows; then

    high_quality     share of samples that it gives some class a probability over .9
    modes            classes that hold at least 2 % of the samples
    label_accuracy   share of samples, each asked of one class, that it reads as that class

The judge is not infallible, so every number stands beside the same one for held-out real rows, its
floor: a generator cannot be expected to pass it, and one that does by far makes images that are
easier than real ones. A judge only knows the classes it learned; nonsense may please it too, so
these say nothing about fidelity within a class.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.torch import load, save

from kullback.data import Part
from kullback.data.dataset import fingerprint
from kullback.errors import BadInput, Unsupported
from kullback.evaluation.classifier import Classifier
from kullback.evaluation.metric import Array, Floats, Metric
from kullback.evaluation.reference import Reference, kept_apart

VERSION = 2
"""Part of a cached file's name: count up whenever the network or its training changes."""

STEPS = 400
CONFIDENT = 0.9
LEAST_SHARE = 0.02

KEPT = 0.1
"""The share of rows that is kept from it where nothing is held out."""


@dataclass(frozen=True, eq=False)
class Judge:
    """The trained classifier, its classes, and what it says of the real rows it has not seen."""

    classifier: Classifier
    label_names: tuple[str, ...]
    held_out: Floats
    held_out_labels: npt.NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """The share of held-out real rows whose class it gives the highest probability."""
        return float((self.held_out.argmax(1) == self.held_out_labels).mean())

    def probabilities(self, x: Array) -> Floats:
        """Class probabilities (N, classes) of images as given, (N, *shape)."""
        return self.classifier.probabilities(x)


def can_judge(real: Reference) -> bool:
    """Whether the rows are images with labels of two classes or more."""
    labelled = real.train.y is not None and real.unseen.y is not None
    return labelled and real.space.is_image and len(real.label_names or ()) > 1


def judge_of(real: Reference, cache: Path, seed: int = 0) -> Judge:
    """The judge of labelled images: read from ``cache``, or trained and written there.

    Where nothing is held out, a tenth of the rows, drawn by ``seed``, is kept from it. Where
    ``cache`` cannot be written the judge is not kept, and the next call trains it again. Training
    takes about 10 s on one thread for 28×28 images, and is a function of the training rows and
    ``seed`` for equal machine and threads. Raises ``Unsupported`` for data without labels or
    images, or with one class only.
    """
    if not can_judge(real) or real.label_names is None:
        raise Unsupported("a judge learns from images with labels of two classes or more")
    learnt, kept = _parts(real, seed)
    assert learnt.y is not None
    assert kept.y is not None
    classifier = Classifier(real.space, len(real.label_names), seed)
    path = cache / f"judge-{VERSION}-{fingerprint(learnt)[:24]}-{seed}.safetensors"
    if not _read(path, classifier):
        classifier.fit(learnt.x, learnt.y, seed, STEPS)
        _write(path, classifier)
    return Judge(classifier, real.label_names, classifier.probabilities(kept.x), kept.y)


def _parts(real: Reference, seed: int) -> tuple[Part, Part]:
    """The rows to learn from, and those to be measured on."""
    if real.held_out is not None:
        return real.train, real.held_out
    kept, learnt = kept_apart(len(real.train), KEPT, np.random.default_rng(seed))
    return real.train.take(learnt), real.train.take(kept)


def high_quality(judge: Judge, probabilities: Floats) -> Metric:
    """The share of samples, judged (N, classes), with a class of probability over .9."""
    confident = _checked(judge, probabilities).max(1) > CONFIDENT
    floor = float((judge.held_out.max(1) > CONFIDENT).mean())
    return Metric.mean(confident, "share of samples", floor, {"judge_accuracy": judge.accuracy})


def modes(judge: Judge, probabilities: Floats) -> Metric:
    """How many classes hold at least 2 % of the samples, each sample its likeliest class.

    With over ten classes the bound is a fifth of an even share. ``details["shares"]`` has every
    class's share by name, beside those of held-out real rows.
    """
    found, real = (_shares(p) for p in (_checked(judge, probabilities), judge.held_out))
    least = min(LEAST_SHARE, 1 / (5 * len(found)))
    details = {
        "of": len(found),
        "least_share": least,
        "shares": dict(zip(judge.label_names, found.tolist(), strict=True)),
        "held_out_shares": dict(zip(judge.label_names, real.tolist(), strict=True)),
        "judge_accuracy": judge.accuracy,
    }
    floor = float((real >= least).sum())
    return Metric(
        float((found >= least).sum()), None, len(probabilities), "classes", floor, details
    )


def label_accuracy(judge: Judge, probabilities: Floats, asked: Array) -> Metric:
    """The share of samples, judged (N, classes), whose likeliest class is the one asked for, (N,).

    Its floor is the judge's accuracy on held-out real rows. ``details["by_class"]`` has the share
    among the samples of each class that was asked for, by name, beside that of held-out real rows.
    """
    read = _checked(judge, probabilities).argmax(1)
    details = {
        "by_class": _by_class(judge, read, asked),
        "held_out_by_class": _by_class(judge, judge.held_out.argmax(1), judge.held_out_labels),
    }
    return Metric.mean(read == asked, "share of samples", judge.accuracy, details)


def _by_class(judge: Judge, read: Array, asked: Array) -> dict[str, float]:
    return {
        name: float((read[asked == label] == label).mean())
        for label, name in enumerate(judge.label_names)
        if (asked == label).any()
    }


def _read(path: Path, classifier: Classifier) -> bool:
    """Load the weights if they are there; a file that is no longer whole counts as absent."""
    try:
        classifier.network.load_state_dict(load(path.read_bytes()))
    except (OSError, SafetensorError):
        return False
    classifier.settle()
    return True


def _write(path: Path, classifier: Classifier) -> None:
    """Write the weights under another name first, so that no reader ever sees half a file."""
    with suppress(OSError):  # no reason to stop an evaluation
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(save(classifier.network.state_dict()))
        Path(file.name).replace(path)


def _shares(probabilities: Floats) -> Floats:
    counts = np.bincount(probabilities.argmax(1), minlength=probabilities.shape[1])
    return np.asarray(counts / len(probabilities))


def _checked(judge: Judge, probabilities: Floats) -> Floats:
    classes = len(judge.label_names)
    if probabilities.ndim != 2 or probabilities.shape[1] != classes or len(probabilities) == 0:
        raise BadInput(
            f"the judge's probabilities are (N, {classes}), N > 0, not {probabilities.shape}"
        )
    if not np.isfinite(probabilities).all():
        raise BadInput("the judge was shown samples that are NaN or infinite")
    return probabilities
