from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from kullback.divergences import NON_SATURATING, RELATIVISTIC, Dual
from kullback.lab.experiments.relativistic import best_loss

Q = torch.tensor([0.7, 0.2, 0.1], dtype=torch.float64)
P = torch.tensor([0.1, 0.3, 0.6], dtype=torch.float64)


def test_the_best_logistic_critic_on_a_table_pays_2_log_2_less_2_js() -> None:
    q, p = Q.numpy(), P.numpy()
    m = (q + p) / 2
    js = ((q * np.log(q / m)).sum() + (p * np.log(p / m)).sum()) / 2
    assert best_loss(NON_SATURATING, Q, P) == pytest.approx(2 * math.log(2) - 2 * js, abs=1e-9)


def test_the_best_relativistic_critic_pays_log_2_for_equal_tables_and_less_for_others() -> None:
    assert best_loss(RELATIVISTIC, Q, Q) == pytest.approx(math.log(2), abs=1e-9)
    assert best_loss(RELATIVISTIC, Q, P) < math.log(2) - 0.05


@pytest.mark.parametrize("dual", [NON_SATURATING, RELATIVISTIC], ids=lambda dual: dual.name)
def test_a_point_told_in_two_halves_changes_nothing(dual: Dual) -> None:
    split = torch.tensor([0.25, 0.75, 1.0, 1.0], dtype=torch.float64)
    rows = [0, 0, 1, 2]
    halves = best_loss(dual, Q[rows] * split, P[rows] * split)
    assert halves == pytest.approx(best_loss(dual, Q, P), abs=1e-9)
