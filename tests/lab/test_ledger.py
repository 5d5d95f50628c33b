"""Every exact claim, run; and all of them, as tables."""

from __future__ import annotations

import pytest

from kullback.lab import chinese
from kullback.lab.claim import CHAPTERS, Claim
from kullback.lab.experiment import outcome, panels
from kullback.lab.ledger import LEDGER
from kullback.lab.outcome import Result
from kullback.lab.record import recorded

EXACT = [claim for claim in LEDGER.values() if not claim.neural]


@pytest.mark.parametrize("claim", EXACT, ids=[claim.id for claim in EXACT])
def test_an_exact_claim_comes_out_as_recorded(claim: Claim) -> None:
    found = outcome(claim)
    result = Result(claim, [found], 0.0)
    was = recorded()[claim.id]
    assert result.measured == pytest.approx(was["measured"], rel=1e-3, abs=1e-6)
    assert claim.verdict(result.measured) == was["verdict"]
    assert claim.correction is None or claim.correction(result.measured)
    if claim.figure is not None:
        drawn = panels(claim, found.series)
        assert drawn
        for each in drawn:
            labels = chinese.labels(chinese.drawn(each.svg))
            assert not [text for text in labels if chinese.english(text)]


@pytest.mark.parametrize("claim", LEDGER.values(), ids=list(LEDGER))
def test_a_claim_says_everything_in_both_languages(claim: Claim) -> None:
    says = [claim.says, *(statement.says for statement in claim.statements)]
    if claim.correction is not None:
        says.append(claim.correction.says)
    for words in says:
        assert words.en.endswith((".", "?"))
        assert words.zh.endswith(("。", "？"))
    assert claim.chapter in CHAPTERS
    assert claim.statements
    assert claim.formula
    assert claim.reference
    assert recorded()[claim.id]["verdict"] in ("holds", "qualified", "refuted")


def test_claims_stand_in_the_order_of_their_chapters() -> None:
    chapters = [CHAPTERS.index(claim.chapter) for claim in LEDGER.values()]
    assert chapters == sorted(chapters)


def test_verdicts_recorded_follow_from_the_figures_recorded() -> None:
    was = recorded()
    assert set(was) == set(LEDGER)
    for id, claim in LEDGER.items():
        assert claim.verdict(was[id]["measured"]) == was[id]["verdict"]
