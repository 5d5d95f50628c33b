"""Critics: one number for each row, however the body comes by it."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Logit(nn.Module):
    """A critic: ``body`` to one number per row, as shape (B,)."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, *inputs: Tensor) -> Tensor:
        numbers: Tensor = self.body(*inputs)
        return (numbers if numbers.dtype == torch.float64 else numbers.float()).squeeze(-1)


class ByLabel(nn.Module):
    """A critic's body of x and one-hot y: of the numbers that ``body`` gives, one a class, y's.

    Any D(x, y) is Σ_k y_k D_k(x). Beside many values of x a label that enters as one more input
    moves the first layer little, and is long overlooked; so it cannot be (after the projection of
    Miyato & Koyama, 2018, arXiv 1802.05637, the case of one linear layer on shared features).
    """

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return (self.body(x) * y).sum(1, keepdim=True)  # type: ignore[no-any-return]
