"""What every contender does: it is a process of its own, told what to do by JSON, answering JSON.

    python CONTENDER.py '{"threads": 2, "steps": 100}'  →  {"seconds": 0.31, "steps": 100}

The standard library only, so that each environment can import it.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")

WARM_UP = 20
"""Steps before the clock starts."""


def answer(measure: Callable[..., dict[str, Any]]) -> None:
    """Call ``measure`` as the command line says, and print what it returns, and only that."""
    arguments = json.loads(sys.argv[1])
    with contextlib.redirect_stdout(sys.stderr):
        found = measure(**arguments)
    print(json.dumps(found))


def peak() -> float:
    """The most memory that this process has had since ``forget_peak``, in MiB.

    By the system's own word: what ``getrusage`` says may be the peak of the process before this.
    """
    lines = _STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def forget_peak() -> float:
    """Let the peak be what memory there is now, and return that, in MiB."""
    _FORGET.write_text("5")
    return peak()


def timed(step: Callable[[], object], steps: int) -> dict[str, Any]:
    """Take some steps to warm up, then the given number by the clock."""
    for _ in range(min(WARM_UP, steps)):
        step()
    began = time.perf_counter()
    for _ in range(steps):
        step()
    return {"seconds": time.perf_counter() - began, "steps": steps}
