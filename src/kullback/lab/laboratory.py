"""Running many claims, and the folder that keeps what came out.

    DIR/ID/result.json    what was measured, what was expected, the rule, the verdict
    DIR/ID/series.npz     the arrays that the figure draws, of the first seed
    DIR/ID/figure-N.svg   its panels

Every claim is written when its last seed is done, so that a run that is stopped keeps the others.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from kullback.errors import BadInput
from kullback.lab.claim import Claim
from kullback.lab.experiment import outcome, panels
from kullback.lab.ledger import LEDGER, find
from kullback.lab.outcome import Outcome, Panel, Result
from kullback.runs.threads import cores

SEEDS = 3

Announce = Callable[[Result, int, int], None]
"""Told of a result, and the how-manieth of how many it is."""


def quietly(found: Result, done: int, all: int) -> None:
    """Tell nobody."""


def run(
    claims: Sequence[Claim], out: Path, seeds: int = SEEDS, announce: Announce = quietly
) -> list[Result]:
    """Run claims, one process a core and one thread a process, and keep each under ``out``.

    An experiment draws from its seed alone, so results do not depend on how many run at once.
    """
    if seeds < 1:
        raise BadInput(f"--seeds is {seeds}; give 1 or more")
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out} is a file; give a folder to keep results in")
    found = []
    for i, result in enumerate(_results(claims, seeds), 1):
        keep(result, out)
        announce(result, i, len(claims))
        found.append(result)
    return found


def keep(result: Result, out: Path) -> None:
    """Write a result and its figure under ``out``, all of it or nothing."""
    out.mkdir(parents=True, exist_ok=True)
    folder = out / result.claim.id
    series = result.outcomes[0].series
    with tempfile.TemporaryDirectory(dir=out, prefix=".") as place:
        whole = Path(place) / "whole"
        whole.mkdir()
        text = json.dumps(result.to_json(), indent=2)
        (whole / "result.json").write_text(f"{text}\n", "utf-8")
        if series:
            np.savez_compressed(whole / "series.npz", allow_pickle=False, **series)
        for i, panel in enumerate(panels(result.claim, series), 1):
            (whole / f"figure-{i}.svg").write_text(panel.svg, "utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        whole.rename(folder)


def kept(out: Path) -> dict[str, dict[str, Any]]:
    """Return the results under ``out`` by id, in the ledger's order.

    Raises ``BadInput`` for one that cannot be read, or that lacks a figure which is judged now.
    """
    found = {}
    for id, claim in LEDGER.items():
        path = out / id / "result.json"
        if not path.is_file():
            continue
        try:
            result = json.loads(path.read_text("utf-8"))
            lacks = {check.name for check in claim.checks} - {*result["measured"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{path} cannot be read; run kullback lab run {id}") from error
        if lacks:
            raise BadInput(f"{path} is of another version; run kullback lab run {id}")
        found[id] = result
    return found


def drawn_from(claim: Claim, out: Path) -> list[Panel]:
    """Draw what was kept of a claim under ``out``; ``BadInput`` for arrays of another version."""
    try:
        return panels(claim, series_of(claim.id, out))
    except (OSError, ValueError, KeyError) as error:
        path = out / claim.id / "series.npz"
        raise BadInput(f"{path} is of another version; run kullback lab run {claim.id}") from error


def series_of(id: str, out: Path) -> dict[str, Any]:
    """Return the arrays that were kept of a claim, none where it has none."""
    path = out / id / "series.npz"
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _results(claims: Sequence[Claim], seeds: int) -> Iterator[Result]:
    """Results in the order of the claims; those that need a seed side by side."""
    tasks = {c.id: range(max(seeds, c.seeds)) if c.neural else range(1) for c in claims}
    workers = min(cores(), sum(map(len, tasks.values())))
    if workers == 1:
        for claim in claims:
            yield Result(claim, *_timed(claim.id, tasks[claim.id]))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _one_thread) as pool:
        futures: dict[str, list[Future[tuple[list[Outcome], float]]]] = {
            id: [pool.submit(_timed, id, [seed]) for seed in each] for id, each in tasks.items()
        }
        try:
            for claim in claims:
                parts = [future.result() for future in futures[claim.id]]
                outcomes = [found for part, _ in parts for found in part]
                yield Result(claim, outcomes, sum(seconds for _, seconds in parts))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _timed(id: str, seeds: Sequence[int]) -> tuple[list[Outcome], float]:
    began = time.perf_counter()
    outcomes = [outcome(find(id), seed) for seed in seeds]
    return outcomes, time.perf_counter() - began


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)
