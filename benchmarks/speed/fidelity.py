"""Distances of two sets of vectors: this project beside ``prdc`` and SciPy's ``sqrtm``."""

from __future__ import annotations

from functools import partial

import numpy as np
from contest import Contender, Found, contest, middle, ratios
from plan import Plan
from results import Ratio, Section, Table

ROWS = 10_000
SHAPES = {"manifold": 64, "frechet": 2048}
GOALS = {"manifold": 5.0, "frechet": 6.0}
MEMORY_GOAL = 10.0
SAYS = {"manifold": "precision, recall, density, coverage", "frechet": "Fréchet distance"}
USUAL = {"manifold": "prdc", "frechet": "sqrtm"}
TIMED = f"""\
{ROWS:,} normal vectors against {ROWS:,}, in float64. Ours are `manifold` (64 numbers each, k = 5)
and `frechet` (2,048 each, its standard error included) of `kullback.evaluation`, beside
`prdc.compute_prdc` and ‖μ₁ − μ₂‖² + tr(S₁ + S₂ − 2 sqrtm(S₁S₂)) in SciPy. Each in a process of its
own; memory is what the peak of resident memory rises by (VmHWM), the vectors not counted."""


def measure(plan: Plan) -> Section:
    """Hold both contests; what is computed has to agree."""
    found_ratios, lines = [], []
    kernels: set[str] = set()
    for what, width in SHAPES.items():
        shape = (plan.few(ROWS, 200), plan.few(width, 20))
        size = "x".join(map(str, shape))
        files = {
            name: plan.rows(f"{name}-{size}", partial(_normal, seed, shape))
            for seed, name in enumerate(("samples", "real"))
        }
        given = {"what": what, "threads": plan.threads, **files}
        who = [
            Contender("ours", "our_fidelity", given),
            Contender(USUAL[what], "usual_fidelity", given, "prdc"),
        ]
        found = contest(who, plan.rounds)
        ours, theirs = found["ours"], found[USUAL[what]]
        np.testing.assert_allclose(ours[0]["values"], theirs[0]["values"], rtol=1e-3)
        kernels.update(*(each["kernels"] for each in theirs))
        name = f"{USUAL[what]}, {SAYS[what]}"
        found_ratios.append(Ratio(name, ratios(ours, theirs), GOALS[what]))
        if what == "manifold":
            less = [b["memory"] / a["memory"] for a, b in zip(ours, theirs, strict=True)]
            found_ratios.append(Ratio(f"{USUAL[what]}, memory", less, MEMORY_GOAL))
        lines += [_line(SAYS[what], name, each) for name, each in found.items()]
    table = Table(["what", "who", "seconds", "memory in MiB", "with imports and vectors"], lines)
    notes = [f"NumPy and SciPy multiplied with the kernels for {', '.join(sorted(kernels))}."]
    title = "Precision, recall, density, coverage; Fréchet"
    return Section(title, TIMED, found_ratios, [table], notes)


def _normal(seed: int, shape: tuple[int, int]) -> np.ndarray:
    """Vectors whose laws differ a little from seed to seed."""
    return np.random.default_rng(seed).normal(0.1 * seed, 1, shape)


def _line(what: str, who: str, found: list[Found]) -> list[str]:
    seconds = middle(found, "seconds")
    memory = [f"{middle(found, name):,.0f}" for name in ("memory", "peak")]
    return [what, who, f"{seconds:.2f}", *memory]
