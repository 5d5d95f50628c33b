"""What the project's own files promise."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import kullback

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def named(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement)[0].lower()


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {name.lower(): version for name, version in pins}


def test_every_direct_dependency_is_pinned_and_nothing_else() -> None:
    extras = PROJECT["optional-dependencies"].values()
    wanted = {named(r) for r in [*PROJECT["dependencies"], *(r for extra in extras for r in extra)]}
    assert set(constraints()) == wanted


def test_no_cuda_build_and_nothing_that_brings_one_is_installed() -> None:
    installed = {d.metadata["Name"].lower() for d in metadata.distributions()}
    assert not {name for name in installed if name.startswith(("nvidia-", "triton"))}
    assert not installed & {"torchvision", "torch-fidelity"}


def test_the_version_is_said_once_more_and_the_same() -> None:
    assert kullback.__version__ == PROJECT["version"]


def test_nothing_is_unpickled_or_evaluated() -> None:
    forbidden = re.compile(r"\bpickle\b|\beval\(|\bexec\(|torch\.load\(|allow_pickle=True")
    for path in (ROOT / "src").rglob("*.py"):
        code = path.read_text("utf-8").replace(".eval()", "")
        assert not forbidden.search(code), path
