"""The doctor's visit to a run: evidence from its folder, and what the verdicts make of it.

    codes      q(z|x) of held-out rows and of training rows, by the model that sampling uses
    critics    each game's critic as training left it, asked again (`kullback.evaluation.critics`)
    curves     the lines of metrics.jsonl, beside the recipe's horizon and the model's own default

The checkpoint is read into networks of its own and nothing is trained. Nothing in the folder
changes, and all draws come from seeds, so that the same run gets the same verdicts. A training that
broke has no model, and perhaps no checkpoint: then its curves speak alone.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.distributions import Distribution, Independent, Normal

from kullback.data.sequences import parted
from kullback.data.values import Array
from kullback.distributions import Noise, Rescaled
from kullback.divergences import coordinate_kl
from kullback.evaluation.critics import Answers, ask
from kullback.evaluation.energy import share_of_mean
from kullback.evaluation.latent import (
    active_units,
    label_probe,
    linear_rate,
    moment_gap,
    noise_ratio,
)
from kullback.evaluation.metric import Metric
from kullback.evaluation.probe import prior_c2st
from kullback.evaluation.verdicts import Verdict
from kullback.evaluation.verdicts import codes as of_codes
from kullback.evaluation.verdicts import curves as of_curves
from kullback.evaluation.verdicts import game as of_games
from kullback.grades import SEVERITY
from kullback.models.model import Model
from kullback.objectives import Batch, Factor, Game, Trace
from kullback.runs.begin import begin
from kullback.runs.columns import columns
from kullback.runs.making import make, usual
from kullback.training import Horizon, Training

if TYPE_CHECKING:
    from kullback.runs.run import Run

ROWS = 1000
VALUES = 16_000_000
"""Rows of large observations are fewer: so many values of x in all."""

_FEWEST = 10
_SEED = 4
_CODES, _PRIOR, _CRITIC, _SAMPLES, _SCORED, _OTHERS = range(6)  # streams of it

_LOGISTIC = {"minimax", "non-saturating", "truncated", "relativistic"}
_BETTER = {"uint8": "discretised-logistic", "binary": "bernoulli"}


def examine_run(run: Run) -> tuple[dict[str, Metric], list[Verdict]]:
    """Judge a run by its codes, its critics and its curves.

    Returns the metrics ``active_units``, ``prior_c2st`` and ``label_probe`` where the model has
    codes for them, and one verdict for each disease that it could have. Raises ``BadInput`` where
    the data of the run are not what they were, or a file of it cannot be read.
    """
    visit = _Visit(run)
    metrics, verdicts = _codes(visit)
    verdicts += _games(visit)
    verdicts += _curves(visit)
    return metrics, _worst_of_each(verdicts)


@dataclass(frozen=True)
class _Visit:
    """A run and what is looked at several times."""

    run: Run

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The reports of the training that have terms."""
        return [line for line in self.run.metrics() if line["terms"]]

    @cached_property
    def model(self) -> Model | None:
        """The model that sampling uses, if training came so far."""
        return self.run.model if self.run.folder.model.is_file() else None

    @cached_property
    def restored(self) -> tuple[Model, Training] | None:
        """Everything as the last checkpoint has it, critics among it, on the processor."""
        run = self.run
        if not run.folder.last.is_file():
            return None
        recipe = run.recipe.model_copy(update={"device": "cpu", "compile": False})
        model, training = begin(recipe, copy.deepcopy(dict(run.networks)), run.data)
        tensors, counters = run.folder.read_tensors(run.folder.last)
        training.load(tensors, counters)
        return model, training

    @property
    def settings(self) -> dict[str, Any]:
        return self.run.recipe.settings

    @property
    def limit(self) -> int:
        """How many rows are looked at."""
        return max(100, min(ROWS, VALUES // self.run.space.features))

    def batch(self, names: Collection[str], *parts: str) -> Batch:
        """Return the first rows of these parts of the data, in model units, at most ``limit``."""
        found = []
        for part in parts:
            variables = columns(self.run.data, part, names)
            count = min(len(column.values) for column in variables.values())
            chosen = torch.arange(min(count, self.limit // len(parts)))
            found.append({name: column.rows(chosen) for name, column in variables.items()})
        return {name: torch.cat([each[name] for each in found]) for name in found[0]}


def _codes(visit: _Visit) -> tuple[dict[str, Metric], list[Verdict]]:
    model = visit.model
    if model is None or "index" in model.observed or not _draws(model, "z"):
        return {}, []
    held_out = visit.batch(model.observed, "validation", "test")
    train = visit.batch(model.observed, "train")
    trace, learned = _encoded(model, held_out), _encoded(model, train)
    posterior, prior = trace.distributions["z"], _prior(model, trace)
    if not isinstance(posterior, Distribution) or posterior.has_enumerate_support:
        return {}, []
    means, metrics, verdicts = posterior.mean.numpy(), {}, []
    if len(means) < _FEWEST or not np.isfinite(means).all():
        return {}, []
    gaussian = isinstance(posterior, Independent) and isinstance(posterior.base_dist, Normal)
    each = coordinate_kl(posterior, prior)
    if isinstance(prior, Independent):
        units = active_units(means)
        if gaussian:
            units.details["noise_ratio"] = noise_ratio(means, posterior.stddev.numpy()).tolist()
        if each is not None:
            units.details["kl"] = each.double().mean(0).tolist()
        metrics["active_units"] = units
    metrics |= _against_prior(model, held_out, trace)
    if visit.run.data.label_names is not None:
        metrics |= _probed(visit, learned.distributions["z"].mean.numpy(), means)
    if gaussian and isinstance(prior, Independent):
        rate = None if each is None else float(each.double().sum(1).mean())
        told = linear_rate(_without_labels(train), means.shape[1])
        gap = max(0.0, moment_gap(learned.values["z"].numpy(), _prior_draws(model, train)))
        verdicts += [
            of_codes.posterior_collapse(means, rate, told, visit.settings),
            of_codes.no_noise(
                means, posterior.stddev.numpy(), gap, metrics.get("prior_c2st"), visit.settings
            ),
        ]
    return metrics, verdicts


def _games(visit: _Visit) -> list[Verdict]:
    if visit.restored is None or not visit.restored[0].objective.games:
        return []
    model, training = visit.restored
    train = visit.batch(model.observed, "train")
    held_out = visit.batch(model.observed, "validation", "test")
    verdicts = []
    for game in model.objective.games:
        answers = ask(game, train, held_out, _SEED + _CRITIC)
        if np.isfinite(answers.held_out).all() and np.isfinite(answers.moving).all():
            verdicts += _answered(visit, game, answers)
    terms = _terms(visit)
    for game in model.objective.games:
        names = "_".join(game.names)
        named = [f"critic/{penalty.name}_{names}" for penalty in game.penalties]
        penalties = {name: terms[name] for name in named if name in terms}
        if penalties:
            gained = terms[f"critic/critic_{names}"]
            verdicts.append(of_games.exploding_penalty(penalties, gained, visit.settings))
    own = [n for n in terms if n.startswith("model/") and not n.endswith("gradient_norm")]
    if own and all(n.startswith("model/adversarial") for n in own):
        size = sum(p.numel() for p in training.objective["model"].parameters)
        norms = terms["model/gradient_norm"]
        verdicts.append(of_games.vanishing_generator(norms, size, visit.settings))
    return verdicts


def _answered(visit: _Visit, game: Game, answers: Answers) -> list[Verdict]:
    settings = visit.settings
    rows = visit.run.recipe.data.rows["train"]
    found = [of_games.overfitted_critic(answers, rows, settings)]
    if game.dual.name in _LOGISTIC:
        found.append(of_games.saturated_critic(answers, game.dual.paired, settings))
    if "bound" in settings:
        weights = [w.detach().numpy() for w in game.critic.parameters()]
        share = of_games.share_at_bound(weights, settings["bound"])
        found.append(of_games.polarised_weights(share, answers, settings["bound"]))
    return found


def _curves(visit: _Visit) -> list[Verdict]:
    run, terms = visit.run, _terms(visit)
    failed = next((line["failed"] for line in reversed(run.metrics()) if "failed" in line), None)
    finite, far = _sampled(visit)
    games = {name.split("/")[0] for name in terms}
    found = [of_curves.divergence(terms, failed, finite, len(games) == 1)]
    if failed is None and visit.lines:
        found.append(_trained_enough(visit, far))
    if visit.model is not None and run.can("likelihood"):
        found += _likelihood(visit, visit.model)
    return found


def _trained_enough(visit: _Visit, far: float | None) -> Verdict:
    recipe, line = visit.run.recipe, visit.lines[-1]
    entry, step = recipe.entry, line["step"]
    usual_rows = entry.rows_in_batch(visit.run.space)
    # A batch of twice the rows is worth more than one of the usual size, but not twice as much.
    share = step / entry.steps * sqrt(recipe.batch_size / usual_rows)
    behind = Horizon(recipe.steps, recipe.minutes).progress(step, line["seconds"])
    exact = not any(name.endswith("gradient_norm") for name in line["terms"])
    return of_curves.under_training(step, share, behind, far, exact)


def _sampled(visit: _Visit) -> tuple[bool, float | None]:
    """Say whether samples are finite, and how far they are from held-out rows."""
    model = visit.model
    if model is None:
        return True, None
    held_out = visit.batch(model.observed, "validation", "test")
    given = {name: held_out[name] for name in model.given}
    noise = Noise.seeded(len(held_out["x"]), _SEED, _SAMPLES)
    made, _ = parted(make(model.p, given, noise, usual(visit.run.space, model.p)))
    if not np.isfinite(made).all():
        return False, None
    return True, share_of_mean(made, held_out["x"].numpy()) if len(made) >= _FEWEST else None


def _likelihood(visit: _Visit, model: Model) -> list[Verdict]:
    batch = visit.batch(model.observed, "validation", "test")
    noise = Noise.seeded(len(batch["x"]), _SEED, _SCORED)
    with torch.no_grad():
        trace = model.q.trace(batch, noise)
        law = model.p.at(trace, "x").distributions["x"]
    law = law.base if isinstance(law, Rescaled) else law
    law = law.base_dist if isinstance(law, Independent) else law
    if not isinstance(law, Normal) or visit.run.space.sequence:
        return []
    x, space = trace.values["x"], visit.run.space
    moment = float((((x - law.loc) / law.scale) ** 2).double().mean())
    rows = visit.run.data.train.x[: visit.limit]
    spacing = of_curves.spacing_of(rows)
    unit = {"uint8": 255.0, "real": space.scale}.get(space.kind, 1.0)
    return [
        of_curves.wrong_likelihood(
            float(law.scale.double().mean()),
            moment,
            None if spacing is None else spacing / unit,
            visit.settings,
            _BETTER.get(space.kind),
        )
    ]


def _encoded(model: Model, batch: Batch) -> Trace:
    """Draw a code of each row, and whatever its prior is given."""
    factor = model.p["z"]
    needed = factor.conditions if isinstance(factor, Factor) else ()
    rows = len(next(iter(batch.values())))
    with torch.no_grad():
        return model.q.trace(batch, Noise.seeded(rows, _SEED, _CODES), "z", *needed)


def _prior(model: Model, trace: Trace) -> Distribution:
    with torch.no_grad():
        return model.p.at(trace, "z").distributions["z"]


def _against_prior(model: Model, held_out: Batch, trace: Trace) -> dict[str, Metric]:
    """Whether a probe tells codes of held-out rows from draws of the prior."""
    codes = trace.values["z"].numpy()
    if not np.isfinite(codes).all():
        return {}
    draws, others = (_prior_draws(model, held_out, stream) for stream in (_PRIOR, _OTHERS))
    found = prior_c2st(codes, draws, others, _SEED)
    return {} if found is None else {"prior_c2st": found}


def _prior_draws(model: Model, batch: Batch, stream: int = _PRIOR) -> Array:
    rows = len(next(iter(batch.values())))
    with torch.no_grad():
        trace = model.p.trace(batch, Noise.seeded(rows, _SEED, stream), "z")
    found: Array = trace.values["z"].numpy()
    return found


def _probed(visit: _Visit, train: Array, held_out: Array) -> dict[str, Metric]:
    """Probe the labels, where rows have them: as many of each part as there are codes."""
    data, half = visit.run.data, visit.limit // 2
    parts = [part.y for part in (data.train, data.validation, data.test)]
    if any(y is None for y in parts):
        return {}
    own, others = parts[0][: len(train)], [y[:half] for y in parts[1:]]  # type: ignore[index]
    return {"label_probe": label_probe(train, own, held_out, np.concatenate(others))}


def _without_labels(batch: Batch) -> Array:
    """Rows as a model sees them; where it is told the label, without the mean of their class."""
    x = batch["x"].flatten(1).double()
    if "y" in batch:
        y = batch["y"].double()
        means = (y.T @ x) / y.sum(0).clamp(min=1)[:, None]
        x = x - y @ means
    found: Array = x.numpy()
    return found


def _draws(model: Model, variable: str) -> bool:
    sides = ([f for f in joint.latents if f.variable == variable] for joint in (model.q, model.p))
    return all(sides)


def _terms(visit: _Visit) -> dict[str, list[float]]:
    names = dict.fromkeys(name for line in visit.lines for name in line["terms"])
    return {n: [line["terms"][n] for line in visit.lines if n in line["terms"]] for n in names}


def _worst_of_each(verdicts: list[Verdict]) -> list[Verdict]:
    """One verdict for each disease: of two games the one that is worse off."""
    found: dict[str, Verdict] = {}
    for verdict in verdicts:
        before = found.get(verdict.id)
        if before is None or SEVERITY[verdict.verdict] > SEVERITY[before.verdict]:
            found[verdict.id] = verdict
    return list(found.values())
