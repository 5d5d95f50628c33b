"""Parameters that are to go further than a network's weights do.

Adam moves every parameter by about its rate in a step, however large the slope. That suits weights,
which are small and many; the centre of a cluster or the code of a row has to travel several units,
and a code is visited once an epoch only. Held as a tenth of itself, it goes ten times as far.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_PACE = 10.0


class Travelling(nn.Module):
    """A tensor of parameters, ``start`` at first; calling it gives its value.

    What is learned is a tenth of it.
    """

    def __init__(self, start: Tensor) -> None:
        super().__init__()
        self.tenth = nn.Parameter(start / _PACE)

    def forward(self) -> Tensor:
        return _PACE * self.tenth


class Affine(nn.Module):
    """z W + b, (B, inputs) → (B, outputs), for logits that have to grow large: both travel."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = Travelling(torch.randn(inputs, outputs) / inputs**0.5)
        self.bias = Travelling(torch.zeros(outputs))

    def forward(self, z: Tensor) -> Tensor:
        return torch.addmm(self.bias(), z, self.weight())
