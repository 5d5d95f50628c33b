"""Modes, high quality and reverse KL of models on points whose density is known.

    python benchmarks/modes.py gan-noise --data grid ring --seeds 10 --minutes 5 --out runs/modes
    python benchmarks/modes.py gan wgan ali --data grid --seeds 5 --minutes 2 --out runs/modes

Each run is a folder under --out; what is finished there is not run again, so the command can be
stopped and repeated. Every run is one thread; --jobs of them at once. ``mixture`` stands for a
mixture of its own for each seed, ``mixture:10`` on. The table is Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

FIRST_MIXTURE = 10


@dataclass(frozen=True)
class Trial:
    """One training: a model, a data set, a seed, and how many minutes."""

    model: str
    data: str
    seed: int
    minutes: float
    folder: Path

    @property
    def out(self) -> Path:
        """The run folder."""
        return self.folder / f"{self.model}-{self.data}-{self.minutes:g}min-{self.seed}"

    @property
    def data_name(self) -> str:
        """The data set of this seed."""
        return f"mixture:{FIRST_MIXTURE + self.seed}" if self.data == "mixture" else self.data

    def evaluation(self) -> dict[str, Any]:
        """Train and measure, unless that has been done."""
        path = self.out / "evaluation.json"
        if not path.is_file():
            print(f"{self.out.name} begins", file=sys.stderr, flush=True)
            if (self.out / "recipe.json").is_file():
                _kullback("train", "--resume", "--out", str(self.out))
            else:
                _kullback(
                    "train", self.model, "--data", self.data_name, "--out", str(self.out),
                    "--minutes", f"{self.minutes:g}", "--threads", "1", "--seed", str(self.seed),
                )  # fmt: skip
            _kullback("evaluate", str(self.out))
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))["metrics"]
        return found


def _kullback(*words: str) -> None:
    command = [sys.executable, "-m", "kullback", *words]
    one = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=one, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.strip()}")


def line(model: str, data: str, found: Sequence[dict[str, Any]]) -> str:
    """Return the table's line of one model on one data set."""
    of = found[0]["modes"]["details"]["of"]
    all_found = sum(metrics["modes"]["value"] == of for metrics in found)
    ratios = [_ratios(metrics) for metrics in found]
    fair = sum(low >= 0.5 and high <= 2 for low, high in ratios)
    cells = [
        model,
        data,
        f"{mean(m['modes']['value'] for m in found):.1f} of {of}",
        f"{all_found} of {len(found)}",
        f"{mean(m['high_quality']['value'] for m in found):.3f}",
        f"{min(m['high_quality']['value'] for m in found):.3f}",
        f"{mean(m['reverse_kl']['value'] for m in found):.4f}",
        f"{max(m['reverse_kl']['value'] for m in found):.4f}",
        f"{min(r[0] for r in ratios):.2f}–{max(r[1] for r in ratios):.2f}",
        f"{fair} of {len(found)}",
    ]
    return f"| {' | '.join(cells)} |"


def truth(data: str, found: Sequence[dict[str, Any]]) -> str:
    """Return the table's line of points drawn from the density itself."""
    floors = {
        name: mean(metrics[name]["floor"] for metrics in found)
        for name in ("modes", "high_quality", "reverse_kl")
    }
    of = found[0]["modes"]["details"]["of"]
    return (
        f"| true data | {data} | {floors['modes']:.1f} of {of} | | {floors['high_quality']:.3f} | "
        f"| {floors['reverse_kl']:.4f} | | | |"
    )


def _ratios(metrics: dict[str, Any]) -> tuple[float, float]:
    details = metrics["reverse_kl"]["details"]
    ratios = [s / w for s, w in zip(details["shares"], details["weights"], strict=True)]
    return min(ratios), max(ratios)


def main() -> None:
    """Read the command, run what is missing, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--data", nargs="+", default=["grid", "ring", "mixture"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    trials = [
        Trial(model, data, seed, chosen.minutes, chosen.out)
        for seed in range(chosen.seeds)
        for data in chosen.data
        for model in chosen.models
    ]
    with ThreadPoolExecutor(chosen.jobs) as pool:
        found = dict(zip(trials, pool.map(Trial.evaluation, trials), strict=True))
    print(
        "| model | data | modes (mean) | all modes | high quality (mean) | (least) | "
        "reverse KL (mean) | (most) | share / weight | within 2 |\n"
        "|---|---|---|---|---|---|---|---|---|---|"
    )
    for data in chosen.data:
        rows = [t for t in trials if t.data == data]
        print(truth(data, [found[trial] for trial in rows if trial.model == chosen.models[0]]))
        for model in chosen.models:
            print(line(model, data, [found[trial] for trial in rows if trial.model == model]))


if __name__ == "__main__":
    main()
