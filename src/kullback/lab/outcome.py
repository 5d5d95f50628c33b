"""What an experiment returns, and what becomes of several of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kullback.lab.claim import Claim, Statement, Words

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

    @property
    def seeds(self) -> dict[str, list[float]]:
        """Each number of every seed; of an exact experiment, which has none, nothing."""
        if not self.claim.neural:
            return {}
        return {n: [float(each.measured[n]) for each in self.outcomes] for n in self.measured}

    def to_json(self) -> dict[str, Any]:
        """Plain values: what is printed, and kept."""
        claim, measured, seeds = self.claim, self.measured, self.seeds
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
            "statements": [
                {"says": each.says.en, "true": each(measured), "seeds": by_seed(each, seeds)}
                for each in claim.statements
            ],
            "corrected": None if claim.correction is None else claim.correction(measured),
            "seeds": seeds,
            "seconds": round(self.seconds, 2),
        }


def by_seed(statement: Statement, seeds: Mapping[str, Sequence[float]]) -> list[bool]:
    """Whether a statement is true of each seed's own numbers; the verdict is of their means."""
    return [
        statement(dict(zip(seeds, each, strict=True))) for each in zip(*seeds.values(), strict=True)
    ]


def disagree(true: bool, each: Sequence[bool]) -> bool:
    """Whether some seed's own numbers say otherwise than the means of all."""
    return any(alone != true for alone in each)
