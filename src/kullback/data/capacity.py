"""Do rows fit in memory? The one rule that decides whether they are held there or stay on disk.

Rows fit if they take at most a third of the memory that this process may still use: while they are
split they exist twice, and networks need room too. That memory is the least of

    what the machine has left                    MemAvailable of /proc/meminfo
    the limit of the process's control groups    memory.max, or memory.limit_in_bytes,
        less what they use, but for files           memory.current, or memory.usage_in_bytes
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

# What a group may use, what it does, and what of that are files that can be let go.
_VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat total_inactive_file")
_VERSION_2 = ("memory.max", "memory.current", "memory.stat inactive_file")


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
    """What the limits of the control groups leave that this process is in, one inside the other.

    A line of /proc/self/cgroup is "number:controllers:path"; version 2 names no controllers.
    """
    if not _OWN_GROUPS.is_file():
        return
    for line in _OWN_GROUPS.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        root = _GROUPS / "memory" if controllers else _GROUPS
        names = _VERSION_1 if controllers else _VERSION_2
        inside = Path(path.lstrip("/"))
        for folder in (inside, *inside.parents):
            limit, used, files = (_number(root / folder, name) for name in names)
            if limit is not None:
                yield max(0, limit - max(0, (used or 0) - (files or 0)))


def _number(folder: Path, name: str) -> int | None:
    """The number in a group's file, or in the file's line that begins with the second word."""
    file, _, line = name.partition(" ")
    if not (folder / file).is_file():
        return None
    text = (folder / file).read_text()
    if line:
        text = next((each.split()[1] for each in text.splitlines() if each.split()[0] == line), "")
    return int(text) if text.strip().isdigit() else None
