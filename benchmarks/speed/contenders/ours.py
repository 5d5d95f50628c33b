"""This project through its public face: ``kb.train``, its logging and checkpoints included.

The clock runs from the writing of ``recipe.json``, when the data have been read and torch has been
imported, to the return of ``kb.train``. In between the model is built and trained, 200 reports and
20 validations and checkpoints are written, 5 previews drawn, and the model saved.

The time to compile is told apart: it is what the first report came later than at the rate of all
the others,

    compiling = s₁ − k₁ (s − s₁)/(k − k₁),   (k₁, s₁) step and seconds of the first line of
                                             metrics.jsonl, (k, s) of the last.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contender import WARM_UP, answer

import kullback as kb

DRAWS = 200


def measure(
    model: str, data: str, steps: int, compile: str = "off", held_out: str = "", **options: Any
) -> dict[str, Any]:
    """Train once to warm up, eagerly, and once by the clock; ``options`` are those of ``kb.train``.

    With ``held_out``, a file of rows, their NLL by 200 importance samples follows.
    """
    with TemporaryDirectory() as folder:
        warm_up, out = Path(folder) / "warm-up", Path(folder) / "run"
        kb.train(model, data=data, out=warm_up, steps=min(WARM_UP, steps), **options)
        run = kb.train(model, data=data, out=out, steps=steps, compile=compile, **options)
        seconds = time.time() - (out / "recipe.json").stat().st_mtime
        found: dict[str, Any] = {"seconds": seconds, "steps": steps}
        if compile == "on":
            found["compiling"] = _compiling(out / "metrics.jsonl")
            found["seconds"] -= found["compiling"]
        if held_out:
            import numpy as np

            value, _ = run.log_likelihood(np.load(held_out), samples=DRAWS)
            found["nll"] = -float(value.mean())
    return found


def _compiling(metrics: Path) -> float:
    lines = [json.loads(line) for line in metrics.read_text("utf-8").splitlines()]
    first, last = lines[0], lines[-1]
    rate = (last["seconds"] - first["seconds"]) / (last["step"] - first["step"])
    return float(first["seconds"] - first["step"] * rate)


if __name__ == "__main__":
    answer(measure)
