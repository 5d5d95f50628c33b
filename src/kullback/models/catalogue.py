"""The catalogue: one visible table of everything that can be trained.

It imports neither torch nor the models, so that it can be listed, and a recipe checked and written,
at once.
"""

from __future__ import annotations

from kullback.errors import BadInput
from kullback.models.entry import Entry
from kullback.models.tables import (
    adversarial,
    autoencoders,
    between,
    instance_noise,
    sequences,
    translation,
)
from kullback.names import nearest

CATALOGUE: dict[str, Entry] = {
    entry.name: entry
    for table in (autoencoders, adversarial, instance_noise, between, sequences, translation)
    for entry in table.ENTRIES
}


def find(name: str) -> Entry:
    """Return the entry of that name; an unknown one raises ``BadInput`` with the nearest."""
    if name not in CATALOGUE:
        raise BadInput(f"no model is called {name!r}{nearest(name, CATALOGUE)}")
    return CATALOGUE[name]
