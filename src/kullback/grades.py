"""How bad a finding is: ``ok``, ``warn`` or ``fail``, in this order."""

from __future__ import annotations

from typing import Literal

Grade = Literal["ok", "warn", "fail"]

SEVERITY: dict[str, int] = {"ok": 0, "warn": 1, "fail": 2}


def worst(*grades: Grade) -> Grade:
    """The worst of some grades."""
    return max(grades, key=SEVERITY.__getitem__)


def mildest(*grades: Grade) -> Grade:
    """The mildest of some grades."""
    return min(grades, key=SEVERITY.__getitem__)


def graded(value: float, warn: float, fail: float) -> Grade:
    """Grade a number against two bounds: large is bad where ``fail`` > ``warn``, else small is."""
    sign = 1 if fail >= warn else -1
    if sign * value >= sign * fail:
        return "fail"
    return "warn" if sign * value >= sign * warn else "ok"
