"""Every claim whose experiment trains: three seeds, and the verdict that was recorded."""

from __future__ import annotations

import pytest

from kullback.lab import chinese
from kullback.lab.claim import Claim
from kullback.lab.experiment import outcome, panels
from kullback.lab.laboratory import SEEDS
from kullback.lab.ledger import LEDGER
from kullback.lab.outcome import Result
from kullback.lab.record import recorded

NEURAL = [claim for claim in LEDGER.values() if claim.neural]


@pytest.mark.slow
@pytest.mark.parametrize("claim", NEURAL, ids=[claim.id for claim in NEURAL])
def test_a_trained_claim_comes_out_as_recorded(claim: Claim) -> None:
    found = Result(claim, [outcome(claim, seed) for seed in range(SEEDS)], 0.0)
    assert claim.verdict(found.measured) == recorded()[claim.id]["verdict"]
    assert claim.correction is None or claim.correction(found.measured)
    for each in panels(claim, found.outcomes[0].series):
        labels = chinese.labels(chinese.drawn(each.svg))
        assert not [text for text in labels if chinese.english(text)]
