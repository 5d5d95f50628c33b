from __future__ import annotations

import pytest
import torch

from kullback.lab.experiments.leaks import Capped
from kullback.lab.learn import weights


@pytest.mark.parametrize("cap", [2.0, 16.0])
def test_a_capped_network_is_nowhere_steeper_than_its_cap(cap: float) -> None:
    with weights(0):
        network = Capped(cap)
    z = torch.linspace(-6, 6, 4001).unsqueeze(1)
    with torch.no_grad():
        for _ in range(30):  # each forward pass is one step of the power iteration
            x = network(z)
    steepest = float(((x[1:] - x[:-1]) / (z[1:] - z[:-1])).abs().max())
    assert 0.01 * cap < steepest <= cap * 1.001
