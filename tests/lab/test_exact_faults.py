"""A fault planted in the library turns the entries red that stand on the faulty part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Categorical
from torch.nn.functional import softplus

from kullback.divergences import FULL, NON_SATURATING, WASSERSTEIN, Critic, Scored, duals, kl
from kullback.divergences.penalties import Points
from kullback.lab.exact import dirac
from kullback.lab.experiment import outcome
from kullback.lab.experiments import best_response
from kullback.lab.ledger import LEDGER
from kullback.objectives import Snapshot, Trace

honest_kl, honest_slope, honest_log_prob = (
    kl._finite_kl,
    Scored.squared_slope,
    Trace.log_prob,
)


class Itself(Snapshot):
    """A snapshot that is not a copy."""

    def __init__(self, source: nn.Module, every: int) -> None:
        super().__init__(source, every)
        self.module = source


def attached(critic: Critic, points: Points, unit: Tensor | float = 1.0) -> Scored:
    at = tuple(point if point.requires_grad else point.requires_grad_() for point in points)
    return Scored(at, critic(*at), unit)


def direction(q: Categorical, p: Categorical) -> Tensor | None:
    return honest_kl(p, q)


def axis(q: Categorical, p: Categorical) -> Tensor | None:
    found = honest_kl(q, p)
    return None if found is None else found / q.probs.shape[-1]


def finite(q: Categorical, p: Categorical) -> Tensor:
    return torch.where(q.probs * p.probs > 0, q.probs * (q.logits - p.logits), 0.0).sum(-1)


def unsquared(scored: Scored) -> Tensor:
    return honest_slope(scored).sqrt()


def without_a_slope(scored: Scored) -> Tensor:
    return honest_slope(scored).detach()


def halved(trace: Trace, name: str) -> Tensor:
    return honest_log_prob(trace, name) / 2


FAULTS: dict[str, tuple[object, str, Callable[..., Any], list[str]]] = {
    "sign of the logistic loss": (
        duals,
        "softplus",
        lambda t: softplus(-t),
        ["C5", "C9", "C11", "C12", "C15", "C16"],
    ),
    "sign of the non-saturating mover": (
        NON_SATURATING,
        "mover",
        lambda towards, away: softplus(towards).mean(),
        ["C11", "C12", "C15", "C16"],
    ),
    "sign of the Wasserstein critic": (
        WASSERSTEIN,
        "critic",
        lambda q, p: q.mean() - p.mean(),
        ["P-wgan-line"],
    ),
    "sign of the Wasserstein mover": (
        WASSERSTEIN,
        "mover",
        lambda towards, away: towards.mean(),
        ["P-wgan-line"],
    ),
    "axis: a mean for the sum in KL": (kl, "_finite_kl", axis, ["C1", "C2", "C5", "C71"]),
    "constant: bits for nats": (
        duals,
        "softplus",
        lambda t: softplus(t) / 0.6931,
        ["C5", "C12", "C16"],
    ),
    "constant: half of each log-density": (Trace, "log_prob", halved, ["C64"]),
    "constant: 0 for infinite in KL": (kl, "_finite_kl", finite, ["P-wgan-line"]),
    "constant: a term missing from the full mover": (
        FULL,
        "mover",
        NON_SATURATING.mover,
        ["B2-variational-gan"],
    ),
    "constant: a slope that is not squared": (Scored, "squared_slope", unsquared, ["C17"]),
    "direction of KL": (kl, "_finite_kl", direction, ["C1", "C2", "C5", "C12"]),
    "stop of gradient: samples that the critic's move can reach": (
        dirac,
        "score",
        attached,
        ["C17"],
    ),
    "stop of gradient: a penalty that nothing goes back through": (
        Scored,
        "squared_slope",
        without_a_slope,
        ["C17"],
    ),
    "stop of gradient: a snapshot that is the model itself": (
        best_response,
        "Snapshot",
        Itself,
        ["B2-variational-gan"],
    ),
}
"""A fault's owner and name, what stands in its place, and the claims that cover it."""


@contextmanager
def planted(owner: object, name: str, fault: object) -> Iterator[None]:
    """Duals are frozen, so that an ordinary patch is refused."""
    put = setattr if isinstance(owner, type) else object.__setattr__
    before = vars(owner)[name]
    put(owner, name, fault)
    try:
        yield
    finally:
        put(owner, name, before)


@cache
def soundly(id: str) -> Mapping[str, float]:
    return outcome(LEDGER[id]).measured


def test_faults_of_every_kind_are_planted() -> None:
    kinds = {"sign", "axis", "constant", "direction", "stop of gradient"}
    assert {kind for kind in kinds for fault in FAULTS if fault.startswith(kind)} == kinds
    assert len(FAULTS) >= 10


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_turns_its_entries_red(fault: str) -> None:
    owner, name, wrong, ids = FAULTS[fault]
    for id in ids:
        claim = LEDGER[id]
        right = soundly(id)
        with planted(owner, name, wrong):
            found = outcome(claim).measured
        sound = claim.verdict(found) == claim.verdict(right)
        corrected = claim.correction is None or claim.correction(found)
        assert not (sound and corrected), id
