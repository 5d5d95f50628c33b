"""The doctor against runs whose disease is known, and against healthy ones.

    python benchmarks/doctor_runs.py --out runs/doctor            those on which it was set
    python benchmarks/doctor_runs.py --check --out runs/doctor    and those on which it is checked
    python benchmarks/doctor_runs.py --only vae-digits --out runs/doctor

A case is trained once, however often the command is stopped and repeated, by one thread, and judged
anew each time as `kullback doctor DIR` judges it: by its samples, codes, critics and curves. A
disease is found if its verdict is `fail`; a healthy run has none. The table is Markdown, with the
Clopper–Pearson intervals of both rates below it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import kullback as kb
from kullback.data import load
from kullback.evaluation.intervals import binomial_interval
from kullback.runs.evaluate import diagnose

FEW = "few"
FEW_ROWS = 100
"""`--data few` stands for so many rows of digits, `few-mnist5k` for those of mnist5k."""


@dataclass(frozen=True)
class Case:
    """A run's name, what stands after `kullback train`, and the verdict that must be `fail`."""

    name: str
    words: str
    disease: str | None = None


SET = (
    Case("beta100-digits", "vae --data digits --set beta=100", "posterior-collapse"),
    Case("beta100-mixture", "vae --data mixture --set beta=100", "posterior-collapse"),
    Case("beta0-digits", "vae --data digits --set beta=0", "no-noise"),
    Case("beta0-mixture", "vae --data mixture --set beta=0", "no-noise"),
    Case("large-critic", "gan --data few --set hidden=[512,512,512]", "overfitted-critic"),
    Case(
        "large-critic-r1-0",
        "gan --data few --set hidden=[512,512] --set r1=0 --steps 1500",
        "overfitted-critic",
    ),
    Case("clipped-digits", "wgan --data digits --set bound=0.001", "polarised-weights"),
    Case("stopped-vae-digits", "vae --data digits --stop-at 30", "under-training"),
    Case("short-vae-digits", "vae --data digits --steps 40", "under-training"),
    Case("stopped-gan-digits", "gan --data digits --stop-at 30", "under-training"),
    Case("short-gan-mixture", "gan --data mixture --steps 40", "under-training"),
    Case(
        "strong-critic-digits",
        "gan-minimax --data digits --set r1=0 --set critic_lr=0.01 --set moves=3 "
        "--set hidden=[64,64] --steps 1000",
        "vanishing-generator",
    ),
    Case(
        "collapsed-digits",
        "gan --data digits --set r1=0 --set lr=0.005 --set critic_lr=0.0005 "
        "--set hidden=[64,64] --steps 1000",
        "mode-collapse",
    ),
    Case(
        "exploding-digits",
        "wgan-gp --data digits --set critic_lr=5 --set hidden=[64,64] --steps 200",
        "exploding-penalty",
    ),
    Case("beta0-ring", "vae --data ring --set beta=0", "no-noise"),
    Case("vae-digits", "vae --data digits"),
    Case("vae-mixture", "vae --data mixture"),
    Case("beta-vae-digits", "beta-vae --data digits"),
    Case("aae-digits", "aae --data digits"),
    Case("wgan-digits", "wgan --data digits --set hidden=[64,64]"),
    Case("wgan-gp-digits", "wgan-gp --data digits --set hidden=[64,64]"),
    Case("gan-digits", "gan --data digits --set hidden=[64,64]"),
    Case("r3gan-mixture", "r3gan --data mixture"),
    Case("gan-mixture", "gan --data mixture"),
    Case("pca-digits", "pca --data digits"),
    Case("gmm-mixture", "gmm --data mixture"),
    Case("clustering-digits", "clustering-vae --data digits --set hidden=[64,64]"),
)
CHECKS = (
    Case("beta100-mnist5k", "vae --data mnist5k --set beta=100", "posterior-collapse"),
    Case("beta100-ring", "vae --data ring --set beta=100", "posterior-collapse"),
    Case("beta100-cvae", "cvae --data mnist5k --set beta=300", "posterior-collapse"),
    Case("beta0-mnist5k", "vae --data mnist5k --set beta=0", "no-noise"),
    Case("beta0-grid", "vae --data grid --set beta=0", "no-noise"),
    Case(
        "large-critic-mnist5k",
        "gan --data few-mnist5k --set hidden=[512,512] --steps 2000",
        "overfitted-critic",
    ),
    Case("clipped-mnist5k", "wgan --data mnist5k --set bound=0.001", "polarised-weights"),
    Case("clipped-ring", "wgan --data ring --set bound=0.001", "polarised-weights"),
    Case("stopped-vae-mnist5k", "vae --data mnist5k --stop-at 30", "under-training"),
    Case("short-vae-ring", "vae --data ring --steps 40", "under-training"),
    Case("stopped-gan-mnist5k", "gan --data mnist5k --stop-at 30", "under-training"),
    Case("short-r3gan-mnist5k", "r3gan --data mnist5k --steps 40", "under-training"),
    Case(
        "strong-critic-mnist5k",
        "gan-minimax --data mnist5k --set r1=0 --set critic_lr=0.01 --set moves=3 --steps 1000",
        "vanishing-generator",
    ),
    Case(
        "collapsed-mnist5k",
        "gan --data mnist5k --set r1=0 --set lr=0.005 --set critic_lr=0.0005 "
        "--set hidden=[64,64] --steps 1000",
        "mode-collapse",
    ),
    Case(
        "exploding-ring",
        "gan --data ring --set r1=100 --set critic_lr=1 --steps 200",
        "exploding-penalty",
    ),
    Case("vae-mnist5k", "vae --data mnist5k"),
    Case("vae-ring", "vae --data ring"),
    Case("vae-grid", "vae --data grid"),
    Case("beta-vae-mnist5k", "beta-vae --data mnist5k"),
    Case("aae-mnist5k", "aae --data mnist5k"),
    Case("wgan-mnist5k", "wgan --data mnist5k"),
    Case("wgan-gp-ring", "wgan-gp --data ring"),
    Case("gan-mnist5k", "gan --data mnist5k"),
    Case("r3gan-mnist5k", "r3gan --data mnist5k"),
    Case("gmm-ring", "gmm --data ring"),
    Case("pca-mnist5k", "pca --data mnist5k"),
    Case("cvae-mnist5k", "cvae --data mnist5k"),
    Case("vae-gan-mnist5k", "vae-gan --data mnist5k"),
)


def trained(case: Case, folder: Path) -> Path:
    """Return the run of a case, trained as far as the case says, or as far as training went."""
    out, marker = folder / case.name, folder / f"{case.name}.trained"
    if not marker.is_file():
        print(f"{case.name} begins", file=sys.stderr, flush=True)
        words = [_few(word, folder) for word in case.words.split()]
        go_on = (out / "recipe.json").is_file()
        stop = words[words.index("--stop-at") :][:2] if "--stop-at" in words else []
        command = ["--resume", *stop] if go_on else [*words, "--threads", "1"]
        done = subprocess.run(
            [sys.executable, "-m", "kullback", "train", *command, "--out", str(out)],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            check=False,
        )
        if done.returncode not in (0, 3):
            raise SystemExit(f"{case.name}: {done.stderr.strip().splitlines()[-1]}")
        marker.touch()
    return out


def judged(case: Case, folder: Path) -> tuple[bool, str]:
    """Return whether the doctor is right, and the table's line."""
    verdicts = diagnose(kb.load(trained(case, folder))).verdicts
    failed = [verdict.id for verdict in verdicts if verdict.verdict == "fail"]
    right = case.disease in failed if case.disease else not failed
    warned = [verdict.id for verdict in verdicts if verdict.verdict == "warn"]
    cells = [
        case.name,
        f"`{case.words}`",
        case.disease or "healthy",
        ", ".join(failed) or "–",
        ", ".join(warned) or "–",
        "yes" if right else "**no**",
    ]
    return right, f"| {' | '.join(cells)} |"


def rate(name: str, right: Sequence[bool]) -> str:
    """Return a rate with its interval."""
    if not right:
        return f"{name}: no case"
    low, high = binomial_interval(sum(right), len(right))
    return f"{name}: {sum(right)} of {len(right)}, {low:.2f}–{high:.2f}"


def _few(word: str, folder: Path) -> str:
    """Return a word of a case; where it stands for a few rows, the file of these."""
    if not word.startswith(FEW):
        return word
    path = folder / f"{word}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, load(word.partition("-")[2] or "digits").train.x[:FEW_ROWS])
    return str(path)


def main() -> None:
    """Train what is missing, judge, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    cases: tuple[Case, ...] = CHECKS if chosen.check else SET
    if chosen.only:
        cases = tuple(case for case in (*SET, *CHECKS) if case.name in chosen.only)
    print("| run | train | disease | fail | warn | right |\n|---|---|---|---|---|---|")
    sick: list[bool] = []
    healthy: list[bool] = []
    for case in cases:
        right, line = judged(case, chosen.out)
        (sick if case.disease else healthy).append(right)
        print(line, flush=True)
    print(f"\n{rate('sensitivity', sick)}\n\n{rate('specificity', healthy)}")


if __name__ == "__main__":
    main()
