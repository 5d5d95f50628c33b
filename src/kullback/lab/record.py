"""The verdicts that came out when all claims were last run, kept with the library.

``record.json`` is written from a folder of results by `write_record`, never by hand; a claim that
was run here has the verdict of that run instead.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kullback.lab.laboratory import kept
from kullback.lab.ledger import LEDGER

RECORD = Path(__file__).with_name("record.json")


def recorded() -> dict[str, dict[str, Any]]:
    """Return what was recorded of each claim: measured figures, and the verdict."""
    found: dict[str, dict[str, Any]] = json.loads(RECORD.read_text("utf-8"))
    return found


def status(out: Path) -> dict[str, str]:
    """Return the verdict of each claim: of the results under ``out``, else as recorded."""
    measured = {id: each["measured"] for id, each in (recorded() | kept(out)).items()}
    return {id: LEDGER[id].verdict(each) for id, each in measured.items() if id in LEDGER}


def write_record(out: Path) -> None:
    """Record the results under ``out``; claims that are not there keep what was recorded."""
    results = recorded() | kept(out)
    found = {
        id: {"verdict": claim.verdict(results[id]["measured"]), "measured": results[id]["measured"]}
        for id, claim in LEDGER.items()
        if id in results
    }
    text = json.dumps(found, indent=1)
    RECORD.write_text(f"{text}\n", "utf-8")
