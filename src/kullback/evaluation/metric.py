"""One measured number, with all that is needed to read it.

A number alone cannot be judged: it comes with its standard error over test points, the number of
points, its unit, and its *floor*, what real data or the true density scores in the same place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from kullback.errors import BadInput

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """A value, its standard error over ``n`` test points (if it has one), its unit, its floor.

    ``floor`` is the best that can be expected: the same measure of real data or of the truth. The
    error of a Monte Carlo estimate is not in ``stderr``; it is ``details["mc_stderr"]``.
    """

    value: float
    stderr: float | None
    n: int
    unit: str
    floor: float | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def mean(
        cls,
        values: Array,
        unit: str,
        floor: float | None = None,
        details: dict[str, Any] | None = None,
    ) -> Metric:
        """Mean of one number per point, (N,); the standard error is sd/√N, none for one point.

        Raises ``BadInput`` if there are no points.
        """
        values = np.asarray(values, np.float64)
        if values.ndim != 1 or values.size == 0:
            raise BadInput(
                f"a metric is the mean of one number per point, (N,) with N > 0, not {values.shape}"
            )
        n = len(values)
        # A point at infinity leaves a mean that is not finite, which to_json reports by name.
        with np.errstate(invalid="ignore"):
            stderr = float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else None
        return cls(float(values.mean()), stderr, n, unit, floor, details or {})

    def to_json(self) -> dict[str, Any]:
        """Plain Python values under the keys value, stderr, n, unit, floor and details.

        JSON has no NaN and no infinity: such a number becomes ``None``, and the list
        ``details["not_finite"]`` says which it was.
        """
        lost: list[str] = []
        written = {
            "value": plain(self.value, "value", lost),
            "stderr": plain(self.stderr, "stderr", lost),
            "n": int(self.n),
            "unit": self.unit,
            "floor": plain(self.floor, "floor", lost),
            "details": {str(k): plain(v, str(k), lost) for k, v in self.details.items()},
        }
        if lost:
            written["details"]["not_finite"] = lost
        return written


def plain(value: Any, name: str, lost: list[str]) -> Any:
    """A value as JSON has it; a number that is not finite is ``None`` and told to ``lost``."""
    if isinstance(value, (np.ndarray, np.generic, torch.Tensor)):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(k): plain(v, f"{name}.{k}", lost) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v, f"{name}[{i}]", lost) for i, v in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        lost.append(f"{name} is {value}")
        return None
    return value
