"""``gan`` and ``wgan-gp`` on eight Gaussians: this project, compiled or not, and bare loops."""

from __future__ import annotations

from collections.abc import Mapping

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
moving average, which only trains, {ROUNDS_OF_BARE:,} rounds, each as long as the last. Either plays
20 rounds before its clock starts."""
JAX = """\
The time to compile is told apart. JAX is a `lax.scan` of 100 rounds, compiled whole, of the same
networks, penalties, moves, Adam and moving average; it too only trains."""


def measure(plan: Plan) -> Section:
    """Ours, beside the bare eager loop."""
    goals = dict.fromkeys(MODELS, EAGER_GOAL)
    return _against(plan, "The GANs of eight Gaussians", "ours", "the bare loop", goals)


def measure_jax(plan: Plan) -> Section:
    """Ours compiled, beside a JAX scan."""
    return _against(plan, "The same GANs beside JAX", "ours, compiled", "the JAX scan", JAX_GOALS)


def contenders(plan: Plan, model: str, ours: str, other: str) -> list[Contender]:
    """Return who takes part in a model's contest."""
    steps = plan.few(ROUNDS[model], 20)
    every = {"model": model, "batch_size": BATCH, "steps": steps, "threads": plan.threads}
    rows = {"data": plan.rows("ring", lambda: train_rows("ring"))}
    compiled = "on" if ours == "ours, compiled" else "off"
    short = {**every, **rows, "steps": min(steps, ROUNDS_OF_BARE)}
    found = [
        Contender(ours, "ours", {**every, "data": "ring", "compile": compiled}),
        Contender("the bare loop", "bare_gan", short),
    ]
    if other == "the JAX scan":
        found.append(Contender(other, "jax_gan", {**every, **rows}, "jax"))
    found.append(Contender("peak", "gemm", {"threads": plan.threads, "steps": plan.few(20, 1)}))
    return found


def _against(plan: Plan, title: str, ours: str, other: str, goals: Mapping[str, float]) -> Section:
    found_ratios, lines = [], []
    for model in MODELS:
        found = contest(contenders(plan, model, ours, other), plan.rounds)
        flops = found["the bare loop"][0]["flops"]
        values = ratios(found[ours], found[other])
        found_ratios.append(Ratio(f"{other}, {model}: {ours}", values, goals[model]))
        who = dict.fromkeys([ours, "the bare loop", other])
        lines += [line(f"{model}: {n}", BATCH, found[n], flops, found["peak"]) for n in who]
    timed = OURS + (JAX if other == "the JAX scan" else BARE)
    return Section(title, timed, found_ratios, [Table(HEAD, lines)])
