"""The doctor for samples of any program, read from files and laid beside the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kullback.data import Part, Space, load, read_rows
from kullback.data.cache import cache
from kullback.data.sequences import joined
from kullback.errors import BadInput
from kullback.evaluation import copying
from kullback.evaluation.examine import Announce, examine, quietly
from kullback.evaluation.features import chosen
from kullback.evaluation.judge import can_judge, judge_of
from kullback.evaluation.metric import Array
from kullback.evaluation.reference import Reference, check_samples

_FEWEST_LEARNT = 10


def examine_samples(
    samples: str | Path,
    data: str,
    held_out: str | Path | None = None,
    seed: int = 0,
    announce: Announce = quietly,
    features: Sequence[str] = (),
) -> dict[str, Any]:
    """Judge a file or folder of samples against data, in the form of ``evaluation.json``.

    All of ``data`` counts as learnt from, but of streamed data some training rows stand for all.
    ``announce`` is told what is being done. Raises ``BadInput`` for what cannot be read or
    compared.
    """
    real = read_reference(data, held_out)
    rows = read_samples(samples, real.space)
    learnt = replace(real, held_out=None)
    judge = judge_of(learnt, cache()) if can_judge(learnt) else None
    used = [chosen(name, real.space, judge, cache()) for name in features]
    return examine(rows, real, judge, None, used, seed, announce).to_json()


def read_reference(data: str, held_out: str | Path | None = None) -> Reference:
    """All rows of ``data``, a name or a path, and those that no model has seen, if they are given.

    Rows held out come without labels: those of another file may be numbered differently. Raises
    ``BadInput`` for what cannot be read, and for rows held out that are unlike the data, or all
    of it. Those that are some of it are taken out of what counts as learnt from.
    """
    dataset = load(data)
    train = read_rows(data) if dataset.stream is None else dataset.train
    space = Space.of(train.x, dataset.space.kind, train.mask, dataset.space.levels)
    unseen = None
    if held_out is not None:
        kept = read_rows(held_out)
        unseen = Part(kept.x, None, kept.mask)
        try:
            space.check(unseen.x, unseen.mask)
        except BadInput as error:
            raise BadInput(
                f"{held_out}: rows of shape {kept.x.shape[1:]} and type {kept.x.dtype} cannot be "
                f"held out from the data; give rows of shape {space.shape}, {space.dtype}, in the "
                "data's range"
            ) from error
        train = _apart(train, unseen, str(held_out))
    return Reference(space, train, unseen, dataset.label_names, dataset.truth)


def _apart(train: Part, unseen: Part, name: str) -> Part:
    """Return the rows of the data that were learnt from: those that are not held out from it.

    Data that repeat themselves may share as many rows with others as they do among each other, and
    a bound that one row in twenty oversteps bears as many more: so few say nothing, and all stay.
    Raises ``BadInput`` where next to none are left.
    """
    known = copying.numbered(joined([train.observations, unseen.observations]))
    rows, held_out = np.split(known, [len(train)])
    shared = int(np.isin(held_out, rows).sum())
    _, which, counts = np.unique(rows, return_inverse=True, return_counts=True)
    repeated = float((counts[which] > 1).mean())
    if shared <= (repeated + copying.QUANTILE) * len(held_out):
        return train
    learnt = np.flatnonzero(~np.isin(rows, held_out))
    if len(learnt) < _FEWEST_LEARNT:
        raise BadInput(
            f"{name}: {len(rows) - len(learnt)} of the {len(rows)} rows of the data are held out, "
            "which leaves none to have learnt from; give rows that no model has seen"
        )
    return train.take(learnt)


def read_samples(source: str | Path, space: Space) -> Array:
    """Samples (N, *shape) of any type and range from a ``.npy`` or ``.npz`` file or a folder.

    Raises ``BadInput`` where they cannot be read or laid beside the data.
    """
    samples = read_rows(source).observations
    check_samples(samples, space, str(source))
    return samples
