"""Networks from the data's shape: multilayer perceptrons and strided convolutions.

An *inward* body takes observations in model units, (B, *shape), to a vector (B, outputs); an
*outward* body takes a vector to ``maps`` numbers per coordinate, (B, maps, *shape). With
``hidden`` a list they are perceptrons, and ``hidden=[]`` makes them affine. With ``hidden=None``
images of more than 800 values get convolutions that halve the sides until they are under 8 pixels,
after Radford, Metz & Chintala (2016, arXiv 1511.06434); smaller ones, 28×28 grey among them, get
two layers of 256, which on a processor learn more in the same time; points and vectors of fewer
than 64 features two layers of 128.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, nn

from kullback.data.space import Space

_WIDTH = 32
_WIDEST = 256
_SMALL_IMAGE = 800
_SMALL_VECTOR = 64


class Centre(nn.Module):
    """Take [0, 1] to [−1, 1], where a network's first layer is better conditioned."""

    def forward(self, x: Tensor) -> Tensor:
        return 2 * x - 1


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
    return _assemble(*layers, nn.Linear(inputs, outputs))


def inward(
    space: Space,
    hidden: Sequence[int] | None,
    outputs: int,
    activation: type[nn.Module] = nn.SiLU,
) -> nn.Module:
    """Observations to vectors: (B, *space.model_shape) → (B, outputs)."""
    centre = [Centre()] if space.bounded and hidden != [] else []
    if hidden is None and _convolves(space):
        channels, *sides = space.model_shape
        layers: list[nn.Module] = []
        for width in _widths(sides):
            layers += [nn.Conv2d(channels, width, 4, stride=2, padding=1), activation()]
            channels = width
        inner = channels * prod(_halvings(sides)[-1])
        return _assemble(*centre, *layers, nn.Flatten(), nn.Linear(inner, outputs))
    perceptron = mlp(space.features, _widths_of(space, hidden), outputs, activation)
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
    if hidden is None and _convolves(space):
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
        return _assemble(*layers, nn.Unflatten(1, (maps, shape[0])))
    perceptron = mlp(inputs, _widths_of(space, hidden), maps * prod(shape), activation)
    return nn.Sequential(*perceptron, nn.Unflatten(1, (maps, *shape)))


def _assemble(*layers: nn.Module) -> nn.Sequential:
    """Put layers in sequence, with weights that keep the size of a signal from layer to layer.

    N(0, 2/n) where an activation follows and n inputs have a hand in one output (He et al., 2015,
    arXiv 1502.01852), N(0, 1/n) in the last layer, biases 0. PyTorch's own start is smaller by √6 a
    layer: a few layers deep, a generator's samples would hardly depend on z. Convolutions run
    faster with the channels innermost.
    """
    weighted = [m for m in layers if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))]
    for layer in weighted:
        size, stride = layer.weight[0].numel(), 1
        if isinstance(layer, nn.ConvTranspose2d):
            size, stride = layer.weight[:, 0].numel(), prod(layer.stride)
        gain = 1.0 if layer is weighted[-1] else 2.0
        nn.init.normal_(layer.weight, 0.0, (gain * stride / size) ** 0.5)
        nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    network = nn.Sequential(*layers)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def _convolves(space: Space) -> bool:
    return space.is_image and space.features > _SMALL_IMAGE


def _widths_of(space: Space, hidden: Sequence[int] | None) -> Sequence[int]:
    if hidden is not None:
        return hidden
    return (128, 128) if space.features < _SMALL_VECTOR else (256, 256)


def _halvings(sides: Sequence[int]) -> list[tuple[int, int]]:
    sizes = [(sides[0], sides[1])]
    while min(sizes[-1]) >= 8:
        sizes.append((sizes[-1][0] // 2, sizes[-1][1] // 2))
    return sizes


def _widths(sides: Sequence[int]) -> list[int]:
    return [min(_WIDTH * 2**k, _WIDEST) for k in range(len(_halvings(sides)) - 1)]
