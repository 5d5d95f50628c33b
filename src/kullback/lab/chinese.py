"""The page's small words in Chinese: what is measured, drawn, and written as a formula.

Sentences stand in both languages where they are made. Names of numbers, labels of drawings, and the
words between the symbols of a formula are English there, and ``chinese.json`` has the Chinese of
each; the ``{}`` of a name stands for a number in it. What is not in it is symbols alone, and stays.
"""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any

from kullback.lab.claim import Check, Claim, Statement

_FILE = Path(__file__).with_name("chinese.json")
_NUMBER = re.compile(r"(?<=_)-?\d+(?:\.\d+)?(?=_|$)")
_LABEL = re.compile(r"(<text[^>]*>)([^<]+)(</text>)")


@cache
def words() -> dict[str, Any]:
    """All that is in the file: names, labels, formulas and references by claim, and symbols."""
    found: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return found


def english(text: str) -> list[str]:
    """The English words of a line; names that are written alike in both languages are symbols."""
    return [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in words()["symbols"]]


def labels(svg: str) -> list[str]:
    """The texts of a drawing."""
    return [unescape(text) for _, text, _ in _LABEL.findall(svg)]


def name(measured: str) -> str:
    """The Chinese of a number's name."""
    names: dict[str, str] = words()["names"]
    if measured in names:
        return names[measured]
    pattern = names.get(_NUMBER.sub("{}", measured))
    return measured if pattern is None else pattern.format(*_NUMBER.findall(measured))


def formula(claim: Claim) -> str:
    """A claim's formula with Chinese words between its symbols."""
    found: str = words()["formulas"].get(claim.id, claim.formula)
    return found


def reference(claim: Claim) -> str:
    """Where a claim is from."""
    found: str = words()["references"].get(claim.id, claim.reference)
    return found


def rule(claim: Claim) -> str:
    """How a claim's verdict follows, as ``Claim.rule`` says it."""
    parts = [_checks(statement) for statement in claim.statements]
    if len(parts) == 1:
        return f"若 {parts[0]}，则成立，否则不成立"
    numbered = "；".join(f"（{i}）{part}" for i, part in enumerate(parts, 1))
    return f"全部满足为成立，部分满足为有保留，全不满足为不成立：{numbered}"


def drawn(svg: str) -> str:
    """A drawing with its labels in Chinese."""
    known: dict[str, str] = words()["labels"]

    def translate(found: re.Match[str]) -> str:
        label = unescape(found[2])
        return f"{found[1]}{escape(known.get(label, label), quote=False)}{found[3]}"

    return _LABEL.sub(translate, svg)


def _checks(statement: Statement) -> str:
    return " 且 ".join(map(_check, statement.checks))


def _check(check: Check) -> str:
    return str(check).replace(check.name, f"“{name(check.name)}”")
