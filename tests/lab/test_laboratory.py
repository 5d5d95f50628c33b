from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from kullback.errors import BadInput
from kullback.lab import experiment, laboratory, ledger
from kullback.lab.claim import Claim, Statement, Words, above, near
from kullback.lab.laboratory import kept, run, series_of
from kullback.lab.outcome import Outcome, Panel
from kullback.lab.page import write_page

SAYS = Words("Half of it is half.", "一半就是一半。")


def claim(id: str, *, neural: bool = False) -> Claim:
    holds = Statement(SAYS, (near("half", 0.5, 0.1),))
    return Claim(
        id, "gan", SAYS, "½", "nobody", f"own:{id}", (holds,), Statement(SAYS, (above("half", 0),)),
        expected={"extra": 2.0}, source="run", neural=neural, figure="own:draw",
    )  # fmt: skip


@pytest.fixture
def own_claims(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Claim]]:
    """Two claims in a ledger of their own: one exact, one whose seeds give .4, .5 and .6."""
    claims = [claim("exact"), claim("drawn", neural=True)]
    functions = {
        "own:exact": lambda: Outcome({"half": 0.5, "extra": 3.0}, {"x": np.arange(3)}),
        "own:drawn": lambda seed: Outcome({"half": 0.4 + seed / 10}),
        "own:draw": lambda series: [Panel("<svg></svg>", SAYS)],
    }
    monkeypatch.setattr(experiment, "_function", functions.__getitem__)
    # In this process, where the claims are known.
    monkeypatch.setattr(laboratory, "cores", lambda: 1)
    with patch.dict(ledger.LEDGER, {each.id: each for each in claims}, clear=True):
        yield claims


def test_what_is_run_is_kept_with_its_rule_and_its_arrays(
    own_claims: list[Claim], tmp_path: Path
) -> None:
    results = run(own_claims, tmp_path / "lab")
    assert [each.claim.id for each in results] == ["exact", "drawn"]
    found = kept(tmp_path / "lab")
    assert list(found) == ["exact", "drawn"]
    assert found["exact"] == {
        "id": "exact",
        "measured": {"half": 0.5, "extra": 3.0},
        "expected": {"half": "half ≥ 0", "extra": 2.0},
        "source": "run",
        "rule": "holds if 0.4 ≤ half ≤ 0.6, else refuted",
        "verdict": "holds",
        "statements": [{"says": SAYS.en, "true": True, "seeds": []}],
        "corrected": True,
        "seeds": {},
        "seconds": found["exact"]["seconds"],
    }
    assert found["drawn"]["seeds"] == {"half": pytest.approx([0.4, 0.5, 0.6])}
    assert found["drawn"]["measured"] == {"half": pytest.approx(0.5)}
    assert series_of("exact", tmp_path / "lab")["x"].tolist() == [0, 1, 2]
    assert series_of("drawn", tmp_path / "lab") == {}
    assert (tmp_path / "lab/exact/figure-1.svg").read_text() == "<svg></svg>"


def test_running_again_replaces_only_what_was_run(own_claims: list[Claim], tmp_path: Path) -> None:
    run(own_claims, tmp_path)
    (tmp_path / "exact/mine.txt").write_text("")
    before = (tmp_path / "exact/result.json").stat().st_mtime_ns
    run(own_claims[1:], tmp_path, seeds=1)
    assert (tmp_path / "exact/result.json").stat().st_mtime_ns == before
    assert kept(tmp_path)["drawn"]["seeds"] == {"half": [0.4]}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drawn", "exact"]


def test_the_page_has_every_claim_in_both_languages(
    own_claims: list[Claim], tmp_path: Path
) -> None:
    run(own_claims, tmp_path)
    write_page(kept(tmp_path), tmp_path, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    for id in ("exact", "drawn"):
        assert page.count(f'id="{id}"') == 1
    assert page.count(SAYS.en) == page.count(SAYS.zh)
    assert "mean of 3 seeds, 0.4000 to 0.6000" in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_seeds_that_disagree_with_their_mean_are_told(
    own_claims: list[Claim], tmp_path: Path
) -> None:
    narrow = (near("half", 0.5, 0.05),)
    found = replace(own_claims[1], statements=(Statement(SAYS, narrow),))
    ledger.LEDGER["drawn"] = found
    run([found], tmp_path)
    (result,) = kept(tmp_path).values()
    assert result["verdict"] == "holds"
    assert result["statements"] == [
        {"says": SAYS.en, "true": True, "seeds": [False, True, False]},
    ]
    write_page(kept(tmp_path), tmp_path, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "of the seeds taken one by one in 1 of 3" in page
    assert "1 / 3 成立" in page


def test_what_cannot_be_run_or_read_is_said_in_one_line(
    own_claims: list[Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="--seeds is 0; give 1 or more"):
        run(own_claims, tmp_path, seeds=0)
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="file is a file; give a folder"):
        run(own_claims, tmp_path / "file")
    (tmp_path / "exact").mkdir()
    (tmp_path / "exact/result.json").write_text("{")
    with pytest.raises(BadInput, match="cannot be read; run kullback lab run exact"):
        kept(tmp_path)
    run(own_claims, tmp_path / "old")
    monkeypatch.setattr(experiment, "_function", lambda place: lambda series: [series["y"]])
    with pytest.raises(BadInput, match="of another version; run kullback lab run exact"):
        write_page(kept(tmp_path / "old"), tmp_path / "old", tmp_path / "page.html")
    with pytest.raises(BadInput, match=r"no claim has the id 'exacd'.*exact"):
        ledger.find("exacd")


def test_results_do_not_depend_on_how_many_run_at_once(tmp_path: Path) -> None:
    """Here in processes of their own, as a command runs them."""
    first, second = tmp_path / "first", tmp_path / "second"
    run(ledger.chosen(["C6"]), first)
    assert json.loads((first / "C6/result.json").read_text())["verdict"] == "holds"
    run(ledger.chosen(["C6", "C2"]), second)
    assert kept(first)["C6"]["measured"] == kept(second)["C6"]["measured"]
