"""A small classifier, trained afresh: a judge of classes, or a probe between two sets of rows.

For images, convolutions that halve the sides until one is under 8, and a hidden layer; large
pictures are first averaged down to about 32 pixels a side, enough to tell a class by. For all other
rows, sequences among them, three hidden layers. The last hidden layer is what it has seen of a row:
its ``features``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from math import prod

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from kullback.data import Space
from kullback.data.sequences import parted
from kullback.evaluation.metric import Array, Floats

FEATURES = 128
"""Numbers in the last hidden layer."""

BATCH = 128
LEARNING_RATE = 3e-3

_ROWS_AT_ONCE = 500


class Classifier:
    """Class probabilities of rows as given, by a network that has yet to be fitted.

    Weights are a function of ``seed``, and fitting of the rows and its own, for equal machine and
    threads; torch's global random state is left as it was.
    """

    def __init__(self, space: Space, classes: int, seed: int = 0) -> None:
        self.space = space
        self.classes = classes
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network = (
                _convolutions(space, classes) if space.is_image else _layers(space, classes)
            )

    @property
    def digest(self) -> str:
        """The SHA-256, in hex, of its weights."""
        found = hashlib.sha256()
        for name, tensor in self.network.state_dict().items():
            found.update(name.encode())
            found.update(np.ascontiguousarray(tensor.numpy()).data)
        return found.hexdigest()

    def fit(self, x: Array, y: npt.NDArray[np.int64], seed: int, steps: int) -> None:
        """Minimise the cross-entropy: Adam, its rate falling as a cosine, rows with replacement."""
        rng = np.random.default_rng(seed)
        optimiser = torch.optim.Adam(self.network.parameters(), LEARNING_RATE)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        self.network.train().requires_grad_(True)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)  # dropout knows no other generator
            for _ in range(steps):
                rows = rng.integers(0, len(x), BATCH)
                loss = functional.cross_entropy(
                    self.network(self._seen(x[rows])), torch.from_numpy(y[rows])
                )
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
        self.settle()

    def settle(self) -> None:
        """Put the network into evaluation mode, its weights fixed."""
        self.network.eval().requires_grad_(False)

    def probabilities(self, x: Array) -> Floats:
        """Class probabilities (N, classes) of rows as given, (N, *shape)."""
        return self._chunked(x, lambda part: self.network(part).double().softmax(1))

    def features(self, x: Array) -> Floats:
        """The last hidden layer (N, ``FEATURES``) of rows as given, (N, *shape)."""
        return self._chunked(x, lambda part: self.network[:-1](part).double())

    @torch.no_grad()
    def _chunked(self, x: Array, measure: Callable[[Tensor], Tensor]) -> Floats:
        return np.concatenate([measure(part).numpy() for part in self._parts(x)])

    def _parts(self, x: Array) -> Iterator[Tensor]:
        for start in range(0, len(x), _ROWS_AT_ONCE):
            yield self._seen(x[start : start + _ROWS_AT_ONCE])

    def _seen(self, x: Array) -> Tensor:
        """Rows in model units; of sequences the mask as well, end to end."""
        rows, mask = parted(x)
        values = torch.from_numpy(self.space.to_model(rows, mask)).float()
        if mask is None:
            return values
        return torch.cat([values.flatten(1), torch.from_numpy(mask).float()], 1)


def _convolutions(space: Space, classes: int) -> nn.Sequential:
    channels, height, width = space.model_shape
    coarse = max(1, min(height, width) // 32)
    height, width = height // coarse, width // coarse
    layers: list[nn.Module] = [nn.AvgPool2d(coarse)]
    maps = 16
    while len(layers) == 1 or min(height, width) >= 8:
        layers += [nn.Conv2d(channels, maps, 5, stride=2, padding=2), nn.ReLU()]
        channels, maps = maps, min(2 * maps, 64)
        height, width = (height + 1) // 2, (width + 1) // 2
    return nn.Sequential(
        *layers,
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(channels * height * width, FEATURES),
        nn.ReLU(),
        nn.Linear(FEATURES, classes),
    )


def _layers(space: Space, classes: int) -> nn.Sequential:
    width = prod(space.model_shape) + (space.shape[0] if space.sequence else 0)
    layers: list[nn.Module] = [nn.Flatten()]
    for _ in range(3):
        layers += [nn.Linear(width, FEATURES), nn.ReLU()]
        width = FEATURES
    return nn.Sequential(*layers, nn.Linear(FEATURES, classes))
