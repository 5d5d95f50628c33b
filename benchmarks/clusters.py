"""Do the clusters of a clustering VAE agree with classes that it was never told?

    python benchmarks/clusters.py --data fashion-mnist --seeds 3 --out runs/clusters

Every test row is put in the cluster of the largest q(y|z) at its code. Purity is the share of rows
whose class is the commonest of their cluster. What is finished under --out is not trained again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from trained import trained


def purity(clusters: np.ndarray, classes: np.ndarray) -> float:
    """Return the share of rows in their cluster's majority class."""
    table = np.zeros((clusters.max() + 1, classes.max() + 1), np.int64)
    np.add.at(table, (clusters, classes), 1)
    return float(table.max(1).sum() / len(classes))


def main() -> None:
    """Train, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="fashion-mnist")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    print("| seed | purity | clusters in use | largest |\n|---|---|---|---|")
    found = []
    for seed in range(chosen.seeds):
        budget = {} if chosen.minutes is None else {"minutes": chosen.minutes}
        options = {"data": chosen.data, "seed": seed, "threads": chosen.threads}
        run = trained("clustering-vae", chosen.out / str(seed), **options, **budget)
        test = run.data.test
        clusters = run.cluster(test.x)
        shares = np.bincount(clusters) / len(clusters)
        found.append(purity(clusters, test.y))
        print(
            f"| {seed} | {found[-1]:.3f} | {(shares > 0).sum()} | {shares.max():.3f} |", flush=True
        )
    print(f"\nmean purity of {chosen.seeds} seeds: {np.mean(found):.3f}")


if __name__ == "__main__":
    main()
