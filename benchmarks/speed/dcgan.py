"""``dcgan`` on 32×32×3 pictures: this project beside a DCGAN loop as one usually writes it."""

from __future__ import annotations

import numpy as np
from contest import Contender, contest, ratios
from figures import HEAD, line
from machine import has_bf16
from plan import Plan
from results import Ratio, Section, Table

PICTURES = (10_000, 32, 32, 3)
BATCH = 64
STEPS = 600
GOAL = 1.5
TIMED = f"""\
{PICTURES[0]:,} pictures of 32×32×3 uint8 noise, what they show being beside the point, in batches
of {BATCH}, {STEPS} steps. Ours is `kb.train("dcgan")` by its defaults, timed from the writing of
`recipe.json` to its return. The plain loop has the same networks, channels first, a `DataLoader`,
Adam as it comes, and reads both losses every step; it has no moving average and saves nothing.
Each takes 20 steps before its clock starts."""


def contenders(plan: Plan) -> list[Contender]:
    """Return who takes part."""
    steps = plan.few(STEPS, 2)
    rng = np.random.default_rng(0)
    rows = plan.rows("pictures", lambda: rng.integers(0, 256, PICTURES, dtype=np.uint8))
    every = {"data": rows, "batch_size": BATCH, "steps": steps, "threads": plan.threads}
    found = [
        Contender("fp32", "ours", {**every, "model": "dcgan"}),
        Contender("the plain loop", "plain_dcgan", every),
        Contender("peak", "gemm", {"threads": plan.threads, "steps": plan.few(20, 1)}),
    ]
    if has_bf16():
        found += [
            Contender("bf16", "ours", {**every, "model": "dcgan", "precision": "bf16"}),
            Contender("peak in bf16", "gemm", {**found[-1].arguments, "precision": "bf16"}),
        ]
    return found


def measure(plan: Plan) -> Section:
    """Hold the contest."""
    found = contest(contenders(plan), plan.rounds)
    flops = found["the plain loop"][0]["flops"]
    found_ratios, lines = [], []
    for name in [name for name in ("fp32", "bf16") if name in found]:
        values = ratios(found[name], found["the plain loop"])
        goal = GOAL if name == "bf16" else None
        found_ratios.append(Ratio(f"the plain loop, {name}", values, goal))
        peak = found["peak in bf16" if name == "bf16" else "peak"]
        lines.append(line(name, BATCH, found[name], flops, peak))
    lines.append(line("the plain loop", BATCH, found["the plain loop"], flops, found["peak"]))
    notes = [] if has_bf16() else ["This processor has no bfloat16 arithmetic: no bf16 line."]
    return Section("DCGAN 32×32×3", TIMED, found_ratios, [Table(HEAD, lines)], notes)
