"""A code for each training row, kept in a table."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from kullback.distributions import Delta
from kullback.networks.travelling import Travelling


class CodeTable(nn.Module):
    """q(z|index) = δ(z − table[index]): free codes (rows, dim) that start as draws of N(0, I)."""

    def __init__(self, rows: int, dim: int) -> None:
        super().__init__()
        self.codes = Travelling(torch.randn(rows, dim))

    def forward(self, index: Tensor) -> Distribution:
        return Delta(self.codes()[index], 1)
