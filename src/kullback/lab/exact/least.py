"""The least value of a smooth loss of a few free numbers, to the last digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize
from torch import Tensor

Floats = npt.NDArray[np.float64]


def least(loss: Callable[[], Tensor], free: Sequence[Tensor]) -> float:
    """Set ``free``, leaves in double precision, to where ``loss()`` is least nearby; return it."""

    def move(at: Floats) -> None:
        ends = np.cumsum([part.numel() for part in free])
        with torch.no_grad():
            for part, values in zip(free, np.split(at, ends[:-1]), strict=True):
                part.copy_(torch.from_numpy(values).view_as(part))

    def value_and_slope(at: Floats) -> tuple[float, Floats]:
        move(at)
        value = loss()
        slopes = torch.autograd.grad(value, list(free))
        return float(value.detach()), torch.cat([slope.flatten() for slope in slopes]).numpy()

    start = torch.cat([part.detach().flatten() for part in free]).numpy()
    found = minimize(value_and_slope, start, jac=True, method="BFGS", options={"gtol": 1e-11})
    move(found.x)
    return float(found.fun)
