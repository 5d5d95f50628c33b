"""Networks across: from an observation of one space to one of another.

From a picture to a picture of the same sides they are convolutions down to a small side and up
again, at every scale with what was seen there on the way in, after Ronneberger, Fischer & Brox
(2015, arXiv 1505.04597); else perceptrons.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TypeVar

import torch
from torch import Tensor, nn

from kullback.data.space import Space
from kullback.networks.bodies import (
    Body,
    Input,
    Inputs,
    assemble,
    doubling,
    halvings,
    lie_together,
    map_widths,
    mlp,
    perceptron_widths,
)

T = TypeVar("T")

_GROUPS = 8
_WHOLE = 256
_FAINT = 0.1


def across(
    source: Space,
    space: Space,
    hidden: Sequence[int] | None,
    beside: Sequence[Input] = (),
    maps: int = 1,
    activation: type[nn.Module] = nn.SiLU,
    whole: bool = True,
) -> nn.Module:
    """An observation of one space, and what is given beside it, to numbers per coordinate of space.

    (B, *source.model_shape), … → (B, maps, *space.model_shape). Convolutions where both are
    pictures of the same sides, small ones too: what is seen at a place belongs at that place, which
    perceptrons would have to learn. What is made of a pixel follows from its surroundings, and
    unless ``whole`` is false, or there are vectors beside, from all of the picture besides.
    Perceptrons otherwise.
    """
    if hidden is None and lie_together(source, space):
        return _Hourglass(source, space, beside, maps, activation, whole)
    inputs = (source, *beside)
    width = sum(i.features if isinstance(i, Space) else i for i in inputs)
    perceptron = mlp(width, perceptron_widths(space, hidden), maps * space.features, activation)
    layers = nn.Sequential(*perceptron, nn.Unflatten(1, (maps, *space.model_shape)))
    return Body(Inputs(inputs, affine=hidden == []), layers)


class _Hourglass(nn.Module):
    """Convolutions down to a small side and up again, each scale beside what was seen there.

    Convolutions see a few pixels around. At the smallest side a hidden layer sees the ``whole``,
    and the vectors that are beside the picture, and adds what follows from them.

    On the way in each observation is normalised by groups of channels (Wu & He, 2018, arXiv
    1803.08494). All pixels have the last layer's weights in common, and without it an absolute
    error, whose best constant is the median, black, takes all logits to where they have no slope.
    """

    def __init__(
        self,
        source: Space,
        space: Space,
        beside: Sequence[Input],
        maps: int,
        activation: type[nn.Module],
        whole: bool,
    ) -> None:
        super().__init__()
        self.lies = [isinstance(i, Space) and lie_together(source, i) for i in beside]
        pictures, vectors = _parted(beside, self.lies)
        channels, *sides = source.model_shape
        channels += sum(i.model_shape[0] for i in pictures if isinstance(i, Space))
        sizes, widths = halvings(sides), map_widths(sides)
        self.join = Inputs((source, *pictures), sides=True)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for width in widths:
            narrow = nn.Conv2d(channels, width, 4, stride=2, padding=1)
            scaled = nn.GroupNorm(_GROUPS, width)
            self.down.append(assemble(narrow, scaled, activation(), last=False))
            channels = width
        inner = channels * prod(sizes[-1])
        self.whole = _whole(inner, vectors, activation) if whole or vectors else None
        outputs = [*widths[-2::-1], maps * space.model_shape[0]]
        for i, (width, small, large) in enumerate(
            zip(outputs, sizes[::-1], sizes[-2::-1], strict=False)
        ):
            last = i == len(outputs) - 1
            before = widths[-1] if i == 0 else 2 * outputs[i - 1]
            wide = [doubling(before, width, small, large), *([] if last else [activation()])]
            self.up.append(assemble(*wide, last=last))
        self.shape = nn.Unflatten(1, (maps, space.model_shape[0]))

    def forward(self, source: Tensor, *beside: Tensor) -> Tensor:
        pictures, vectors = _parted(beside, self.lies)
        value, passed = self.join(source, *pictures), []
        for layer in self.down:
            value = layer(value)
            passed.append(value)
        if self.whole is not None:
            value = value + self.whole(value, *vectors).reshape(value.shape)
        for i, layer in enumerate(self.up):
            value = layer(value if i == 0 else torch.cat([value, passed[-1 - i]], 1))
        found: Tensor = self.shape(value)
        return found


def _whole(inner: int, vectors: Sequence[Input], activation: type[nn.Module]) -> Body:
    """A hidden layer over all of a small side and the vectors beside it, (B, inner), with little to
    say at the start, in which a few vectors are not drowned by thousands of other numbers.
    """
    told = sum(i.features if isinstance(i, Space) else i for i in vectors)
    layers = mlp(inner + told, (_WHOLE,), inner, activation)
    first, last = layers[0].weight, layers[-1].weight
    assert isinstance(first, Tensor)
    assert isinstance(last, Tensor)
    with torch.no_grad():
        first[:, inner:].mul_((inner / max(told, 1)) ** 0.5)
        last.mul_(_FAINT)
    return Body(Inputs((inner, *vectors)), layers)


def _parted(items: Sequence[T], chosen: Sequence[bool]) -> tuple[list[T], list[T]]:
    """Return those that are chosen, and the others."""
    return (
        [item for item, taken in zip(items, chosen, strict=True) if taken],
        [item for item, taken in zip(items, chosen, strict=True) if not taken],
    )
