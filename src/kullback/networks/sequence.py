"""Networks of sequences: many steps to one vector, and one vector to the law of every step.

A step is known by where it stands, as a share of the L steps that exist and as one of the T places
that there are:

    cos(π k (t + ½)/L)  and  cos(π k (t + ½)/T),   k = 0, 1, …,   t = 0, …, L − 1.

The first are orthogonal under the mean over the steps for k < L, and complete: the discrete cosine
transform of a sequence, taken over its own length. A figure that is drawn faster has the same
coefficients in them; what is tied to the number of the step has the same in the second.

Inwards, features that see a step and its neighbours are pooled: means over the steps weighted by
the first few cosines of both kinds, the plain mean first among them, and the largest values.
Outwards, a perceptron turns a code into coefficients of all T cosines of both kinds, whose sum is
what step t gets. All steps are made at once and none is told how the others came out: what they
have in common they can only have from z, while a decoder that reads its own past may come to do
without (Bowman et al., 2016, arXiv 1511.06349). Nor does it have to go step by step.

Places without a step are taken for 0 wherever one looks. A sequence's code and the law of its steps
depend neither on what stands there nor on how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sqrt

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, OneHotCategorical
from torch.nn import functional

from kullback.data.space import Space
from kullback.distributions import Length, Masked
from kullback.networks.bodies import mlp
from kullback.networks.heads import Head, Network

_CONVOLVED = (32, 32)
_REACH = 5
_PERCEPTRON = 256
_POOLED = 16


class Pooled(nn.Module):
    """Sequences (B, T, F) and masks (B, T) to vectors (B, outputs).

    Convolutions of the ``hidden`` widths, then a hidden layer as wide as the last of them, or by
    default of 256; with ``hidden=[]`` the steps themselves are pooled and mapped linearly.
    """

    def __init__(self, space: Space, hidden: Sequence[int] | None, outputs: int) -> None:
        super().__init__()
        self.places, features = space.model_shape
        self.count = min(_POOLED, self.places)
        self.layers = nn.ModuleList()
        for width in _CONVOLVED if hidden is None else hidden:
            self.layers.append(_convolution(features, width))
            features = width
        widths = [_PERCEPTRON] if hidden is None else hidden[-1:]
        self.last = mlp((2 * self.count + 1) * features + 1, widths, outputs)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        exists = mask.unsqueeze(1) > 0
        value = torch.where(exists, x.movedim(-1, 1), 0.0)
        for layer in self.layers:
            value = torch.where(exists, functional.silu(layer(value)), 0.0)
        length = mask.sum(-1, keepdim=True)
        shares, places = cosines(mask, self.places, self.count)
        means = torch.cat([value @ shares.mT, value @ places.T], -1) / length[..., None]
        largest = value.masked_fill(~exists, -torch.inf).amax(-1)
        found: Tensor = self.last(torch.cat([means.flatten(1), largest, length / self.places], 1))
        return found


class Unrolled(nn.Module):
    """Codes (B, inputs) and masks (B, T) to numbers of every step, (B, 1, T, F).

    The size of coefficient k goes as 1/√(1 + k): untrained, neighbouring steps are alike.
    """

    sizes: Tensor

    def __init__(self, space: Space, hidden: Sequence[int] | None, inputs: int) -> None:
        super().__init__()
        self.places, features = space.model_shape
        widths = [_PERCEPTRON, _PERCEPTRON] if hidden is None else hidden
        self.layers = mlp(inputs, widths, 2 * features * self.places)
        self.split = nn.Unflatten(1, (2, features, self.places))
        sizes = 1 / (1 + torch.arange(self.places)) ** 0.5
        self.register_buffer("sizes", sizes / sizes.square().sum().sqrt(), persistent=False)

    def forward(self, z: Tensor, mask: Tensor) -> Tensor:
        of_share, of_place = (self.split(self.layers(z)) * self.sizes).unbind(1)
        shares, places = cosines(mask, self.places, self.places)
        steps: Tensor = of_share @ shares + of_place @ places
        return steps.mT.unsqueeze(1)


class LengthHead(Head):
    """p(mask|z) from T logits, one for each length."""

    maps = 1

    def forward(self, numbers: Tensor) -> Distribution:
        return Length(numbers)


class TokenHead(Head):
    """The law of one token a step, one-hot, from as many logits."""

    maps = 1

    def forward(self, numbers: Tensor) -> Distribution:
        return OneHotCategorical(logits=numbers.squeeze(1), validate_args=False)


class SequenceNetwork(Network):
    """p(x|z, mask): a ``body`` that makes numbers of every step, a head for the law of one step.

    The last input is the mask.
    """

    def forward(self, *inputs: Tensor) -> Distribution:
        return Masked(super().forward(*inputs), inputs[-1])


def cosines(mask: Tensor, places: int, count: int) -> tuple[Tensor, Tensor]:
    """cos(π k τ), k = 0, …, ``count`` − 1, for τ the share of the steps and that of the places.

    Of masks (B, T): (B, count, T) and, the same for all of them, (count, T). At a place without a
    step they have no meaning.
    """
    t = torch.arange(mask.shape[-1], device=mask.device, dtype=mask.dtype) + 0.5
    k = pi * torch.arange(count, device=mask.device, dtype=mask.dtype)[:, None]
    return torch.cos(k * (t / mask.sum(-1, keepdim=True)).unsqueeze(1)), torch.cos(k * t / places)


def _convolution(inputs: int, outputs: int) -> nn.Conv1d:
    """A convolution that keeps the size of a signal, as the layers of all bodies do."""
    layer = nn.Conv1d(inputs, outputs, _REACH, padding=_REACH // 2)
    nn.init.normal_(layer.weight, 0.0, sqrt(2 / (inputs * _REACH)))
    nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    return layer
