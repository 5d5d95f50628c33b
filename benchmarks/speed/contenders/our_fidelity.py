"""This project's distances of two sets of vectors, by the clock, and the memory that they take."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from contender import answer, forget_peak, peak

from kullback.evaluation.frechet import frechet
from kullback.evaluation.manifold import manifold, squared_radii


def measure(what: str, samples: str, real: str, threads: int) -> dict[str, Any]:
    """Measure "manifold" or "frechet" once, after a small one to warm up."""
    torch.set_num_threads(threads)
    made, rows = np.load(samples), np.load(real)

    def found(made: Any, rows: Any) -> list[float]:
        if what == "frechet":
            return [frechet(made, rows)[0]]
        each = manifold(made, rows, squared_radii(rows))
        parts = (each.precise, each.recalled, each.dense, each.covered)
        return [float(part.mean()) for part in parts]

    found(made[:100, :10], rows[:100, :10])
    before = forget_peak()
    began = time.perf_counter()
    values = found(made, rows)
    seconds = time.perf_counter() - began
    memory = {"memory": peak() - before, "peak": peak()}
    return {"seconds": seconds, "steps": 1, "values": values, **memory}


if __name__ == "__main__":
    answer(measure)
