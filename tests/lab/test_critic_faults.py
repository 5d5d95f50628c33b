"""Faults planted in duals and penalties, and the claims that see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from kullback.distributions import Noise
from kullback.divergences import WASSERSTEIN, Critic, Penalty, Scored, score, unit_slope
from kullback.divergences.penalties import Points, between
from kullback.lab.claim import Claim
from kullback.lab.experiments import penalty_faults, slopes
from kullback.lab.ledger import LEDGER


def to_zero(weight: float = 10.0) -> Penalty:
    def value(critic: Critic, q: Scored, p: Scored, noise: Noise) -> Tensor:
        middle = score(critic, between(q.points, p.points, noise))
        return weight * middle.squared_slope().mean()

    return Penalty("gradient_penalty", "λ·E‖∇D(x̂)‖²", value)


def of_half_the_weight(weight: float = 10.0) -> Penalty:
    return unit_slope(weight / 2)


def one_for_all(q: Points, p: Points, noise: Noise) -> Points:
    epsilon = noise.uniform(len(q[0]))[0]
    return tuple(epsilon * a + (1 - epsilon) * b for a, b in zip(q, p, strict=True))


def over_the_mean(scored: Scored) -> Tensor:
    slopes = torch.autograd.grad(scored.logits.sum(), scored.points, create_graph=True)
    return torch.stack([slope.flatten(1).square().mean(1) for slope in slopes]).sum(0)


def told(claim: Claim, measured: dict[str, float]) -> list[bool]:
    """What each statement comes to, the correction last."""
    parts = [*claim.statements, *([] if claim.correction is None else [claim.correction])]
    return [part(measured) for part in parts]


@pytest.mark.parametrize("penalty", [to_zero, of_half_the_weight])
def test_the_bias_tells_a_penalty_of_another_slope_or_weight(
    penalty: Callable[..., Penalty], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slopes, "unit_slope", penalty)
    assert not told(LEDGER["C23-bias"], dict(slopes.bias_of_the_penalty().measured))[-1]


def test_the_bias_tells_a_critic_that_scores_the_model_side_higher(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turned = replace(WASSERSTEIN, critic=lambda q, p: q.mean() - p.mean())
    monkeypatch.setattr(slopes, "WASSERSTEIN", turned)
    assert not told(LEDGER["C23-bias"], dict(slopes.bias_of_the_penalty().measured))[-1]


def test_one_epsilon_for_all_and_a_mean_over_coordinates_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(penalty_faults, "between", one_for_all)
    monkeypatch.setattr(Scored, "squared_slope", over_the_mean)
    axes, noise, mixing, *_ = told(
        LEDGER["B2-gradient-penalty"], dict(penalty_faults.penalties_gone_wrong().measured)
    )
    assert [axes, noise, mixing] == [False, False, False]
