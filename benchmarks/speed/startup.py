"""How soon the command answers, and how soon it trains."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from contest import surroundings
from plan import Plan
from results import Ratio, Section, Table

STEPS = 200
GOALS = {"--help": 0.4, "first step": 6.0}
TIMED = f"""\
Seconds from the start of the process, on a warm disk: of `kullback --help` to its end; of
`kullback train vae --data digits --steps {STEPS}` until the first line of its `metrics.jsonl` can
be read from outside, which is a report on the first step, as there are {STEPS} reports to a run.
The ratio is the time that is allowed over the time it takes."""


def helped() -> float:
    """Seconds of ``kullback --help``."""
    began = time.perf_counter()
    subprocess.run([_kullback(), "--help"], capture_output=True, check=True)
    return time.perf_counter() - began


def first_step() -> float:
    """Seconds from the command to the first step of a VAE on digits."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        words = f"train vae --data digits --steps {STEPS} --out {out}".split()
        began = time.perf_counter()
        process = subprocess.Popen(
            [_kullback(), *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=surroundings(),
        )
        metrics = out / "metrics.jsonl"
        while not (metrics.is_file() and "\n" in metrics.read_text("utf-8")):
            if process.poll() is not None:
                raise SystemExit(f"kullback {' '.join(words)}: {process.communicate()[1].strip()}")
            time.sleep(0.002)
        seconds = time.perf_counter() - began
        process.terminate()
        process.communicate()
    return seconds


def measure(plan: Plan) -> Section:
    """Measure both in turns, after once to warm the disk."""
    found: dict[str, list[float]] = {"--help": [], "first step": []}
    for k in range(plan.rounds + 1):
        seconds = {"--help": helped(), "first step": first_step()}
        for name in found:
            found[name] += [seconds[name]] if k else []
    ratios = [
        Ratio(f"the limit of {GOALS[name]:g} s, {name}", [GOALS[name] / s for s in each], 1.0)
        for name, each in found.items()
    ]
    lines = [
        [name, f"{median(each):.2f}", f"{min(each):.2f}–{max(each):.2f}"]
        for name, each in found.items()
    ]
    return Section("Start-up", TIMED, ratios, [Table(["", "seconds", "least–most"], lines)])


def _kullback() -> str:
    return os.fspath(Path(sys.executable).with_name("kullback"))
