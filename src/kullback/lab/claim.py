"""A claim of the theory, and the rule by which what is measured of it becomes a verdict.

A claim is one or several statements; a statement is one or several checks of measured numbers, all
of which must hold. Then

    holds        every statement is true
    qualified    some are true and some are not
    refuted      none is

so no verdict is written down by hand. A statement is a part of what the source says, never more, or
the split would decide. Where a claim is wrong as it is told, its ``correction`` is a
statement too, that is measured and must be true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Literal

Chapter = Literal["divergences", "autoencoders", "gan", "wasserstein", "joint", "two data sets"]
CHAPTERS: tuple[Chapter, ...] = (
    "divergences",
    "autoencoders",
    "gan",
    "wasserstein",
    "joint",
    "two data sets",
)
"""In the order in which they are taught."""

Verdict = Literal["holds", "qualified", "refuted"]
Source = Literal["proof", "closed form", "run", "expectation", "publication"]
"""Where an expected figure comes from; an expectation had never been run before."""

Measured = Mapping[str, float]


@dataclass(frozen=True)
class Words:
    """A sentence in English and in Chinese."""

    en: str
    zh: str


@dataclass(frozen=True)
class Check:
    """low ≤ measured[name] ≤ high; ``expected`` is the very number, where one is known."""

    name: str
    low: float = -inf
    high: float = inf
    expected: float | None = None

    def __call__(self, measured: Measured) -> bool:
        """Whether it is true of what was measured; a number that is not one passes no check."""
        return self.low <= measured[self.name] <= self.high

    def __str__(self) -> str:
        if self.low == -inf:
            return f"{self.name} ≤ {self.high:.6g}"
        if self.high == inf:
            return f"{self.name} ≥ {self.low:.6g}"
        return f"{self.low:.6g} ≤ {self.name} ≤ {self.high:.6g}"


def below(name: str, bound: float) -> Check:
    """A number is at most ``bound``."""
    return Check(name, high=bound)


def above(name: str, bound: float) -> Check:
    """A number is at least ``bound``."""
    return Check(name, low=bound)


def near(name: str, value: float, tolerance: float) -> Check:
    """A number is ``value``, to within ``tolerance``."""
    return Check(name, value - tolerance, value + tolerance, value)


@dataclass(frozen=True)
class Statement:
    """What is said, and the checks that are all true if it is true."""

    says: Words
    checks: tuple[Check, ...]

    def __call__(self, measured: Measured) -> bool:
        """Whether every check holds."""
        return all(check(measured) for check in self.checks)

    def __str__(self) -> str:
        return " and ".join(map(str, self.checks))


@dataclass(frozen=True)
class Claim:
    """A claim and its experiment.

    ``experiment`` is where its function lives, ``module:function`` within the room's experiments;
    it returns an ``Outcome``, and takes a seed if the claim is ``neural``: then what is measured is
    the mean over seeds, ``seeds`` of them at least. ``figure``, in the same form, draws the first
    outcome's series.
    ``expected`` are figures known beforehand beside those that checks name, and ``source`` is where
    they come from; where a measured one differs, both are shown.
    """

    id: str
    chapter: Chapter
    says: Words
    formula: str
    reference: str
    experiment: str
    statements: tuple[Statement, ...]
    correction: Statement | None = None
    expected: Mapping[str, float] = field(default_factory=dict)
    source: Source = "proof"
    neural: bool = False
    seeds: int = 1
    figure: str | None = None

    def verdict(self, measured: Measured) -> Verdict:
        """What the measured numbers make of it."""
        true = [statement(measured) for statement in self.statements]
        return "holds" if all(true) else "qualified" if any(true) else "refuted"

    @property
    def rule(self) -> str:
        """How the verdict follows, in one line."""
        if len(self.statements) == 1:
            return f"holds if {self.statements[0]}, else refuted"
        parts = "; ".join(f"({i}) {each}" for i, each in enumerate(self.statements, 1))
        return f"holds if all, qualified if some, refuted if none of: {parts}"

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check, those of the correction last."""
        parts = (*self.statements, *([] if self.correction is None else [self.correction]))
        return tuple(check for part in parts for check in part.checks)
