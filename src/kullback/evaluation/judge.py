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
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.nn import functional

from kullback.data import Dataset, Part, Space
from kullback.data.dataset import fingerprint
from kullback.errors import BadInput, Unsupported
from kullback.evaluation.metric import Array, Floats, Metric

VERSION = 1
"""Part of a cached file's name: count up whenever the network or its training changes."""

STEPS = 400
BATCH = 128
LEARNING_RATE = 3e-3
CONFIDENT = 0.9
LEAST_SHARE = 0.02

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, eq=False)
class Judge:
    """The trained classifier, its classes, and what it says of the held-out real rows."""

    network: nn.Module
    label_names: tuple[str, ...]
    held_out: Floats
    held_out_labels: npt.NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """The share of held-out real rows whose class it gives the highest probability."""
        return float((self.held_out.argmax(1) == self.held_out_labels).mean())

    def probabilities(self, x: Array | Tensor) -> Floats:
        """Class probabilities (N, classes) of images in model units, (N, C, H, W)."""
        return _probabilities(self.network, torch.as_tensor(x, dtype=torch.float32, device="cpu"))


def judge_of(data: Dataset, cache: Path, seed: int = 0) -> Judge:
    """The judge of a labelled image set: read from ``cache``, or trained and written there.

    Where ``cache`` cannot be written the judge is not kept, and the next call trains it again.
    Training takes about 10 s on one thread for 28×28 images, and is a function of the training
    rows and ``seed`` for equal machine and threads; torch's global random state is left as it was.
    Raises ``Unsupported`` for data without labels or images, or with one class only.
    """
    if data.train.y is None or data.test.y is None or data.label_names is None:
        raise Unsupported(f"{data.name} has no labels; a judge learns from labelled images")
    if not data.space.is_image or len(data.label_names) < 2:
        raise Unsupported(f"{data.name} is not images of two classes or more, as a judge needs")
    network = _network(data.space, len(data.label_names), seed)
    path = cache / (
        f"judge-{VERSION}-{data.fingerprint[:16]}-{fingerprint(data.train)[:16]}-{seed}.safetensors"
    )
    if not _read(path, network):
        _train(network, data.space, data.train, seed)
        _write(path, network)
    network.eval().requires_grad_(False)
    held_out = _probabilities(network, torch.from_numpy(data.space.to_model(data.test.x)))
    return Judge(network, data.label_names, held_out, data.test.y)


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


def _network(space: Space, classes: int, seed: int) -> nn.Sequential:
    """Convolutions that halve the sides until one is under 8, and a hidden layer.

    Large pictures are first averaged down to about 32 pixels a side: enough to tell a class by.
    """
    channels, height, width = space.model_shape
    coarse = max(1, min(height, width) // 32)
    height, width = height // coarse, width // coarse
    layers: list[nn.Module] = [nn.AvgPool2d(coarse)]
    maps = 16
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        while len(layers) == 1 or min(height, width) >= 8:
            layers += [nn.Conv2d(channels, maps, 5, stride=2, padding=2), nn.ReLU()]
            channels, maps = maps, min(2 * maps, 64)
            height, width = (height + 1) // 2, (width + 1) // 2
        return nn.Sequential(
            *layers,
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(channels * height * width, 128),
            nn.ReLU(),
            nn.Linear(128, classes),
        )


def _train(network: nn.Module, space: Space, train: Part, seed: int) -> None:
    """Minimise the cross-entropy: Adam, its rate falling as a cosine, rows with replacement."""
    assert train.y is not None
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.Adam(network.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    network.train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # dropout knows no other generator
        for _ in range(STEPS):
            rows = rng.integers(0, len(train), BATCH)
            x = torch.from_numpy(space.to_model(train.x[rows])).float()
            loss = functional.cross_entropy(network(x), torch.from_numpy(train.y[rows]))
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()


@torch.no_grad()
def _probabilities(network: nn.Module, x: Tensor) -> Floats:
    parts = [network(part.float()).double().softmax(1) for part in torch.split(x, _ROWS_AT_ONCE)]
    return torch.cat(parts).numpy()


def _read(path: Path, network: nn.Module) -> bool:
    """Load the weights if they are there; a file that is no longer whole counts as absent."""
    try:
        network.load_state_dict(load(path.read_bytes()))
    except (OSError, SafetensorError):
        return False
    return True


def _write(path: Path, network: nn.Module) -> None:
    """Write the weights under another name first, so that no reader ever sees half a file."""
    with suppress(OSError):  # no reason to stop an evaluation
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(save(network.state_dict()))
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
