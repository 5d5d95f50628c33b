"""What a verdict is: a disease's name, how sure one is of it, on what grounds, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kullback.evaluation.metric import plain
from kullback.grades import Grade

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
