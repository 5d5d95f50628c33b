"""Training inside an experiment: the library's own rounds, on arrays, without a run folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from kullback.data import Batches
from kullback.lab.outcome import Array
from kullback.objectives import Objective
from kullback.training import Adam, Column, Optimiser, Rows, Training


@contextmanager
def weights(seed: int) -> Iterator[None]:
    """Networks made in here are a function of the seed; torch's own state is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def tensor(rows: Array) -> Tensor:
    """Rows as networks take them, in single precision."""
    return torch.from_numpy(np.ascontiguousarray(rows, np.float32))


def learn(
    objective: Objective,
    rows: Mapping[str, Array],
    steps: int,
    *,
    optimiser: Optimiser | Mapping[str, Optimiser] = Adam(1e-3),  # noqa: B008  a frozen value
    batch_size: int = 128,
    seed: int = 0,
    decay: bool = True,
    watch: Callable[[Training], None] | None = None,
) -> Training:
    """Play so many rounds on rows of each observed variable, (N, …) in model units.

    ``optimiser`` is every player's, or each player's by name. Rates fall as a cosine to 0, or with
    ``decay`` off stay as they are. ``watch`` is called before the first round and after each. The
    objective's networks, made under a seed of the caller's, are changed in place.
    """
    columns = {name: Column(_tensor(values), Tensor.float) for name, values in rows.items()}
    first = next(iter(rows.values()))
    order = Batches(len(first), min(batch_size, len(first)), seed)
    chosen = optimiser if isinstance(optimiser, Mapping) else dict.fromkeys(objective, optimiser)
    training = Training(objective, chosen, Rows(columns, order), seed)
    if watch is not None:
        watch(training)
    for step in range(steps):
        training.play_round(step / steps if decay else 0.0)
        if watch is not None:
            watch(training)
    training.ledger.read()  # raises where a loss was not finite
    training.close()
    return training


def _tensor(values: Array) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))
