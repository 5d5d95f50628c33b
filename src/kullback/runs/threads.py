"""How many threads to compute with, where nobody says.

Threads of one operation wait for the slowest of them, and wait by spinning. On cores that another
program uses too, two threads can take many times as long as one; so what counts is not how many
cores there are but how many are free. That is asked of the machine: as many threads as there are
cores work side by side for a moment, and the cores that they got are

    Σ_i cpu time of thread i / time that passed,

all of them where nothing else ran. The work is hashing, which needs neither torch nor Python's
lock.
"""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor

from kullback.errors import BadInput

FREE = 0.9
SECONDS = 0.04

_BLOCK = bytes(1 << 18)


def threads(chosen: int | None) -> int:
    """Return the number that was chosen, else the environment's, else how many cores are free.

    Raises ``BadInput`` for a number that cannot be.
    """
    if chosen is None:
        own = os.environ.get("OMP_NUM_THREADS", "")
        return int(own) if own.isdigit() and int(own) > 0 else free_cores()
    if not 1 <= chosen <= 1024:
        raise BadInput(f"--threads is {chosen}; give a whole number from 1 up")
    return chosen


def free_cores() -> int:
    """Return how many cores this process may use and nobody else does, 1 at least.

    A core counts as free if nine tenths of it are.
    """
    count = cores()
    return 1 if count == 1 else min(count, max(1, int(got(count) / FREE)))


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def got(count: int) -> float:
    """Return how many cores ``count`` threads get that work side by side for a moment."""
    with ThreadPoolExecutor(count) as pool:
        began = time.perf_counter()
        worked = sum(pool.map(_work, [began + SECONDS] * count))
        return worked / (time.perf_counter() - began)


def _work(until: float) -> float:
    """Work until then; return the seconds of a core that it took."""
    began = time.thread_time()
    while time.perf_counter() < until:
        hashlib.sha256(_BLOCK)
    return time.thread_time() - began
