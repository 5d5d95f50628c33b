import numpy as np
import pytest
import torch
from torch import Tensor

from kullback.lab.experiments.noise import _errors, _expansion

X = np.array([0.5, -1.0])


def _bowl(z: Tensor) -> Tensor:
    """(z₁², 3 z₂): ‖J‖² = 9 and Δg = (2, 0) at 0."""
    return torch.stack([z[:, 0] ** 2, 3 * z[:, 1]], 1)


def test_the_expansion_of_a_bowl_is_what_a_hand_finds() -> None:
    assert _expansion(_bowl, X) == pytest.approx((1.25, 9.0, -1.0))


def test_the_exact_error_of_a_bowl_is_a_moment_of_the_normal() -> None:
    noise = 0.7
    expected = 1.25 + noise**2 * (9 - 1) + 3 * noise**4
    assert _errors(_bowl, X, noise) == pytest.approx(expected)
