"""How much is measured: the same for every part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kullback.data import load

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Plan:
    """Rounds, threads, and whether everything is cut down to see that it works (``quick``).

    What is found is ``kept`` beside RESULTS.md; ``made`` are the contenders' rows.
    """

    rounds: int = 5
    threads: int = 2
    quick: bool = False
    kept: Path = ROOT / "benchmarks" / "measured"
    made: Path = ROOT / "runs" / "speed"
    seeds: int = 3

    def few(self, usual: int, quick: int) -> int:
        """Return a number as usual, or the one to be quick."""
        return quick if self.quick else usual

    def rows(self, name: str, make: Callable[[], np.ndarray]) -> str:
        """Return a file of rows that every contender can read, made if it is not there yet."""
        path = (self.made / f"{name}.npy").resolve()
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(".half.npy")
            np.save(half, make())
            half.replace(path)
        return str(path)

    def held_out(self, data: str) -> str:
        """Return a file of the first 2,000 test rows of a named set."""
        count = self.few(2000, 20)
        return self.rows(f"{data}-held-out", lambda: load(data).test.x[:count])


def train_rows(data: str) -> np.ndarray:
    """Every row of a named set that is not in its test part: training rows, then validation."""
    found = load(data)
    return np.concatenate([found.train.x, found.validation.x])
