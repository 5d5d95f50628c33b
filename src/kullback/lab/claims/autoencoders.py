"""Claims about autoencoders."""

from __future__ import annotations

from kullback.lab.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
