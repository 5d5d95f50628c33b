"""The importance-weighted bound against the ELBO: NLL on statically binarised Fashion-MNIST.

    python benchmarks/likelihood.py --epochs 5 --seeds 2 --out runs/likelihood

784-200-200-50 both ways, the same seeds, epochs and batches; log p(x) of 1,000 test rows by 5,000
importance samples. What is finished under --out is not trained again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from trained import trained

MODELS = {"vae": {}, "iwae": {"samples": 50}}
ROWS = 1000
DRAWS = 5000


def main() -> None:
    """Train, measure, and print NLL and paired differences."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=float, default=5)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    found: dict[str, list[np.ndarray]] = {name: [] for name in MODELS}
    print("| model | seed | NLL in nats | standard error | mean Monte Carlo error |")
    print("|---|---|---|---|---|")
    for seed in range(chosen.seeds):
        for name, settings in MODELS.items():
            run = trained(
                name,
                chosen.out / f"{name}-{seed}",
                data="fashion-mnist-binary",
                epochs=chosen.epochs,
                seed=seed,
                threads=chosen.threads,
                hidden=[200, 200],
                latent_dim=50,
                **settings,
            )
            value, error = run.log_likelihood(run.data.test.x[:ROWS], samples=DRAWS)
            found[name].append(value)
            spread = value.std(ddof=1) / np.sqrt(len(value))
            print(
                f"| {name} | {seed} | {-value.mean():.2f} | {spread:.2f} | {error.mean():.2f} |",
                flush=True,
            )
    difference = np.concatenate(found["iwae"]) - np.concatenate(found["vae"])
    rows = difference.reshape(chosen.seeds, -1).mean(0)
    stderr = rows.std(ddof=1) / np.sqrt(len(rows))
    print(
        f"\nlog p(x) of iwae less that of vae, paired by row, mean over seeds: {rows.mean():.3f} "
        f"± {stderr:.3f} nats ({rows.mean() / stderr:.1f} standard errors)"
    )


if __name__ == "__main__":
    main()
