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

from kullback.lab.claim import Check, Claim, Statement

_FILE = Path(__file__).with_name("chinese.json")
_NUMBER = re.compile(r"(?<=_)-?\d+(?:\.\d+)?(?=_|$)")
_LABEL = re.compile(r"(<text[^>]*>)([^<]+)(</text>)")


@cache
def words() -> dict[str, dict[str, str]]:
    """All that is in the file: names, labels, and formulas and references by claim."""
    found: dict[str, dict[str, str]] = json.loads(_FILE.read_text("utf-8"))
    return found


def name(measured: str) -> str:
    """The Chinese of a number's name."""
    names = words()["names"]
    if measured in names:
        return names[measured]
    pattern = names.get(_NUMBER.sub("{}", measured))
    return measured if pattern is None else pattern.format(*_NUMBER.findall(measured))


def formula(claim: Claim) -> str:
    """A claim's formula with Chinese words between its symbols."""
    return words()["formulas"].get(claim.id, claim.formula)


def reference(claim: Claim) -> str:
    """Where a claim is from."""
    return words()["references"].get(claim.id, claim.reference)


def rule(claim: Claim) -> str:
    """How a claim's verdict follows, as ``Claim.rule`` says it."""
    parts = [_checks(statement) for statement in claim.statements]
    if len(parts) == 1:
        return f"若 {parts[0]}，则成立，否则不成立"
    numbered = "；".join(f"（{i}）{part}" for i, part in enumerate(parts, 1))
    return f"全部满足为成立，部分满足为有保留，全不满足为不成立：{numbered}"


def drawn(svg: str) -> str:
    """A drawing with its labels in Chinese."""
    labels = words()["labels"]

    def translate(found: re.Match[str]) -> str:
        label = unescape(found[2])
        return f"{found[1]}{escape(labels.get(label, label), quote=False)}{found[3]}"

    return _LABEL.sub(translate, svg)


def _checks(statement: Statement) -> str:
    return " 且 ".join(map(_check, statement.checks))


def _check(check: Check) -> str:
    return str(check).replace(check.name, f"“{name(check.name)}”")
