"""What more data costs: images a second of training `vae`, in memory and streamed from disk.

    python benchmarks/streaming.py                         10,000, 100,000 and 1,000,000 rows
    python benchmarks/streaming.py --rows 2000 8000 --steps 100 --repeats 1        a trial
    python benchmarks/streaming.py --limit 440             a file ten times RLIMIT_DATA, in MiB

The images are 28×28 of 8 bits, made by a seed: one of ten pictures with noise over it. Each
training is a process of its own, so that its peak of resident memory is; pages of the file that the
kernel lends it, and may take back, count as resident. The file has just been written, so that
"disk" is the kernel's own copy of it where that fits. The seconds are those of the rounds alone,
without imports, reading, validation, previews and saving. Runs are interleaved, and each figure is
the median of its repeats.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

SIDE = 28
BATCH = 128
CHUNK = 10_000
MIB = 1 << 20


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=int, help="train within this on ten times as much")
    parser.add_argument("--folder", type=Path, help="where files are made, and removed again")
    parser.add_argument("--child", nargs=2, metavar=("FILE", "WHERE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.steps < 100:
        parser.error("in fewer than 100 steps there is too little between two validations")
    if chosen.child:
        file, where = chosen.child
        print(*train(Path(file), where, chosen.steps, chosen.threads))
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        if chosen.limit is None:
            compare(Path(folder), chosen)
            return
        rows = 10 * chosen.limit * MIB // SIDE**2
        speed, peak = measured(make(Path(folder), rows), f"{chosen.limit}", chosen)
        print(f"{rows:,} rows within {chosen.limit} MiB of data: {speed:,.0f} images/s, {peak} MiB")


def compare(folder: Path, chosen: argparse.Namespace) -> None:
    """Print images a second and peaks of memory at each number of rows."""
    files = {rows: make(folder, rows) for rows in chosen.rows}
    cases = [(rows, where) for rows in files for where in ("memory", "disk")]
    found: dict[tuple[int, str], list[tuple[float, int]]] = {case: [] for case in cases}
    for k in range(chosen.repeats):
        turn = k % len(cases)
        for rows, where in [*cases[turn:], *cases[:turn]]:
            found[rows, where].append(measured(files[rows], where, chosen))
    speed = {case: median(each[0] for each in runs) for case, runs in found.items()}
    peak = {case: median(each[1] for each in runs) for case, runs in found.items()}
    print("| rows | images/s in memory | MiB | images/s from disk | MiB |\n|---|---|---|---|---|")
    for rows in files:
        both = [
            f"{speed[rows, where]:,.0f} | {peak[rows, where]:,.0f}" for where in ("memory", "disk")
        ]
        print(f"| {rows:,} | {' | '.join(both)} |")
    for where in ("memory", "disk"):
        each = [speed[rows, where] for rows in files]
        print(f"\nfrom {where}, the slowest of them to the fastest: {min(each) / max(each):.3f}")


def make(folder: Path, rows: int) -> Path:
    """Write so many images."""
    path = folder / f"{rows}.npy"
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 192, (10, SIDE, SIDE), np.uint8)
    x = np.lib.format.open_memmap(path, "w+", np.uint8, (rows, SIDE, SIDE))
    for start in range(0, rows, CHUNK):
        some = x[start : start + CHUNK]
        some[:] = pictures[rng.integers(0, 10, len(some))]
        some += rng.integers(0, 64, some.shape, np.uint8)
    x.flush()
    return path


def measured(file: Path, where: str, chosen: argparse.Namespace) -> tuple[float, int]:
    """Train in a process of its own: images a second, and the peak of resident memory in MiB."""
    numbers = {"--steps": chosen.steps, "--threads": chosen.threads}
    options = [str(part) for option in numbers.items() for part in option]
    command = [sys.executable, __file__, "--child", str(file), where, *options]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    speed, peak = run.stdout.split()
    return float(speed), int(peak)


def train(file: Path, where: str, steps: int, threads: int) -> tuple[float, int]:
    """Train with rows in "memory", on "disk", or within a limit of so many MiB."""
    if where.isdigit():
        resource.setrlimit(resource.RLIMIT_DATA, (int(where) * MIB,) * 2)
    import kullback as kb
    from kullback.data import capacity

    if where == "disk":
        capacity.usable = lambda: 0
    with tempfile.TemporaryDirectory(dir=file.parent) as out:
        run = kb.train(
            "vae", data=file, out=Path(out) / "run", steps=steps, batch_size=BATCH, threads=threads
        )
        assert run.recipe.data.streamed == (where != "memory")
        lines = run.metrics()
    # What is done at a report with validation is part of the time up to the next one.
    pairs = [(a, b) for a, b in pairwise(lines) if "validation" not in a]
    samples, seconds = (sum(b[name] - a[name] for a, b in pairs) for name in ("samples", "seconds"))
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return samples / seconds, peak // 1024


if __name__ == "__main__":
    main()
