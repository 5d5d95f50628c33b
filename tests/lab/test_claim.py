from __future__ import annotations

import math

import pytest

from kullback.lab.claim import Check, Claim, Statement, Words, above, below, near

NOTHING = Words("", "")


def claim(*statements: Statement, correction: Statement | None = None) -> Claim:
    return Claim("X", "gan", NOTHING, "", "", "", statements, correction)


def says(*checks: Check) -> Statement:
    return Statement(NOTHING, checks)


@pytest.mark.parametrize(
    ("check", "inside", "outside"),
    [
        (below("a", 2), 2.0, 2.001),
        (above("a", 2), 2.0, 1.999),
        (near("a", 2, 0.1), 1.95, 1.85),
        (near("a", 2, 0.1), 2.05, 2.15),
        (Check("a", 1, 2), 1.5, math.nan),
    ],
)
def test_a_check_is_true_within_its_bounds(check: Check, inside: float, outside: float) -> None:
    assert check({"a": inside})
    assert not check({"a": outside})


def test_a_claim_holds_by_all_its_statements_and_is_qualified_by_some() -> None:
    two = claim(says(above("a", 0), below("b", 1)), says(above("c", 0)))
    assert two.verdict({"a": 1, "b": 0, "c": 1}) == "holds"
    assert two.verdict({"a": 1, "b": 2, "c": 1}) == "qualified"
    assert two.verdict({"a": 1, "b": 2, "c": -1}) == "refuted"
    assert claim(says(above("a", 0))).verdict({"a": math.nan}) == "refuted"


def test_the_rule_says_how_the_verdict_follows() -> None:
    one, two = says(above("a", 0), near("b", 2, 0.5)), says(below("c", 3))
    assert claim(one).rule == "holds if a ≥ 0 and 1.5 ≤ b ≤ 2.5, else refuted"
    assert claim(one, two).rule == (
        "holds if all, qualified if some, refuted if none of: (1) a ≥ 0 and 1.5 ≤ b ≤ 2.5; "
        "(2) c ≤ 3"
    )


def test_a_correction_has_no_say_in_the_verdict() -> None:
    wrong = claim(says(above("a", 0)), correction=says(below("a", 0)))
    assert wrong.verdict({"a": -1}) == "refuted"
    assert [check.name for check in wrong.checks] == ["a", "a"]
