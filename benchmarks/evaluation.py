"""How long samples take to be measured in every way, and how much memory.

    python benchmarks/evaluation.py --data fashion-mnist --rows 10000 --threads 2

Every metric of samples and every verdict on them, by the classifier's features and by pixels.
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
from kullback.evaluation.examine import examine
from kullback.evaluation.judge import judge_of
from kullback.evaluation.reference import Reference


def main() -> None:
    """Measure, and print the seconds of each stage and the peak of memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="fashion-mnist")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=Path(gettempdir()) / "kullback-judges")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    data = load(chosen.data)
    reference = Reference.of(data)
    judge = judge_of(reference, chosen.cache)
    rng = np.random.default_rng(0)
    rows = data.train.x[rng.permutation(len(data.train))[: chosen.rows]]
    moved = np.roll(rows, 1, axis=2) + rng.normal(scale=8, size=rows.shape)
    samples = moved.clip(0, 255).round().astype(np.uint8)
    stages: list[tuple[str, float]] = []
    found = examine(
        samples, reference, judge, announce=lambda doing: stages.append((doing, time.monotonic()))
    )
    ends = [*(began for _, began in stages[1:]), time.monotonic()]
    print("| doing | seconds |\n|---|---|")
    for (doing, began), ended in zip(stages, ends, strict=True):
        print(f"| {doing} | {ended - began:.1f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| all | {ends[-1] - stages[0][1]:.1f} |\n\nPeak of resident memory: {peak:,.0f} MB")
    print({name: round(metric.value, 4) for name, metric in found.metrics.items()})


if __name__ == "__main__":
    main()
