"""The two READMEs say the same, and every command in them runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kullback.models.catalogue import CATALOGUE

ROOT = Path(__file__).parent.parent
ENGLISH, CHINESE = (ROOT / name for name in ("README.md", "README.zh-CN.md"))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.S | re.M)


def without_comments(code: str) -> str:
    return re.sub(r"  # .*", "", code)


def test_both_languages_have_the_same_commands_and_code() -> None:
    assert blocks(ENGLISH, "sh") == blocks(CHINESE, "sh")
    english, chinese = (blocks(page, "python") for page in (ENGLISH, CHINESE))
    assert [*map(without_comments, english)] == [*map(without_comments, chinese)]


def test_both_languages_have_the_same_sections_and_tables() -> None:
    def shape(page: Path) -> list[str]:
        lines = page.read_text("utf-8").splitlines()
        return [line.split(" ")[0].split("`")[0] for line in lines if line.startswith(("#", "|"))]

    assert shape(ENGLISH) == shape(CHINESE)


@pytest.mark.parametrize("page", [ENGLISH, CHINESE])
def test_the_table_names_every_model_once(page: Path) -> None:
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("|")]
    named = [name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row.split("|")[2])]
    known = [name for name, entry in CATALOGUE.items() if entry.family != "control"]
    assert sorted(named) == sorted(known)


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    commands = [line for block in blocks(ENGLISH, "sh") for line in block.splitlines()]
    targets = [line.split()[1] for line in commands if line.startswith("make ")]
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M)


@pytest.mark.timeout(600)
def test_every_command_and_every_line_of_python_runs(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    commands = [line for block in blocks(ENGLISH, "sh") for line in block.splitlines()]
    ours = [line.split()[1:] for line in commands if line.startswith("kullback ")]
    assert len(ours) > 10
    for arguments in ours:
        run([sys.executable, "-m", "kullback", *arguments], tmp_path, environment)
    for code in blocks(ENGLISH, "python"):
        run([sys.executable, "-W", "error", "-c", code], tmp_path, environment)
    for name in ("samples.png", "classes.png", "translations.png", "walk.png", "report.html"):
        assert (tmp_path / name).stat().st_size > 1000


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"
