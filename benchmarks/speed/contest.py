"""Contenders side by side: each measurement a process of its own, one at a time, in turns.

    round 1: A B C    round 2: B C A    round 3: C A B    …

A machine's speed drifts, with its heat and with what else runs on it. So contenders are compared
within a round, minutes apart at most, and the ratio that is told is the median over rounds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE.parents[1] / ".peers"

Found = dict[str, Any]


@dataclass(frozen=True)
class Contender:
    """A script of ``contenders/`` and what it is told; ``peer`` is whose environment it runs in."""

    name: str
    script: str
    arguments: Mapping[str, Any]
    peer: str | None = None

    def measure(self) -> Found:
        """Run it, and return what it answers."""
        python = sys.executable if self.peer is None else environment(self.peer)
        script = HERE / "contenders" / f"{self.script}.py"
        given = {name: value for name, value in self.arguments.items() if value is not None}
        with TemporaryDirectory() as cache:
            done = subprocess.run(
                [str(python), str(script), json.dumps(given)],
                capture_output=True,
                text=True,
                check=False,
                env={
                    **surroundings(),
                    # What torch.compile kept of an earlier run would hide the time that it takes.
                    "TORCHINDUCTOR_CACHE_DIR": cache,
                    "OPENBLAS_NUM_THREADS": str(self.arguments.get("threads", 1)),
                },
            )
        if done.returncode:
            raise SystemExit(f"{self.name}: {done.stderr.strip()[-2000:]}")
        found: Found = json.loads(done.stdout)
        return found


def environment(peer: str) -> Path:
    """Return the Python of a peer's environment."""
    python = PEERS / peer / "bin" / "python"
    if not python.is_file():
        raise SystemExit(
            f"{python} is missing: `make bench` and `make bench-jax` install the peers"
        )
    return python


def contest(contenders: Sequence[Contender], rounds: int, first: int = 0) -> dict[str, list[Found]]:
    """Return what each contender answered in every round; number ``first`` begins the first."""
    found: dict[str, list[Found]] = {contender.name: [] for contender in contenders}
    for k in range(rounds):
        turn = (first + k) % len(contenders)
        for contender in [*contenders[turn:], *contenders[:turn]]:
            answer = contender.measure()
            told = f"round {k + 1} of {rounds}: {contender.name}: {json.dumps(answer)}"
            print(told, file=sys.stderr, flush=True)
            found[contender.name].append(answer)
    return found


def rate(found: Found) -> float:
    """Steps a second."""
    return float(found["steps"] / found["seconds"])


def ratios(ours: Sequence[Found], theirs: Sequence[Found]) -> list[float]:
    """How many times as fast as theirs, in each round."""
    return [rate(a) / rate(b) for a, b in zip(ours, theirs, strict=True)]


def middle(found: Sequence[Found], name: str) -> float:
    """The median over rounds of one number."""
    return median(float(each[name]) for each in found)


def surroundings() -> dict[str, str]:
    """This process's environment, less what would choose threads or kernels for the contenders."""
    chosen = ("OMP_NUM_THREADS", "OPENBLAS_")
    return {name: value for name, value in os.environ.items() if not name.startswith(chosen)}
