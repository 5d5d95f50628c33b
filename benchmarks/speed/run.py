"""Speed beside peers: every part of the suite, or some.

    make bench                                            every part but JAX's; about an hour
    make bench-jax                                        the GANs beside JAX
    python benchmarks/speed/run.py vae gan                some parts
    python benchmarks/speed/run.py --quick                a few steps each, to see that all works

Each measurement is a process of its own, one at a time, contenders in turns. Let nothing else run
meanwhile. What is found goes to benchmarks/measured, and RESULTS.md is written from all of it;
with --quick, whose figures mean nothing, to the standard output. Peers live in .peers, which make
fills from benchmarks/speed/peers.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import dcgan
import fidelity
import gan
import quality
import startup
import vae
from machine import commit, machine, versions
from plan import Plan
from results import Section, keep, kept, report

RESULTS = Path(__file__).resolve().parents[1] / "RESULTS.md"
REASONS = Path(__file__).resolve().parent / "shortfalls.md"


@dataclass(frozen=True)
class Part:
    """A part of the suite, the environments that it needs beside this one, and what it repeats."""

    measure: Callable[[Plan], Section]
    peers: tuple[str, ...] = ()
    by_seed: bool = False


PARTS = {
    "vae": Part(vae.measure, ("pythae",)),
    "quality": Part(quality.measure, ("pythae",), by_seed=True),
    "gan": Part(gan.measure),
    "jax": Part(gan.measure_jax, ("jax",)),
    "dcgan": Part(dcgan.measure),
    "fidelity": Part(fidelity.measure, ("prdc",)),
    "startup": Part(startup.measure),
}
USUAL = [name for name in PARTS if name != "jax"]


def chosen(words: Sequence[str] | None = None) -> tuple[list[str], Plan]:
    """Read the command: the parts, and how much to measure."""
    parser = argparse.ArgumentParser(description="Speed beside peers.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seeds", type=int, default=3, help="of quality")
    given = parser.parse_args(words)
    for name in given.parts:
        if name not in PARTS:
            parser.error(f"there is no part {name}; the parts are {', '.join(PARTS)}")
    plan = Plan(given.rounds, given.threads, given.quick, seeds=given.seeds)
    if given.quick:
        plan = replace(plan, rounds=1, seeds=1)
    return given.parts or USUAL, plan


def run(name: str, plan: Plan, command: str, at: str) -> None:
    """Measure a part and keep what it found."""
    part = PARTS[name]
    section = part.measure(plan)
    repeated = f"{plan.seeds} seeds" if part.by_seed else f"{plan.rounds} rounds"
    told = f"`{command}`, {repeated}, {plan.threads} threads, commit {at}"
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    measured = f"{told}, {when}. {machine()}. Versions: {versions(part.peers)}."
    keep(plan.kept, name, replace(section, measured=measured))


def write(folder: Path, results: Path) -> None:
    """Write RESULTS.md from what has been kept beside it."""
    sections = kept(folder, PARTS)
    reasons = REASONS.read_text("utf-8") if REASONS.is_file() else ""
    results.write_text(report(sections, reasons), "utf-8")


def main() -> None:
    """Run the parts; write the results, or print them if they mean nothing."""
    names, plan = chosen()
    at = commit()  # before RESULTS.md changes
    options = [word for word in sys.argv[1:] if word not in PARTS]
    if plan.quick:
        with TemporaryDirectory() as folder:
            plan = replace(plan, kept=Path(folder), made=Path(folder))
            for name in names:
                run(name, plan, f"python benchmarks/speed/run.py {name} --quick", at)
            print("Cut down to be quick: the figures mean nothing.\n")
            print(report(kept(plan.kept, PARTS)))
        return
    for name in names:
        run(name, plan, shlex.join(["python", "benchmarks/speed/run.py", name, *options]), at)
        write(plan.kept, RESULTS)


if __name__ == "__main__":
    main()
