"""Time to quality: seconds of training to the NLL that pythae's default VAE has after 10 epochs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from contest import Contender, contest
from plan import Plan, train_rows
from results import Ratio, Section, Table

DATA = "fashion-mnist-binary"
EPOCHS = 10
BATCH = 128
GOAL = 4.0
TRAIN_ROWS = 54_000
TIMED = f"""\
`{DATA}`: NLL in nats of 2,000 test rows by 200 importance samples. pythae is its VAE of 784-512-16
by its trainer's defaults but for its binary cross-entropy, Adam at 1e-3, batches of {BATCH} and
{EPOCHS} epochs, on 60,000 rows; its curve is one run, measured after each epoch, the clock stopped
meanwhile. Ours is `kb.train("vae", hidden=[512], latent_dim=16)`, otherwise by its defaults
{{chosen}}, on 54,000 rows, as it holds out the others to validate; its learning rate falls to 0 at
the horizon, so every point of its curve is a run of its own, of so many epochs, clocked from the
writing of `recipe.json` to the return. A seed's time is that of the soonest horizon that reaches
what pythae reaches, and its ratio 0 if none does; nothing is interpolated. The picture has a line
a seed."""

Curve = list[tuple[float, float]]


def contenders(plan: Plan, seed: int) -> list[Contender]:
    """Return who takes part with a seed: pythae, and ours at each horizon."""
    held_out = plan.held_out(DATA)
    train = plan.rows(DATA, lambda: train_rows(DATA))
    every = {"threads": plan.threads, "seed": seed, "held_out": held_out}
    theirs = {
        **every, "data": train, "batch_size": BATCH, "epochs": plan.few(EPOCHS, 1),
        "learning_rate": 1e-3,
    }  # fmt: skip
    ours = {**every, "model": "vae", "data": DATA, "hidden": [512], "latent_dim": 16}
    batch = plan.batch_size or BATCH
    return [
        Contender("pythae", "pythae_vae", theirs, "pythae"),
        *(
            Contender(
                f"ours, {epochs:g} epochs",
                "ours",
                {
                    **ours,
                    "steps": round(epochs * TRAIN_ROWS / batch),
                    "batch_size": plan.batch_size,
                },
            )
            for epochs in plan.horizons
        ),
    ]


def soonest(curve: Curve, target: float) -> float | None:
    """Return the least seconds at which a curve is at the target or below, if it ever is."""
    return min((seconds for seconds, nll in curve if nll <= target), default=None)


def measure(plan: Plan) -> Section:
    """Train with every seed, compare, and draw the curves."""
    ours: list[Curve] = []
    theirs: list[Curve] = []
    for seed in range(plan.seeds):
        found = contest(contenders(plan, seed), 1)
        theirs.append([(s, nll) for s, nll in found.pop("pythae")[0]["curve"]])
        ours.append([(each[0]["seconds"], each[0]["nll"]) for each in found.values()])
    lines, speedups, notes = [], [], []
    for seed, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        seconds, target = b[-1]
        reached = soonest(a, target)
        if reached is None:
            notes.append(f"Seed {seed}: no horizon that was tried reaches {target:.2f}.")
        speedups.append(0.0 if reached is None else seconds / reached)
        told = "–" if reached is None else f"{reached:.1f}"
        lines.append([str(seed), f"{target:.2f}", f"{seconds:.1f}", told])
    pictured = plan.kept / "time-to-quality.png"
    draw(ours, theirs, pictured)
    points = [
        [
            f"{epochs:g}",
            f"{median(c[i][0] for c in ours):.1f}",
            f"{median(c[i][1] for c in ours):.2f}",
        ]
        for i, epochs in enumerate(plan.horizons)
    ]
    chosen = f"(batches of {plan.batch_size or BATCH})"
    found_ratios = [Ratio("pythae, time to its NLL", speedups, GOAL)]
    tables = [
        Table(["seed", "pythae's NLL at the end", "after seconds", "ours, seconds to it"], lines),
        Table(["our horizon in epochs", "seconds (median)", "NLL (median)"], points),
    ]
    return Section(
        "Time to quality", TIMED.format(chosen=chosen), found_ratios, tables, notes, [pictured.name]
    )


def draw(ours: Sequence[Curve], theirs: Sequence[Curve], path: Path) -> None:
    """Draw NLL against seconds of training, a line a seed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    for curves, colour, name in ((theirs, "tab:orange", "pythae"), (ours, "tab:blue", "kullback")):
        for k, curve in enumerate(curves):
            seconds, nll = zip(*curve, strict=True)
            label = None if k else name
            axes.plot(seconds, nll, "o-", color=colour, markersize=3, linewidth=1, label=label)
    for curve in theirs:
        axes.axhline(curve[-1][1], color="tab:orange", linewidth=0.5, linestyle=":")
    axes.set_xscale("log")
    axes.set_xlabel("seconds of training")
    axes.set_ylabel("held-out NLL in nats")
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
