"""Kullback: generative models as two joint distributions and a divergence made small.

import kullback as kb

run = kb.train("vae", data="digits", out="runs/vae", steps=500)
images = run.sample(16, seed=0)
codes = run.encode(images)
value, error = run.log_likelihood(images)

run = kb.load("runs/vae")

found = kb.compare(["vae", "gan"], data="digits", out="runs/vae-or-gan", seeds=3, steps=500)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kullback.errors import BadInput, Interrupted, KullbackError, TrainingFailed, Unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import nn

    from kullback.comparison import Comparison
    from kullback.runs.run import Run

__version__ = "0.1.0"

__all__ = [
    "BadInput",
    "Interrupted",
    "KullbackError",
    "TrainingFailed",
    "Unsupported",
    "compare",
    "load",
    "train",
]


def train(
    model: str | None = None,
    *,
    data: object = None,
    out: str | Path,
    config: str | Path | None = None,
    resume: bool = False,
    stop_at: int | None = None,
    **options: Any,
) -> Run:
    """Train a model of the catalogue and return its run.

    ``data`` is a name, a path, an array, a tensor, a pair (x, y) or a torch ``Dataset``. Every
    option of the command ``kullback train`` is a keyword (``steps``, ``seed``, ``threads`` …), so
    is every setting of the model (``latent_dim``, ``lr`` …), and a network of one's own is given by
    its place (``encoder=``, ``decoder=``, ``generator=``, ``critic=``). Raises ``BadInput`` for
    what cannot be used, ``TrainingFailed`` for a loss that is not finite, ``Interrupted`` after a
    signal.
    """
    from pathlib import Path

    from kullback.runs.options import gather
    from kullback.runs.start import start

    given = {"model": model, "data": data, **options}
    gathered = gather(None if config is None else Path(config), (), given)
    return start(Path(out), gathered, resume=resume, stop_at=stop_at)


def load(folder: str | Path, **networks: nn.Module) -> Run:
    """Open a run folder; ``networks`` are those of one's own that it was trained with."""
    from kullback.runs.run import Run

    return Run(folder, **networks)


def compare(
    models: Sequence[str] = (),
    *,
    data: object = None,
    out: str | Path,
    source: object = None,
    paired: bool | None = None,
    seeds: int | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    threads: int | None = None,
    resume: bool = False,
    **settings: Any,
) -> Comparison:
    """Train models under the same conditions, ``seeds`` times each, and compare them.

    Each has ``steps`` rounds or ``minutes`` of training; ``settings`` reach the models that have
    them. The folder ``out`` gets a run folder for each model and seed, classical models beside
    them, and ``report.html``. A comparison that was stopped goes on when the same is asked again,
    or with ``resume``. Raises as ``train`` does, but for a run that fails: that is a result.
    """
    from pathlib import Path

    from kullback.comparison import Request
    from kullback.comparison import compare as conducted
    from kullback.report import write_comparison

    request = Request(
        [models] if isinstance(models, str) else list(models),
        data,
        source,
        paired,
        seeds,
        steps,
        minutes,
        threads,
        settings,
    )
    found = conducted(Path(out), request, resume)
    write_comparison(found, Path(out) / "report.html")
    return found
