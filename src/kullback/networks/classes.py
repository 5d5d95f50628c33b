"""Distributions of a class y, one-hot with C values, and of what depends on it.

p(y)      the prior of a class: uniform
q(y|z)    a classifier's softmax
p(z|y)    N(μ_y, I): one centre for each class
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Normal, OneHotCategorical

from kullback.networks.heads import Head
from kullback.networks.travelling import Travelling


class UniformClass(nn.Module):
    """p(y) = 1/C for each of ``classes`` one-hot y."""

    logits: Tensor

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.register_buffer("logits", torch.zeros(classes), persistent=False)

    def forward(self) -> Distribution:
        return OneHotCategorical(logits=self.logits, validate_args=False)


class ClassCode(Head):
    """q(y|·) from C logits: softmax over one-hot y."""

    maps = 1

    def forward(self, numbers: Tensor) -> Distribution:
        return OneHotCategorical(logits=numbers, validate_args=False)


class ClassNormal(nn.Module):
    """p(z|y) = N(μ_y, I), with learned centres that start as draws of N(0, ``spread``² I).

    Su Jianlin (2018, kexue.fm/archives/5253) gives a labelled class its own mean so, and a latent
    one in archives/5887.
    """

    def __init__(self, classes: int, dim: int, spread: float) -> None:
        super().__init__()
        self.centres = Travelling(spread * torch.randn(classes, dim))

    def forward(self, y: Tensor) -> Distribution:
        mean = y @ self.centres()
        normal = Normal(mean, torch.ones_like(mean), validate_args=False)
        return Independent(normal, 1, validate_args=False)
