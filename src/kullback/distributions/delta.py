"""The point mass δ(x − value): what a deterministic network says about its output."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor
from torch.distributions import Distribution


class Delta(Distribution):
    """δ(x − value), with the last ``event_dim`` dimensions of ``value`` as the event.

    It can be drawn from but has no density, so ``log_prob`` raises; unless it is given an
    ``error``, the law of what is observed around the point. Then ``log_prob`` is that law's, in
    nats, while a draw is the point itself: a critic is shown x̂ = value, and a reconstruction
    is scored by x = x̂ + e. An absolute error is so a Laplace law's, a squared one a Gaussian's.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}
    has_rsample = True

    def __init__(
        self, value: Tensor, event_dim: int = 1, error: Distribution | None = None
    ) -> None:
        self.value = value
        self.error = error
        split = value.dim() - event_dim
        super().__init__(value.shape[:split], value.shape[split:], validate_args=False)

    @property
    def mean(self) -> Tensor:
        return self.value

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.value.expand(*sample_shape, *self.value.shape)

    def log_prob(self, value: Tensor) -> Tensor:
        if self.error is None:
            raise TypeError("a point mass has no density")
        return self.error.log_prob(value)
