from __future__ import annotations

import pytest
import torch

from kullback.lab.exact.least import least


def test_it_finds_the_bottom_of_a_curved_valley() -> None:
    at = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    value = least(lambda: (1 - at[0]) ** 2 + 100 * (at[1] - at[0] ** 2) ** 2, [at])
    assert value == pytest.approx(0, abs=1e-15)
    torch.testing.assert_close(at.detach(), torch.ones(2, dtype=torch.float64))


def test_it_sets_several_numbers_together() -> None:
    a = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    assert least(lambda: (a - 2) ** 2 + (b + a) ** 2 + 3, [a, b]) == pytest.approx(3)
    assert (float(a.detach()), float(b.detach())) == pytest.approx((2, -2))
