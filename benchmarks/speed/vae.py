"""VAE 784-512-16 on 60,000 × 784 bits: this project, pythae's trainer, and a bare loop."""

from __future__ import annotations

from contest import Contender, contest, ratios
from figures import HEAD, line
from machine import has_bf16
from plan import Plan, train_rows
from results import Ratio, Section, Table

DATA = "fashion-mnist-binary"
BATCHES = (64, 128, 512)
EPOCHS = {64: 5, 128: 10, 512: 10}
EPOCHS_OF_OTHERS = 3
GOALS = {
    ("fp32", "pythae", 64): 1.4,
    ("fp32", "pythae", 128): None,
    ("fp32", "pythae", 512): 1.25,
    ("bf16", "pythae", 64): 1.9,
    ("bf16", "pythae", 128): None,
    ("bf16", "pythae", 512): 2.2,
    ("bf16, compiled", "pythae", 64): 2.1,
    ("bf16, compiled", "pythae", 128): None,
    ("bf16, compiled", "pythae", 512): 2.3,
    **{("fp32", "the bare loop", size): 0.95 for size in BATCHES},
}
TIMED = f"""\
Rows are `{DATA}`, statically binarised Fashion-MNIST. The networks are 784-512-16-512-784 in all.
Ours is `kb.train("vae", hidden=[512], latent_dim=16)`, otherwise by its defaults, of as many steps
as {EPOCHS[64]} times 60,000 rows take at batch 64 and {EPOCHS[512]} times at the others (it trains
on 54,000 of them and validates on the rest), timed from the writing of `recipe.json` to its return:
building the model, training, 200 reports, 20 validations and checkpoints, 5 previews, the saved
model. pythae is `trainer.train()` with its defaults and its binary cross-entropy,
{EPOCHS_OF_OTHERS} epochs, each as long as the last: rows as floats, a `DataLoader`, a log line an
epoch, the saved model. The bare loop, as many steps, only trains: resident rows, `index_select`,
fused Adam, nothing read back. Each takes 20 steps before its clock starts."""


def contenders(plan: Plan, batch_size: int) -> list[Contender]:
    """Return who takes part at a batch size."""
    steps = plan.few(EPOCHS[batch_size] * 60_000 // batch_size, 10)
    fewer = plan.few(EPOCHS_OF_OTHERS * 60_000 // batch_size, 10)
    train = plan.rows(DATA, lambda: train_rows(DATA))
    every = {"batch_size": batch_size, "threads": plan.threads}
    ours = {
        **every, "model": "vae", "data": DATA, "steps": steps, "hidden": [512], "latent_dim": 16
    }  # fmt: skip
    found = [
        Contender("fp32", "ours", ours),
        Contender("pythae", "pythae_vae", {**every, "data": train, "steps": fewer}, "pythae"),
        Contender("the bare loop", "bare_vae", {**every, "data": train, "steps": fewer}),
        Contender("peak", "gemm", {"threads": plan.threads, "steps": plan.few(20, 1)}),
    ]
    if has_bf16():
        half = {**ours, "precision": "bf16"}
        found += [
            Contender("bf16", "ours", half),
            Contender("bf16, compiled", "ours", {**half, "compile": "on"}),
            Contender("peak in bf16", "gemm", {**found[-1].arguments, "precision": "bf16"}),
        ]
    return found


def measure(plan: Plan) -> Section:
    """Hold the contest at each batch size."""
    found_ratios, lines, notes = [], [], []
    for size in BATCHES[: plan.few(len(BATCHES), 1)]:
        found = contest(contenders(plan, size), plan.rounds)
        ours = [name for name in ("fp32", "bf16", "bf16, compiled") if name in found]
        for (name, other, at), goal in GOALS.items():
            if at == size and name in found:
                values = ratios(found[name], found[other])
                found_ratios.append(Ratio(f"{other}, batch {size}, {name}", values, goal))
        flops = found["the bare loop"][0]["flops"]
        for who in (*ours, "pythae", "the bare loop"):
            peak = found["peak in bf16" if who.startswith("bf16") else "peak"]
            lines.append(line(who, size, found[who], flops, peak))
    if not has_bf16():
        notes.append(
            "This processor has no bfloat16 arithmetic (avx512_bf16, amx_bf16): there are no bf16 "
            "lines."
        )
    return Section("VAE", TIMED, found_ratios, [Table(HEAD, lines)], notes)
