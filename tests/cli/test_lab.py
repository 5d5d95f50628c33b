"""The lab's commands through real processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from kullback.lab.ledger import LEDGER


def lab(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kullback", "lab", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_the_list_has_every_claim_in_both_languages(tmp_path: Path) -> None:
    done = lab("list", "--json", folder=tmp_path)
    found = json.loads(done.stdout)
    assert [each["id"] for each in found] == list(LEDGER)
    assert {*found[0]} == {"id", "claim", "claim_zh", "chapter", "status"}
    assert {each["status"] for each in found} <= {"holds", "qualified", "refuted"}
    assert found[0]["id"] in lab("list", folder=tmp_path).stdout


def test_a_run_is_printed_kept_and_made_into_a_page(tmp_path: Path) -> None:
    done = lab("run", "C6", "--json", folder=tmp_path)
    (found,) = json.loads(done.stdout)
    assert {*found} >= {"id", "measured", "expected", "rule", "verdict"}
    assert (found["id"], found["verdict"]) == ("C6", "holds")
    assert json.loads((tmp_path / "lab/C6/result.json").read_text()) == found
    told = lab("run", "C6", folder=tmp_path).stdout
    assert "holds" in told
    assert "js_at_1" in told
    assert lab("report", folder=tmp_path).stdout == "Wrote lab/report.html\n"
    assert "C6" in (tmp_path / "lab/report.html").read_text("utf-8")


def test_bad_input_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    for words in (["run", "C6", "nothing"], ["run", "C6", "--seeds", "0"], ["report"], ["run"]):
        done = lab(*words, folder=tmp_path)
        assert done.returncode == 2, words
        assert done.stderr.count("\n") == 1
        assert not any(tmp_path.iterdir())
