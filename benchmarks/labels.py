"""Does a model make the class that it is asked for?

    python benchmarks/labels.py cgan cvae-gan cvae cvae-class-mean --minutes 3 --out runs/labels

Each model is trained on mnist5k with its defaults; 1,000 samples in the training rows' proportions
are read by a classifier of real digits, whose own accuracy on held-out ones stands beside. What is
finished under --out is not trained again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from trained import trained


def main() -> None:
    """Train, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--data", default="mnist5k")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    print(
        "| model | seed | asked class | the classifier's own | sure digits |\n|---|---|---|---|---|"
    )
    for name in chosen.models:
        for seed in range(chosen.seeds):
            budget = {} if chosen.minutes is None else {"minutes": chosen.minutes}
            out = chosen.out / f"{name}-{seed}"
            options = {"data": chosen.data, "seed": seed, "threads": chosen.threads}
            run = trained(name, out, **options, **budget)
            found = (run.folder.read_evaluation() or run.evaluate())["metrics"]
            asked = found["label_accuracy"]
            print(
                f"| {name} | {seed} | {asked['value']:.3f} ± {asked['stderr']:.3f} | "
                f"{asked['floor']:.3f} | {found['high_quality']['value']:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
