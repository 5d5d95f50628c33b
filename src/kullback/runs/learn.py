"""Train a prepared run: build the model, play the rounds, keep everything in its folder."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kullback.data import Dataset
from kullback.distributions import Noise
from kullback.errors import BadInput, Interrupted, TrainingFailed
from kullback.models.model import Model
from kullback.objectives import Clock, evaluating
from kullback.pictures import has_pictures, save_picture
from kullback.runs.begin import begin
from kullback.runs.columns import columns
from kullback.runs.folder import Folder, write_whole
from kullback.runs.given import given, repeated
from kullback.runs.making import as_given, make, usual
from kullback.runs.reading import read_again
from kullback.runs.recipe import Recipe
from kullback.runs.run import Run, fill
from kullback.runs.writer import Writer, writing
from kullback.training import (
    Horizon,
    Report,
    Training,
    losses,
    train,
)

_HELD_OUT = 2000
_HELD_OUT_VALUES = 500_000
_HELD_OUT_SEED = 1
_FEWEST = 2  # a comparison of samples has no value for one
_PREVIEWS = 5
_PREVIEW_IMAGES = 64
_PREVIEW_POINTS = 2500
_PREVIEW_SEED = 2

Watcher = Callable[[Recipe, Report], None]


def learn(
    out: Path,
    recipe: Recipe,
    dataset: Dataset | None,
    networks: Mapping[str, nn.Module],
    stop_at: int | None = None,
    watch: Watcher | None = None,
) -> Run:
    """Train the run in ``out`` from where it stands, and return it.

    ``dataset`` is the recipe's, if it has been read already. Raises ``TrainingFailed`` for a loss
    that is not finite, and ``Interrupted`` after a SIGINT or SIGTERM, when everything has been
    saved.
    """
    with _threads(recipe.threads), _signals() as caught, writing() as writer:
        folder = Folder(out)
        if dataset is None:
            dataset = read_again(recipe, folder)
        model, training = begin(recipe, networks, dataset)
        horizon = Horizon(recipe.steps, recipe.minutes)
        keeper = _Keeper(folder, writer, recipe, model, training, dataset, watch)
        keeper.restore(horizon)
        if horizon.progress(training.step, training.seconds) < 1:
            try:
                train(training, horizon, keeper, stop_at, lambda: bool(caught))
            except TrainingFailed as failure:
                keeper.failed(failure)
                raise
            writer.wait()
        if not keeper.has_model():
            keeper.write_model()
            writer.wait()
        if caught and horizon.progress(training.step, training.seconds) < 1:
            raise Interrupted(
                f"stopped at step {training.step}; `kullback train --resume --out {out}` goes on",
                caught[0],
            )
    return Run(out, **networks)


class _Keeper:
    """Listens to the loop and writes what it hears into the run folder."""

    def __init__(
        self,
        folder: Folder,
        writer: Writer,
        recipe: Recipe,
        model: Model,
        training: Training,
        dataset: Dataset,
        watch: Watcher | None,
    ) -> None:
        self.folder = folder
        self.writer = writer
        self.recipe = recipe
        self.model = model
        self.training = training
        self.watch = watch
        self.best: float | None = None
        self.previews = 0
        followed = {n: f.module for n, f in training.objective.followers.items()}
        self.sampler = model.p.with_networks(followed)
        self.reader = model.q.with_networks(followed)
        self.dataset = dataset
        count = max(100, min(_HELD_OUT, _HELD_OUT_VALUES // dataset.space.features))
        self.held_out = {
            name: column.rows(torch.arange(min(count, len(column.values)))).to(training.device)
            for name, column in columns(dataset, "validation", model.observed).items()
        }

    def restore(self, horizon: Horizon) -> None:
        """Go on from the last checkpoint, if there is one."""
        self.folder.end_metrics()
        if self.folder.last.is_file():
            tensors, counters = self.folder.read_tensors(self.folder.last)
            try:
                self.training.load(tensors, counters)
            except (KeyError, RuntimeError, TypeError) as error:
                raise BadInput(f"{self.folder.last} is no state of this run: {error}") from None
            behind = horizon.progress(self.training.step, self.training.seconds)
            self.previews = int(behind * _PREVIEWS)
        elif self.recipe.own_networks:
            # Their first weights cannot be made again from the seed.
            self.saved()
            self.writer.wait()
        if self.folder.best.is_file():
            _, about = self.folder.read_tensors(self.folder.best)
            self.best = about["loss"]

    def reported(self, report: Report, pause: bool) -> None:
        """Add a line to the metrics; at a pause validate and draw a preview."""
        line: dict[str, Any] = {
            "step": report.step,
            "samples": report.samples,
            "seconds": round(report.seconds, 3),
            "terms": report.terms,
        }
        if pause:
            line |= self._validation(report.step)
            if int(report.progress * _PREVIEWS) > self.previews:
                self.previews = int(report.progress * _PREVIEWS)
                self._preview(report.step)
        self.folder.append_metrics(line)
        if pause:
            self.saved()
        if self.watch:
            self.watch(self.recipe, report)

    def failed(self, failure: TrainingFailed) -> None:
        """Add the diagnosis to the metrics, for whoever opens the run later."""
        training = self.training
        line = {"step": training.step, "samples": training.samples, "terms": {}}
        self.folder.append_metrics(
            line | {"seconds": round(training.seconds, 3), "failed": str(failure)}
        )

    def saved(self) -> None:
        """Have everything written that going on needs."""
        self.writer.write(self.folder.last, self.training.state(), self.training.counters())

    def write_model(self) -> None:
        """Write what sampling uses: averaged weights, or those that validated best, or the last."""
        about = {"step": self.training.step, "weights_step": self.training.step}
        if self.best is not None:
            tensors, best = self.folder.read_tensors(self.folder.best)
            fill(self.model.networks, tensors)
            about["weights_step"] = best["step"]
        self.training.close()
        self.writer.write(self.folder.model, self._weights(), about)

    def has_model(self) -> bool:
        """Say whether ``model.safetensors`` is of this very step."""
        try:
            _, about = self.folder.read_tensors(self.folder.model)
        except BadInput:
            return False
        return bool(about["step"] == self.training.step)

    def _weights(self) -> dict[str, Tensor]:
        networks = {
            joint.text(factor): factor.network
            for joint in (self.reader, self.sampler)
            for factor in joint.latents
        }
        return {f"{n}/{k}": v for n, net in networks.items() for k, v in net.state_dict().items()}

    def _validation(self, step: int) -> dict[str, dict[str, float]]:
        """Return the terms on held-out rows, and keep the weights if they are the best so far.

        Only where one player minimises one loss: in a game no player's loss orders models. Nor is
        there a loss on new rows where the codes are a table of the training rows.
        """
        players = [player for player in self.training.objective.values() if not player.closing]
        if len(players) > 1 or "index" in self.held_out or len(self.held_out["x"]) < _FEWEST:
            return {}
        noise = Noise.seeded(len(self.held_out["x"]), _HELD_OUT_SEED, device=self.training.device)
        clock = Clock(*torch.ones(3, device=self.training.device).unbind())
        with evaluating(self.training.objective.modules.values()), torch.no_grad():
            terms = losses(players[0], self.held_out, noise, clock, self.training.precision)
        found = {name: float(value) for name, value in terms.items()}
        loss = sum(players[0].minimised(found))
        if math.isfinite(loss) and (self.best is None or loss < self.best):
            self.best = loss
            about = {"step": step, "loss": loss}
            self.writer.write(self.folder.best, self._weights(), about)
        return {"validation": {name: v for name, v in found.items() if math.isfinite(v)}}

    def _preview(self, step: int) -> None:
        self.training.close()
        space = self.dataset.space
        count = _PREVIEW_IMAGES if has_pictures(space) else _PREVIEW_POINTS
        label, source, abreast = None, None, None
        if "y" in self.model.given:
            abreast = len(self.dataset.label_names or ())
            count = abreast * max(1, count // abreast)
            label = np.arange(count) % abreast
        if "source" in self.model.given and self.dataset.source is not None:
            source = repeated(self.dataset.source.validation.x, count)
        batch = {
            name: value.to(self.training.device)
            for name, value in given(self.recipe, label, source).items()
        }
        networks = [factor.network for factor in self.sampler.latents]
        noise = Noise.seeded(count, _PREVIEW_SEED, device=self.training.device)
        with evaluating(networks):
            rows = as_given(space, make(self.sampler, batch, noise, usual(space, self.sampler)))
        write_whole(
            self.folder.preview(step), lambda path: save_picture(rows, space, path, abreast)
        )


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM instead of dying of them (in the main thread only)."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    before = {
        number: signal.signal(number, lambda number, _: caught.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
