"""Independent bits, scored with one walk through memory less than ``Independent(Bernoulli)``."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.distributions import Bernoulli, Independent
from torch.nn.functional import binary_cross_entropy_with_logits


class Bits(Independent[Bernoulli]):
    """P(x) = Π_j σ(l_j)^{x_j} (1 − σ(l_j))^{1−x_j}, from ``Bernoulli(logits=l)``."""

    def log_prob(self, value: Tensor) -> Tensor:
        """Return log P(value) in nats; a value in (0, 1) is scored as the mean over such bits."""
        logits = self.base_dist.logits
        if logits.shape != value.shape:
            logits, value = torch.broadcast_tensors(logits, value)  # type: ignore[no-untyped-call]
        lost = binary_cross_entropy_with_logits(logits, value, reduction="none")
        summed = tuple(range(-self.reinterpreted_batch_ndims, 0))
        return -(lost.sum(summed) if summed else lost)
