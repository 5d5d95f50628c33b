"""Runs of a benchmark: trained where they are not yet, gone on with where they were stopped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import kullback as kb
from kullback.runs.run import Run


def trained(model: str, out: Path, **options: Any) -> Run:
    """Return the run in ``out``, trained to its end; ``options`` as for ``kullback train``."""
    if (out / "recipe.json").is_file():
        return kb.train(out=out, resume=True)
    print(f"{out} begins", file=sys.stderr, flush=True)
    return kb.train(model, out=out, **options)
