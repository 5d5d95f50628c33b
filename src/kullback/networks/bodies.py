"""Networks from the data's shape: multilayer perceptrons and strided convolutions.

An *inward* body takes observations in model units, (B, *shape), to a vector (B, outputs); an
*outward* body takes a vector to ``maps`` numbers per coordinate, (B, maps, *shape). With
``hidden`` a list they are perceptrons, and ``hidden=[]`` makes them affine. With ``hidden=None``
images of more than 800 values get convolutions that halve the sides until they are under 8 pixels,
after Radford, Metz & Chintala (2016, arXiv 1511.06434); smaller ones, 28×28 grey among them, get
two layers of 256, which on a processor learn more in the same time; points and vectors of fewer
than 64 features two layers of 128.

A body may have further inputs: a label, a latent, a second picture. Perceptrons get all of them end
to end; convolutions get pictures as further channels and vectors as maps that are constant.
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


Input = Space | int
"""What enters a body beside its main input: an observation of a space, or a vector of a width."""


class Inputs(nn.Module):
    """Several inputs as one: vectors end to end, (B, n); or pictures, (B, n, H, W), with ``sides``.

    Bounded observations are taken from [0, 1] to [−1, 1], where a network's first layer is better
    conditioned, unless the network is to be ``affine`` in what it is given. Better still it is
    where the first input's mean over the training rows is 0, coordinate by coordinate: what all
    rows have in common would be the one direction in which a step must not be long (LeCun et al.,
    1998, Efficient BackProp). With ``settles`` that mean is taken off once ``settle`` has told it.
    """

    shift: Tensor

    def __init__(
        self,
        inputs: Sequence[Input],
        sides: bool = False,
        affine: bool = False,
        settles: bool = False,
    ) -> None:
        super().__init__()
        self.doubled = [isinstance(i, Space) and i.bounded and not affine for i in inputs]
        self.sides = sides
        self.settles = settles and not affine
        first = inputs[0]
        if self.settles and isinstance(first, Space):
            self.register_buffer("shift", torch.full(first.model_shape, float(self.doubled[0])))

    def settle(self, mean: Tensor) -> None:
        """Take off this mean of the first input, (*model_shape), from now on."""
        self.shift.copy_(2 * mean if self.doubled[0] else mean)

    def forward(self, *values: Tensor) -> Tensor:
        values = tuple(self._centred(k, value) for k, value in enumerate(values))
        if len(values) == 1:
            return values[0] if self.sides else values[0].flatten(1)
        if not self.sides:
            return torch.cat([value.flatten(1) for value in values], 1)
        sides = values[0].shape[-2:]
        return torch.cat(
            [v if v.dim() == 4 else v[..., None, None].expand(*v.shape, *sides) for v in values], 1
        )

    def _centred(self, k: int, value: Tensor) -> Tensor:
        doubled = 2 * value if self.doubled[k] else value
        if self.settles and k == 0:
            return doubled - self.shift
        return doubled - 1 if self.doubled[k] else value


class Body(nn.Module):
    """``layers(join(inputs))``."""

    def __init__(self, join: nn.Module, layers: nn.Module) -> None:
        super().__init__()
        self.join = join
        self.layers = layers

    def forward(self, *inputs: Tensor) -> Tensor:
        found: Tensor = self.layers(self.join(*inputs))
        return found


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
    return assemble(*layers, nn.Linear(inputs, outputs))


def inward(
    space: Space,
    hidden: Sequence[int] | None,
    outputs: int,
    activation: type[nn.Module] = nn.SiLU,
    beside: Sequence[Input] = (),
    settles: bool = False,
) -> nn.Module:
    """Observations and what is beside them to vectors: (B, *model_shape), … → (B, outputs).

    With ``settles`` the mean of the observations is taken off (``Inputs``).
    """
    inputs = (space, *beside)
    pictures = [i for i in beside if isinstance(i, Space)]
    if hidden is None and _convolves(space) and all(lie_together(space, i) for i in pictures):
        channels, *sides = space.model_shape
        channels += sum(i.model_shape[0] if isinstance(i, Space) else i for i in beside)
        layers: list[nn.Module] = []
        for width in map_widths(sides):
            layers += [nn.Conv2d(channels, width, 4, stride=2, padding=1), activation()]
            channels = width
        inner = channels * prod(halvings(sides)[-1])
        layers += [nn.Flatten(), nn.Linear(inner, outputs)]
        return Body(Inputs(inputs, sides=True, settles=settles), assemble(*layers))
    width = sum(i.features if isinstance(i, Space) else i for i in inputs)
    perceptron = mlp(width, perceptron_widths(space, hidden), outputs, activation)
    return Body(Inputs(inputs, affine=hidden == [], settles=settles), perceptron)


def outward(
    space: Space,
    hidden: Sequence[int] | None,
    inputs: int,
    maps: int = 1,
    activation: type[nn.Module] = nn.SiLU,
    beside: Sequence[int] = (),
    spread: float = 0.0,
) -> nn.Module:
    """Vectors to numbers per coordinate: (B, inputs), … → (B, maps, *space.model_shape).

    The biases of a single hidden layer begin uniform in [−``spread``, ``spread``], not at 0: so
    its units bend all over the prior, and not all of them in planes through its middle. Those of
    several layers begin at 0 (docs/results.md).
    """
    shape, join = space.model_shape, Inputs([inputs, *beside])
    inputs += sum(beside)
    if hidden is None and _convolves(space):
        sizes = halvings(shape[1:])[::-1]
        widths = [*map_widths(shape[1:])[::-1], maps * shape[0]]
        layers: list[nn.Module] = [
            nn.Linear(inputs, widths[0] * prod(sizes[0])),
            nn.Unflatten(1, (widths[0], *sizes[0])),
        ]
        for before, after, small, large in zip(widths, widths[1:], sizes, sizes[1:], strict=False):
            layers += [activation(), doubling(before, after, small, large)]
        return Body(join, assemble(*layers, nn.Unflatten(1, (maps, shape[0]))))
    hidden = perceptron_widths(space, hidden)
    perceptron = mlp(inputs, hidden, maps * prod(shape), activation)
    if spread and len(hidden) == 1:
        nn.init.uniform_(perceptron[0].bias, -spread, spread)  # type: ignore[arg-type]
    return Body(join, nn.Sequential(*perceptron, nn.Unflatten(1, (maps, *shape))))


def doubling(
    before: int, after: int, small: tuple[int, int], large: tuple[int, int], bias: bool = True
) -> nn.ConvTranspose2d:
    """From maps of a ``small`` side to maps of the ``large`` one that halves to it."""
    odd = (large[0] - 2 * small[0], large[1] - 2 * small[1])
    return nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, output_padding=odd, bias=bias)


def assemble(*layers: nn.Module, last: bool = True) -> nn.Sequential:
    """Put layers in sequence, with weights that keep the size of a signal from layer to layer.

    N(0, 2/n) where an activation follows and n inputs have a hand in one output (He et al., 2015,
    arXiv 1502.01852), N(0, 1/n) in the last layer of all, biases 0. PyTorch's own start is smaller
    by √6 a layer: a few layers deep, a generator's samples would hardly depend on z. Convolutions
    run faster with the channels innermost.
    """
    weighted = [m for m in layers if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))]
    for layer in weighted:
        size, stride = layer.weight[0].numel(), 1
        if isinstance(layer, nn.ConvTranspose2d):
            size, stride = layer.weight[:, 0].numel(), prod(layer.stride)
        gain = 1.0 if last and layer is weighted[-1] else 2.0
        nn.init.normal_(layer.weight, 0.0, (gain * stride / size) ** 0.5)
        nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    network = nn.Sequential(*layers)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def _convolves(space: Space) -> bool:
    return space.is_image and space.features > _SMALL_IMAGE


def lie_together(one: Space, other: Space) -> bool:
    """Say whether two spaces are of pictures whose pixels correspond."""
    both = one.is_image and other.is_image
    return both and one.model_shape[1:] == other.model_shape[1:]


def perceptron_widths(space: Space, hidden: Sequence[int] | None) -> Sequence[int]:
    """Return the widths of hidden layers: the given ones, or those a space gets by default."""
    if hidden is not None:
        return hidden
    return (128, 128) if space.features < _SMALL_VECTOR else (256, 256)


def halvings(sides: Sequence[int]) -> list[tuple[int, int]]:
    """The sides of a picture at every scale, halved until one is under 8: (28, 28), (14, 14), …"""
    sizes = [(sides[0], sides[1])]
    while min(sizes[-1]) >= 8:
        sizes.append((sizes[-1][0] // 2, sizes[-1][1] // 2))
    return sizes


def map_widths(sides: Sequence[int]) -> list[int]:
    """Return how many maps there are at every scale of a picture but the first."""
    return [min(_WIDTH * 2**k, _WIDEST) for k in range(len(halvings(sides)) - 1)]
