"""What the figures were measured on: processor, memory, versions, and what the processor can do."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

from contest import PEERS

_NAMED = ("torch", "numpy", "scipy", "pythae", "prdc", "jax", "scikit-learn")


def machine() -> str:
    """Return one line: processor, processors in use, memory, system, Python."""
    model = next(
        (line.split(":")[1].strip() for line in _cpu() if line.startswith("model name")),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    processors = len(os.sched_getaffinity(0))
    python = f"Python {platform.python_version()}"
    return f"{model}, {processors} processors, {memory:.0f} GiB, {system}, {python}"


def versions(peers: tuple[str, ...] = ()) -> str:
    """Return what was installed here and in the environments of ``peers``."""
    ours = {name: metadata.version(name) for name in ("kullback", "torch", "numpy", "scipy")}
    told = [", ".join(f"{name} {version}" for name, version in ours.items())]
    for peer in peers:
        sites = str(next((PEERS / peer / "lib").glob("python*/site-packages")))
        found = {d.metadata["Name"]: d.version for d in metadata.distributions(path=[sites])}
        named = ", ".join(f"{name} {found[name]}" for name in _NAMED if name in found)
        told.append(f"the environment of {peer}: {named}")
    return "; ".join(told)


def commit() -> str:
    """Return the commit that is measured, with a + if the code differs from it."""
    here = Path(__file__).parent

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *words], cwd=here, capture_output=True, text=True, check=False
        )

    found = git("rev-parse", "--short=10", "HEAD").stdout.strip()
    changed = git("diff", "--quiet", "HEAD", "--", ".", "../../src").returncode
    return f"{found}{'+' if changed else ''}" if found else "unknown"


def has_bf16() -> bool:
    """Whether the processor multiplies bfloat16; without it bf16 is emulated, and slow."""
    flags = next((line.split() for line in _cpu() if line.startswith("flags")), [])
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _cpu() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text("utf-8").splitlines() if path.is_file() else []
