"""A density of x stated in the units of the data as given.

Networks see u = (x − shift)/scale. If u has density f, then x has density f(u)·|du/dx|, that is
log f(u) + log|du/dx|. Carrying the constant makes every likelihood comparable, whatever the
standardisation.
"""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor
from torch.distributions import Distribution


class Rescaled(Distribution):
    """``base`` over model units, whose ``log_prob`` is the log-density in data units.

    ``log_jacobian`` is log|d model / d data| summed over the event, in nats.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(self, base: Distribution, log_jacobian: float) -> None:
        self.base = base
        self.log_jacobian = log_jacobian
        super().__init__(base.batch_shape, base.event_shape, validate_args=False)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return self.base.has_rsample

    @property
    def mean(self) -> Tensor:
        return self.base.mean

    def log_prob(self, value: Tensor) -> Tensor:
        return self.base.log_prob(value) + self.log_jacobian
