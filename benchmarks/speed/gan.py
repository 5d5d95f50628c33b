"""``gan`` and ``wgan-gp`` on eight Gaussians: this project, compiled or not, and bare loops."""

from __future__ import annotations

from collections.abc import Sequence

from contest import Contender, contest, ratios
from figures import HEAD, line
from plan import Plan, train_rows
from results import Ratio, Section, Table

MODELS = ("gan", "wgan-gp")
ROUNDS = {"gan": 6000, "wgan-gp": 3000}
ROUNDS_OF_BARE = 1000
BATCH = 512
EAGER_GOAL = 0.9
JAX_GOALS = {"gan": 1.0, "wgan-gp": 0.85}
OURS = f"""\
Points are `ring`, batches of {BATCH}. Ours is `kb.train("gan")` and `kb.train("wgan-gp")` by their
defaults, {ROUNDS["gan"]:,} and {ROUNDS["wgan-gp"]:,} rounds, timed from the writing of
`recipe.json` to its return: building the model, training, 200 reports, 20 checkpoints, 5 previews,
the saved model. """
BARE = f"""\
The bare loop is a hand-tuned eager one of the same networks, penalties, moves, Adam (fused) and
moving average, which only trains, {ROUNDS_OF_BARE:,} rounds, each as long as the last."""
JAX = """\
The time to compile is told apart. JAX is a `lax.scan` of 100 rounds, compiled whole, of the same
networks, penalties, moves, Adam and moving average; it too only trains."""


def measure(plan: Plan) -> Section:
    """Ours, beside the bare eager loop."""
    return _against(plan, "The GANs of eight Gaussians", ("ours",), "the bare loop")


def measure_jax(plan: Plan) -> Section:
    """Ours compiled, beside a JAX scan."""
    return _against(plan, "The same GANs beside JAX", ("ours, compiled",), "the JAX scan")


def contenders(plan: Plan, model: str, ours: Sequence[str], other: str) -> list[Contender]:
    """Return who takes part in a model's contest."""
    steps = plan.few(ROUNDS[model], 20)
    every = {"model": model, "batch_size": BATCH, "steps": steps, "threads": plan.threads}
    rows = {"data": plan.rows("ring", lambda: train_rows("ring"))}
    switch = {"ours": "off", "ours, compiled": "on"}
    found = [
        Contender(name, "ours", {**every, "data": "ring", "compile": switch[name]}) for name in ours
    ]
    short = {**every, **rows, "steps": min(steps, ROUNDS_OF_BARE)}
    found.append(Contender("the bare loop", "bare_gan", short))
    if other == "the JAX scan":
        found.append(Contender(other, "jax_gan", {**every, **rows}, "jax"))
    found.append(Contender("peak", "gemm", {"threads": plan.threads, "steps": plan.few(20, 1)}))
    return found


def _against(plan: Plan, title: str, ours: Sequence[str], other: str) -> Section:
    found_ratios, lines = [], []
    for model in MODELS:
        found = contest(contenders(plan, model, ours, other), plan.rounds)
        flops = found["the bare loop"][0]["flops"]
        for name in ours:
            goal = {"the JAX scan": JAX_GOALS[model]}.get(other, EAGER_GOAL)
            eager = name == "ours" or other == "the JAX scan"
            values = ratios(found[name], found[other])
            found_ratios.append(Ratio(f"{other}, {model}: {name}", values, goal if eager else None))
        who = dict.fromkeys([*ours, "the bare loop", other])
        lines += [line(f"{model}: {n}", BATCH, found[n], flops, found["peak"]) for n in who]
    timed = OURS + (JAX if other == "the JAX scan" else BARE)
    return Section(title, timed, found_ratios, [Table(HEAD, lines)])
