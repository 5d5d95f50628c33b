"""The Chinese side of the page: names, formulas, rules and labels."""

from __future__ import annotations

import pytest

from kullback.lab import chinese
from kullback.lab.claim import Claim
from kullback.lab.ledger import LEDGER
from kullback.lab.record import recorded


@pytest.mark.parametrize("claim", LEDGER.values(), ids=list(LEDGER))
def test_numbers_formulas_and_rules_are_in_chinese(claim: Claim) -> None:
    for measured in recorded()[claim.id]["measured"]:
        assert chinese.name(measured) != measured
    assert not chinese.english(chinese.formula(claim))
    assert not chinese.english(chinese.rule(claim))


def test_nothing_is_translated_that_is_not_there() -> None:
    assert {*chinese.words()["formulas"], *chinese.words()["references"]} <= {*LEDGER}


def test_a_number_in_a_name_stands_in_its_chinese() -> None:
    assert chinese.name("mean_at_0.001") == "π = 0.001 时的均值"
    assert chinese.name("distance_at_8_over_that_at_2") == "比例 8:1 的距离 / 2:1 的距离"


def test_labels_are_translated_and_other_texts_stay() -> None:
    svg = '<text x="1">step</text><text>0.5</text><text>a &lt; b</text>'
    found = chinese.drawn(svg)
    assert found == '<text x="1">步数</text><text>0.5</text><text>a &lt; b</text>'
    assert chinese.labels(found) == ["步数", "0.5", "a < b"]


def test_english_words_are_told_from_symbols() -> None:
    assert chinese.english("KL(data ‖ p) of the model, log q") == ["of", "the", "model"]
