"""The networks of Radford, Metz & Chintala (2016, arXiv 1511.06434), for pictures of any sides.

    generator   z → a small picture with many maps → transposed convolutions that double the sides;
                batch normalisation and ReLU after each layer but the last
    critic      convolutions that halve the sides, LeakyReLU of slope .2; batch normalisation after
                each but the first; one affine layer to the logit

Weights start from N(0, .02), those of batch normalisation from N(1, .02), biases from 0; a layer
followed by batch normalisation has no bias, which would be subtracted again. The maps double where
the sides halve, from ``width`` at the largest scale (in the paper 128, and four scales for 64×64
pixels); 28×28 has the sides 28, 14 and 7. The paper's tanh, for pixels in [−1, 1], is the sigmoid
of the twofold number, for pixels in [0, 1]: it stands in the head.
"""

from __future__ import annotations

from math import prod

import torch
from torch import nn

from kullback.data.space import Space
from kullback.networks.bodies import Body, Inputs, doubling, halvings


class Leaky(nn.LeakyReLU):
    """x above zero, .2 x below."""

    def __init__(self) -> None:
        super().__init__(0.2)


def dcgan_generator(space: Space, inputs: int, width: int) -> nn.Module:
    """A vector to a picture before the sigmoid: (B, inputs) → (B, 1, *space.model_shape)."""
    channels, *sides = space.model_shape
    sizes = halvings(sides)[::-1]
    maps = [width * 2**k for k in range(len(sizes) - 1)][::-1]
    layers: list[nn.Module] = [
        nn.Linear(inputs, maps[0] * prod(sizes[0]), bias=False),
        nn.Unflatten(1, (maps[0], *sizes[0])),
    ]
    for k, before in enumerate(maps):
        last = before == width
        after = channels if last else maps[k + 1]
        wider = doubling(before, after, sizes[k], sizes[k + 1], bias=last)
        layers += [nn.BatchNorm2d(before), nn.ReLU(), wider]
    return Body(Inputs([inputs]), _begun(*layers, nn.Unflatten(1, (1, channels))))


def dcgan_critic(space: Space, width: int) -> nn.Module:
    """A picture to one number, (B, *space.model_shape) → (B, 1)."""
    before, *sides = space.model_shape
    *larger, smallest = halvings(sides)
    layers: list[nn.Module] = []
    for k in range(len(larger)):
        after = width * 2**k
        layers.append(nn.Conv2d(before, after, 4, stride=2, padding=1, bias=k == 0))
        layers += [Leaky()] if k == 0 else [nn.BatchNorm2d(after), Leaky()]
        before = after
    affine = nn.Linear(before * prod(smallest), 1)
    return Body(Inputs([space], sides=True), _begun(*layers, nn.Flatten(), affine))


def _begun(*layers: nn.Module) -> nn.Sequential:
    """Put layers in sequence with the paper's first weights."""
    for layer in layers:
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
