"""Do rows fit in memory? The one rule that decides whether they are held there or stay on disk.

Rows fit if they take at most a third of the memory that this process may still use: while they are
split they exist twice, and networks need room too. That memory is the least of

    what the machine has left                    MemAvailable of /proc/meminfo
    the limit of the process's control groups    memory.max, or memory.limit_in_bytes
    RLIMIT_DATA less the data that it has        VmData of /proc/self/status
    RLIMIT_AS less the addresses that it has     VmSize
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

SHARE = 1 / 3

_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")
_KIB = 1024


def fits(size: int) -> bool:
    """Whether so many bytes of rows are held in memory."""
    return size <= SHARE * usable()


def usable() -> int:
    """The bytes of memory that this process may still use."""
    machine, own = _kilobytes("/proc/meminfo"), _kilobytes("/proc/self/status")
    bounds = [machine.get("MemAvailable", _physical()), *_group_limits()]
    for limit, used in ((resource.RLIMIT_DATA, "VmData"), (resource.RLIMIT_AS, "VmSize")):
        allowed, _ = resource.getrlimit(limit)
        if allowed != resource.RLIM_INFINITY:
            bounds.append(max(0, allowed - own.get(used, 0)))
    return min(bounds)


def sized(size: int) -> str:
    """A number of bytes for people."""
    if size < 1e6:
        return f"{size:,} bytes"
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"


def _physical() -> int:
    """The bytes of memory that the machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _kilobytes(path: str) -> dict[str, int]:
    """The lines of the form "name: number kB", in bytes."""
    if not Path(path).is_file():  # as on macOS
        return {}
    lines = (line.split() for line in Path(path).read_text().splitlines())
    return {line[0][:-1]: int(line[1]) * _KIB for line in lines if line[-1:] == ["kB"]}


def _group_limits() -> Iterator[int]:
    """The limits of the control groups that this process is in, one inside the other.

    A line of /proc/self/cgroup is "number:controllers:path"; version 2 names no controllers.
    """
    if not _OWN_GROUPS.is_file():
        return
    for line in _OWN_GROUPS.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        root = _GROUPS / "memory" if controllers else _GROUPS
        name = "memory.limit_in_bytes" if controllers else "memory.max"
        inside = Path(path.lstrip("/"))
        for folder in (inside, *inside.parents):
            file = root / folder / name
            if file.is_file() and (limit := file.read_text().strip()).isdigit():
                yield int(limit)
