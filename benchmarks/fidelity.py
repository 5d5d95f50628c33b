"""How long samples take to be measured, and how much memory: every metric, in both features.

    python benchmarks/fidelity.py --data fashion-mnist --rows 10000 --threads 2

Samples are training rows moved by a pixel, with a little noise; what they score is beside the
point. Training the classifier, once for each data set, is not counted.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from tempfile import gettempdir

import numpy as np
import torch

from kullback.data import load
from kullback.evaluation.features import classifier, values
from kullback.evaluation.fidelity import fidelity
from kullback.evaluation.judge import judge_of
from kullback.evaluation.reference import Reference
from kullback.evaluation.sharpness import sharpness


def main() -> None:
    """Measure, and print a row for each set of features."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="fashion-mnist")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=Path(gettempdir()) / "kullback-judges")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    data = load(chosen.data)
    reference = Reference(data.space, data.train, data.test, data.label_names)
    judge = judge_of(reference, chosen.cache)
    rng = np.random.default_rng(0)
    rows = data.train.x[rng.permutation(len(data.train))[: chosen.rows]]
    moved = np.roll(rows, 1, axis=2) + rng.normal(scale=8, size=rows.shape)
    samples = moved.clip(0, 255).round().astype(np.uint8)
    print("| features | dimensions | n | seconds | peak MB | " + "values (floor) |")
    print("|---|---|---|---|---|---|")
    whole = time.perf_counter()
    for features in (values(data.space), classifier(judge)):
        start = time.perf_counter()
        metrics = fidelity(features, samples, reference)
        seconds = time.perf_counter() - start
        found = ", ".join(
            f"{name} {metric.value:.3f} ± {metric.stderr:.3f} ({metric.floor:.3f})"
            for name, metric in metrics.items()
        )
        size = metrics["kid"].details["dimensions"]
        n = metrics["kid"].n
        print(
            f"| {features.name} | {size} | {n} | {seconds:.1f} | {peak():.0f} | {found} |",
            flush=True,
        )
    start = time.perf_counter()
    metric = sharpness(samples, reference)
    seconds = time.perf_counter() - start
    found = f"{metric.value:.3f} ± {metric.stderr:.3f} ({metric.floor:.3f})"
    print(f"| sharpness | – | {metric.n} | {seconds:.1f} | {peak():.0f} | {found} |")
    total = time.perf_counter() - whole
    print(f"\n{total:.0f} s and {peak():.0f} MB at the peak, on {chosen.threads} threads")


def peak() -> float:
    """The largest resident memory of this process so far, in MB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()
