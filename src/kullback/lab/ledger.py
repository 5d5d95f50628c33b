"""All claims by id, in the order in which they are taught."""

from __future__ import annotations

from kullback.errors import BadInput
from kullback.lab.claim import Claim
from kullback.lab.claims import (
    aggregate,
    answers,
    autoencoders,
    best_critic,
    clipping,
    code_noise,
    conditions,
    coverage,
    divergences,
    gaussian_codes,
    generators,
    gradient_penalty,
    joint,
    likelihoods,
    supports,
    variant_one,
    variant_two,
    wasserstein,
)
from kullback.names import nearest

_TABLES = (
    divergences,
    autoencoders,
    gaussian_codes,
    code_noise,
    aggregate,
    conditions,
    likelihoods,
    best_critic,
    supports,
    answers,
    generators,
    coverage,
    wasserstein,
    clipping,
    gradient_penalty,
    joint,
    variant_one,
    variant_two,
)
"""In the order in which they are taught."""

LEDGER: dict[str, Claim] = {claim.id: claim for table in _TABLES for claim in table.CLAIMS}


def find(id: str) -> Claim:
    """Return the claim of that id; an unknown one raises ``BadInput`` with the nearest."""
    if id not in LEDGER:
        raise BadInput(f"no claim has the id {id!r}{nearest(id, LEDGER)}; see kullback lab list")
    return LEDGER[id]


def chosen(ids: list[str]) -> list[Claim]:
    """Return the claims of these ids, each once, in the ledger's order; ``all`` are all."""
    if "all" in ids:
        return list(LEDGER.values())
    wanted = {find(id).id for id in ids}
    return [claim for claim in LEDGER.values() if claim.id in wanted]
