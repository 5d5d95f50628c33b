"""Networks from the data's shape: multilayer perceptrons and strided convolutions.

An *inward* body takes observations in model units, (B, *shape), to a vector (B, outputs); an
*outward* body takes a vector to ``maps`` numbers per coordinate, (B, maps, *shape). With
``hidden`` a list they are perceptrons, and ``hidden=[]`` makes them affine; with ``hidden=None``
images get convolutions that halve the sides until they are under 8 pixels, after Radford, Metz &
Chintala (2016, arXiv 1511.06434), and everything else gets two layers of 128.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, nn

from kullback.data.space import Space

_WIDTH = 32
_WIDEST = 256
_HIDDEN = (128, 128)


class Centre(nn.Module):
    """Take [0, 1] to [−1, 1], where a network's first layer is better conditioned."""

    def forward(self, x: Tensor) -> Tensor:
        return 2 * x - 1


class Several(nn.Module):
    """Let a body of one vector take several inputs: flattened and side by side."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.body(torch.cat([x.flatten(1) for x in inputs], 1))  # type: ignore[no-any-return]


def mlp(
    inputs: int,
    hidden: Sequence[int],
    outputs: int,
    activation: type[nn.Module] = nn.SiLU,
) -> nn.Sequential:
    """Linear layers of the ``hidden`` widths with an activation after each but the last."""
    layers: list[nn.Module] = []
    for width in hidden:
        layers += [nn.Linear(inputs, width), activation()]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))


def inward(
    space: Space,
    hidden: Sequence[int] | None,
    outputs: int,
    activation: type[nn.Module] = nn.SiLU,
) -> nn.Module:
    """Observations to vectors: (B, *space.model_shape) → (B, outputs)."""
    centre = [Centre()] if space.bounded and hidden != [] else []
    if hidden is None and space.is_image:
        channels, *sides = space.model_shape
        layers: list[nn.Module] = []
        for width in _widths(sides):
            layers += [nn.Conv2d(channels, width, 4, stride=2, padding=1), activation()]
            channels = width
        inner = channels * prod(_halvings(sides)[-1])
        return nn.Sequential(*centre, *layers, nn.Flatten(), nn.Linear(inner, outputs))
    perceptron = mlp(space.features, _HIDDEN if hidden is None else hidden, outputs, activation)
    return nn.Sequential(*centre, nn.Flatten(), *perceptron)


def outward(
    space: Space,
    hidden: Sequence[int] | None,
    inputs: int,
    maps: int = 1,
    activation: type[nn.Module] = nn.SiLU,
) -> nn.Module:
    """Vectors to numbers per coordinate: (B, inputs) → (B, maps, *space.model_shape)."""
    shape = space.model_shape
    if hidden is None and space.is_image:
        sizes = _halvings(shape[1:])[::-1]
        widths = [*_widths(shape[1:])[::-1], maps * shape[0]]
        layers: list[nn.Module] = [
            nn.Linear(inputs, widths[0] * prod(sizes[0])),
            nn.Unflatten(1, (widths[0], *sizes[0])),
        ]
        for before, after, small, large in zip(widths, widths[1:], sizes, sizes[1:], strict=False):
            odd = (large[0] - 2 * small[0], large[1] - 2 * small[1])
            layers += [
                activation(),
                nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, output_padding=odd),
            ]
        return nn.Sequential(*layers, nn.Unflatten(1, (maps, shape[0])))
    perceptron = mlp(inputs, _HIDDEN if hidden is None else hidden, maps * prod(shape), activation)
    return nn.Sequential(*perceptron, nn.Unflatten(1, (maps, *shape)))


def _halvings(sides: Sequence[int]) -> list[tuple[int, int]]:
    sizes = [(sides[0], sides[1])]
    while min(sizes[-1]) >= 8:
        sizes.append((sizes[-1][0] // 2, sizes[-1][1] // 2))
    return sizes


def _widths(sides: Sequence[int]) -> list[int]:
    return [min(_WIDTH * 2**k, _WIDEST) for k in range(len(_halvings(sides)) - 1)]
