"""All claims by id, in the order in which they are taught."""

from __future__ import annotations

from kullback.errors import BadInput
from kullback.lab.claim import CHAPTERS, Claim
from kullback.lab.claims import (
    autoencoders,
    divergences,
    exact_games,
    gan,
    joint,
    translation,
    variational,
    wasserstein,
)
from kullback.names import nearest

_TABLES = (
    divergences,
    autoencoders,
    variational,
    exact_games,
    gan,
    wasserstein,
    joint,
    translation,
)

LEDGER: dict[str, Claim] = {
    claim.id: claim
    for chapter in CHAPTERS
    for table in _TABLES
    for claim in table.CLAIMS
    if claim.chapter == chapter
}


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
