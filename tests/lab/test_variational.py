"""A fault in what an exact claim is about turns the claim's verdict, or its correction."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from kullback import divergences
from kullback.distributions import Noise
from kullback.distributions import draw as right_draw
from kullback.evaluation import points
from kullback.lab.experiment import outcome
from kullback.lab.experiments import shapes
from kullback.lab.ledger import LEDGER
from kullback.lab.outcome import Outcome
from kullback.networks import Pooled
from kullback.objectives import densities, joint


@cache
def right(id: str) -> Outcome:
    return outcome(LEDGER[id])


def told(id: str, found: Outcome) -> tuple[str, bool | None]:
    claim = LEDGER[id]
    corrected = None if claim.correction is None else claim.correction(found.measured)
    return claim.verdict(found.measured), corrected


def test_a_draw_without_a_path_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def detached(law: Distribution, noise: Noise, shape: tuple[int, ...] = ()) -> Tensor:
        return right_draw(law, noise, shape).detach()

    assert told("C57", right("C57")) == ("qualified", True)
    monkeypatch.setattr(joint, "draw", detached)
    measured = outcome(LEDGER["C57"]).measured
    assert not LEDGER["C57"].statements[1](measured)


def test_a_kl_of_the_wrong_direction_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def reversed_kl(q: Distribution, p: Distribution) -> Tensor | None:
        return divergences.closed_form_kl(p, q)

    assert told("C58", right("C58")) == ("qualified", True)
    assert told("C66", right("C66")) == ("qualified", True)
    monkeypatch.setattr(shapes, "closed_form_kl", reversed_kl)
    monkeypatch.setattr(densities, "closed_form_kl", reversed_kl)
    assert told("C58", outcome(LEDGER["C58"]))[1] is False
    assert told("C66", outcome(LEDGER["C66"]))[1] is False


def test_a_kl_with_the_deviation_in_the_variances_place_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def wrong(q: Distribution, p: Distribution) -> Tensor | None:
        each = q.base_dist  # type: ignore[attr-defined]
        assert isinstance(each, Normal)
        return 0.5 * (each.loc**2 + each.scale - each.scale.log() - 1).sum(-1)

    monkeypatch.setattr(densities, "closed_form_kl", wrong)
    assert told("C66", outcome(LEDGER["C66"]))[1] is False


def test_pooling_over_padding_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pooled = Pooled.forward

    def everywhere(self: Pooled, x: Tensor, mask: Tensor) -> Tensor:
        return pooled(self, x, torch.ones_like(mask))

    assert told("C73", right("C73")) == ("holds", None)
    monkeypatch.setattr(Pooled, "forward", everywhere)
    assert told("C73", outcome(LEDGER["C73"]))[0] == "qualified"


def test_another_radius_of_good_samples_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told("B2-modes", right("B2-modes")) == ("refuted", True)
    monkeypatch.setattr(points, "RADIUS", 2.5)
    assert told("B2-modes", outcome(LEDGER["B2-modes"]))[1] is False
