"""Running a claim's experiment, and drawing what it found."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from kullback.lab.claim import Claim
from kullback.lab.outcome import Outcome, Panel, Series


def outcome(claim: Claim, seed: int = 0) -> Outcome:
    """Run a claim's experiment once; an exact one does not look at the seed."""
    function = _function(claim.experiment)
    found: Outcome = function(seed) if claim.neural else function()
    return found


def panels(claim: Claim, series: Series) -> list[Panel]:
    """Draw what was found, if the claim has a figure."""
    if claim.figure is None:
        return []
    found: list[Panel] = _function(claim.figure)(series)
    return found


def _function(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    function: Callable[..., Any] = getattr(
        importlib.import_module(f"kullback.lab.experiments.{module}"), name
    )
    return function
