"""What a verdict is: a disease's name, how sure one is of it, on what grounds, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kullback.evaluation.metric import plain

Grade = Literal["ok", "warn", "fail"]
Disease = Literal[
    "mode-collapse",
    "mode-dropping",
    "posterior-collapse",
    "no-noise",
    "saturated-critic",
    "vanishing-generator",
    "polarised-weights",
    "exploding-penalty",
    "overfitted-critic",
    "memorisation",
    "blur",
    "divergence",
    "under-training",
    "wrong-likelihood",
    "wrong-data",
]


@dataclass(frozen=True)
class Verdict:
    """One disease, looked for.

    ``text`` says in one sentence what was found; ``figures`` are the numbers it was found by, and
    ``thresholds`` the bounds they were held against, under the same names. ``shown`` names the
    picture or curve in which a person sees it ("samples", "closest pairs", "curve critic/x", …).
    ``remedy`` is what to try, with the very setting, empty where there is nothing to cure.
    """

    id: Disease
    verdict: Grade
    text: str
    figures: Mapping[str, float | None] = field(default_factory=dict)
    thresholds: Mapping[str, float | None] = field(default_factory=dict)
    shown: str | None = None
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values under the keys id, verdict, evidence and remedy.

        A figure that is not finite is ``None``: JSON has no such number.
        """
        return {
            "id": self.id,
            "verdict": self.verdict,
            "evidence": {
                "text": self.text,
                "figures": plain(self.figures, "figures", []),
                "thresholds": plain(self.thresholds, "thresholds", []),
                "shown": self.shown,
            },
            "remedy": self.remedy,
        }


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
