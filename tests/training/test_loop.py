from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from kullback.data import Space
from kullback.data.batches import Batches
from kullback.distributions import Noise
from kullback.errors import TrainingFailed
from kullback.objectives import Batch, Clock, Objective, Player, Terms
from kullback.training import Adam, Column, Horizon, Report, Rows, Training, train
from kullback.training.loop import PAUSES, REPORTS

POINTS = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)


class Heard:
    """A listener that remembers."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.reports: list[Report] = []
        self.pauses: list[int] = []
        self.saves: list[int] = []

    def reported(self, report: Report, pause: bool) -> None:
        self.reports.append(report)
        if pause:
            self.pauses.append(report.step)

    def saved(self) -> None:
        self.saves.append(self.training.step)


def training(breaks_at: float = math.inf) -> tuple[Training, Heard]:
    module = nn.Linear(1, 1)

    def terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        size = module.weight.square().sum() + module.bias.square().sum()
        return {"size": size, "step": clock.step + torch.where(clock.step < breaks_at, 0, math.nan)}

    objective = Objective({"model": Player({"m": module}, terms)}, "")
    space = Space.of(POINTS)
    rows = Rows({"x": Column(torch.from_numpy(POINTS), space.to_model)}, Batches(len(POINTS), 5, 0))
    run = Training(objective, {"model": Adam(1e-2)}, rows, 0)
    return run, Heard(run)


def weights(run: Training) -> list[float]:
    return [float(v) for name, v in run.state().items() if name.startswith("module/")]


def test_training_ends_at_the_horizon_and_is_saved_there() -> None:
    run, heard = training()
    train(run, Horizon(steps=7), heard)
    assert run.step == 7
    assert heard.saves[-1] == 7
    assert heard.reports[-1].progress == 1.0
    assert heard.reports[-1].samples == 35


@pytest.mark.parametrize("steps", [1, 3, 199, 200, 201, 997])
def test_reports_are_no_more_than_said_and_hold_the_means_of_what_lies_between(steps: int) -> None:
    run, heard = training()
    train(run, Horizon(steps=steps), heard)
    assert min(steps, REPORTS) * 0.8 <= len(heard.reports) <= REPORTS
    assert min(steps, PAUSES) * 0.8 <= len(heard.pauses) <= PAUSES
    assert heard.pauses[-1] == heard.reports[-1].step == steps
    before = 0
    for report in heard.reports:
        rounds = range(before, report.step)
        assert report.terms["model/step"] == pytest.approx(sum(rounds) / len(rounds))
        before = report.step


def test_stopping_early_and_going_on_ends_in_the_weights_of_the_uninterrupted_run() -> None:
    torch.manual_seed(0)
    whole, heard = training()
    train(whole, Horizon(steps=9), heard)
    torch.manual_seed(0)
    part, heard = training()
    train(part, Horizon(steps=9), heard, stop_at=4)
    assert (part.step, heard.saves) == (4, [4])
    assert weights(part) != weights(whole)
    train(part, Horizon(steps=9), heard)
    assert weights(part) == weights(whole)


def test_an_interruption_ends_after_the_round_that_is_played_and_is_saved() -> None:
    run, heard = training()
    train(run, Horizon(steps=100), heard, interrupted=lambda: run.step >= 3)
    assert (run.step, heard.saves) == (3, [3])


@pytest.mark.parametrize("stop_at", [2, 3])
def test_a_stop_that_is_reached_already_or_behind_plays_no_round(stop_at: int) -> None:
    run, heard = training()
    train(run, Horizon(steps=10), heard, stop_at=3)
    train(run, Horizon(steps=10), heard, stop_at=stop_at)
    assert run.step == 3


def test_a_finished_training_plays_no_round() -> None:
    run, heard = training()
    for _ in range(2):
        train(run, Horizon(steps=4), heard)
    assert run.step == 4


def test_minutes_are_the_horizon_where_they_are_given() -> None:
    assert Horizon(minutes=2).progress(10**6, 60.0) == 0.5
    assert Horizon(minutes=2).progress(0, 500.0) == 1.0
    run, heard = training()
    train(run, Horizon(minutes=0.2 / 60), heard)
    assert run.step > 1
    assert run.seconds >= 0.2


def test_a_training_that_fails_saves_nothing_after_its_failure() -> None:
    run, heard = training(breaks_at=2)
    with pytest.raises(TrainingFailed, match="player model: step is not finite from step 3 on"):
        train(run, Horizon(steps=5), heard)
    assert heard.saves == []
