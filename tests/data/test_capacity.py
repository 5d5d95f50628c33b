from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from kullback.data import capacity

LIMITED = """
import resource
from kullback.data.capacity import usable
before = usable()
resource.setrlimit(resource.{limit}, ({bytes}, {bytes}))
print(before, usable())
"""


@pytest.mark.parametrize("limit", ["RLIMIT_DATA", "RLIMIT_AS"])
def test_a_limit_of_the_process_counts_less_what_it_has(limit: str) -> None:
    allowed = 700 << 20
    program = LIMITED.format(limit=limit, bytes=allowed)
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    before, after = map(int, run.stdout.split())
    assert before > allowed
    assert allowed / 3 < after < allowed


def test_rows_of_a_third_of_the_memory_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "usable", lambda: 3000)
    assert capacity.fits(1000)
    assert not capacity.fits(1001)


@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("0::/app/job", "app/memory.max"),
        ("0::/app/job", "memory.max"),
        ("7:cpu,memory:/app/job", "memory/app/job/memory.limit_in_bytes"),
    ],
)
def test_control_groups_around_the_process_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, file: str
) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("123456\n")
    own = tmp_path / "cgroup"
    own.write_text(f"3:cpu:/app\n{line}\n")
    monkeypatch.setattr(capacity, "_GROUPS", tmp_path)
    monkeypatch.setattr(capacity, "_OWN_GROUPS", own)
    assert capacity.usable() == 123456
    (tmp_path / file).write_text("max\n")
    assert capacity.usable() > 123456


def test_what_a_group_uses_is_not_left_but_for_files_that_can_be_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("700000\n")
    (tmp_path / "memory.stat").write_text("anon 500000\ninactive_file 150000\n")
    own = tmp_path / "cgroup"
    own.write_text("0::/\n")
    monkeypatch.setattr(capacity, "_GROUPS", tmp_path)
    monkeypatch.setattr(capacity, "_OWN_GROUPS", own)
    assert capacity.usable() == 1_000_000 - (700_000 - 150_000)


def test_without_limits_it_is_what_the_machine_has() -> None:
    physical = resource.getpagesize() * 1 << 40
    assert 0 < capacity.usable() < physical


def test_sizes_are_told_in_units_that_suit() -> None:
    found = [capacity.sized(size) for size in (999_999, 12_345_678, 4_194_303_568)]
    assert found == ["999,999 bytes", "12.3 MB", "4.2 GB"]


def test_a_system_without_proc_has_its_physical_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(capacity, "_kilobytes", lambda path: {})
    monkeypatch.setattr(capacity, "_OWN_GROUPS", tmp_path / "none")
    assert capacity.usable() == capacity._physical() > 1 << 30
