"""The same distances as usually computed: the ``prdc`` package, and SciPy's ``sqrtm``.

F = ‖μ₁ − μ₂‖² + tr (S₁ + S₂ − 2 (S₁S₂)^½),   by the matrix square root
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from contender import answer, forget_peak, peak
from prdc import compute_prdc
from scipy import linalg
from threadpoolctl import (  # type: ignore[import-untyped]
    threadpool_info,
    threadpool_limits,
)


def measure(what: str, samples: str, real: str, threads: int) -> dict[str, Any]:
    """Measure "manifold" or "frechet" once, after a small one to warm up."""
    made, rows = np.load(samples), np.load(real)
    found = frechet if what == "frechet" else prdc
    with threadpool_limits(threads):
        found(made[:100, :10], rows[:100, :10])
        before = forget_peak()
        began = time.perf_counter()
        values = found(made, rows)
        seconds = time.perf_counter() - began
    kernels = sorted({library.get("architecture", "") for library in threadpool_info()} - {""})
    memory = {"memory": peak() - before, "peak": peak()}
    return {"seconds": seconds, "steps": 1, "values": values, "kernels": kernels, **memory}


def prdc(made: Any, rows: Any) -> list[float]:
    """Precision, recall, density, coverage."""
    found = compute_prdc(rows, made, nearest_k=5)
    return [float(found[name]) for name in ("precision", "recall", "density", "coverage")]


def frechet(made: Any, rows: Any) -> list[float]:
    """The Fréchet distance."""
    shift = made.mean(0) - rows.mean(0)
    one, two = np.cov(made, rowvar=False), np.cov(rows, rowvar=False)
    root = linalg.sqrtm(one @ two)
    return [float(shift @ shift + np.trace(one + two - 2 * root.real))]


if __name__ == "__main__":
    answer(measure)
