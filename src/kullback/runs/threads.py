"""How many threads to compute with, where nobody says.

Threads of one operation wait for the slowest of them, and wait by spinning. On cores that another
program uses too, two threads can take many times as long as one; so what counts is not how many
cores there are but how many are free. That is asked of the machine: n threads work side by side for
a moment, and their share of n cores is

    share = Σ_i cpu time of thread i / (n · time that passed),

1 where nothing else ran. Of all cores, half of them, a quarter, … the first that is free is taken.
The work is hashing, which needs neither torch nor Python's lock.
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
    """Return how many cores this process may use and nobody else does."""
    count = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    while count > 1 and share(count) < FREE:
        count //= 2
    return count


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share(count: int) -> float:
    """Return the share of ``count`` cores that as many threads get, 0 to 1."""
    with ThreadPoolExecutor(count) as pool:
        began = time.perf_counter()
        worked = sum(pool.map(_work, [began + SECONDS] * count))
        passed = time.perf_counter() - began
    return worked / (count * passed)


def _work(until: float) -> float:
    """Work until then; return the seconds of a core that it took."""
    began = time.thread_time()
    while time.perf_counter() < until:
        hashlib.sha256(_BLOCK)
    return time.thread_time() - began
