"""What an experiment returns, and what becomes of several of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kullback.lab.claim import Claim, Words

Array = npt.NDArray[Any]
Series = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Outcome:
    """Numbers by name, which are judged, and the arrays that a figure draws."""

    measured: Mapping[str, float]
    series: Series = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """One drawing of a figure, an SVG, and what it shows."""

    svg: str
    says: Words


@dataclass(frozen=True, eq=False)
class Result:
    """A claim and its outcomes, one for each seed, or one of an exact experiment."""

    claim: Claim
    outcomes: Sequence[Outcome]
    seconds: float

    @property
    def measured(self) -> dict[str, float]:
        """Each number, mean over seeds."""
        names = self.outcomes[0].measured
        return {n: float(np.mean([each.measured[n] for each in self.outcomes])) for n in names}

    def to_json(self) -> dict[str, Any]:
        """Plain values: what is printed, and kept."""
        claim, measured = self.claim, self.measured
        # A correction's checks come last: what it says is what is expected.
        expected: dict[str, float | str] = {
            check.name: str(check) if check.expected is None else check.expected
            for check in claim.checks
        } | dict(claim.expected)
        return {
            "id": claim.id,
            "measured": measured,
            "expected": {name: expected.get(name) for name in measured},
            "source": claim.source,
            "rule": claim.rule,
            "verdict": claim.verdict(measured),
            "corrected": None if claim.correction is None else claim.correction(measured),
            "seeds": {
                name: [float(each.measured[name]) for each in self.outcomes] for name in measured
            }
            if claim.neural
            else {},
            "seconds": round(self.seconds, 2),
        }
