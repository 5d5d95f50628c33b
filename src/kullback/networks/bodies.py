"""Networks from the data's shape: multilayer perceptrons and strided convolutions.

An *inward* body takes observations in model units, (B, *shape), to a vector (B, outputs); an
*outward* body takes a vector to ``maps`` numbers per coordinate, (B, maps, *shape). With
``hidden`` a list they are perceptrons, and ``hidden=[]`` makes them affine. With ``hidden=None``
images of more than 800 values get convolutions that halve the sides until they are under 8 pixels,
after Radford, Metz & Chintala (2016, arXiv 1511.06434); smaller ones, 28×28 grey among them, get
two layers of 256, which on a processor learn more in the same time; points and vectors of fewer
than 64 features two layers of 128.

A body may have further inputs: a label, a latent, a second picture. Perceptrons get all of them end
to end; convolutions get pictures as further channels and vectors as maps that are constant. A body
*across* leads from a picture to a picture, at every scale with what was seen on the way in, after
Ronneberger, Fischer & Brox (2015, arXiv 1505.04597).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TypeVar

import torch
from torch import Tensor, nn

from kullback.data.space import Space

T = TypeVar("T")

_WIDTH = 32
_WIDEST = 256
_GROUPS = 8
_FAINT = 0.1
_SMALL_IMAGE = 800
_SMALL_VECTOR = 64


Input = Space | int
"""What enters a body beside its main input: an observation of a space, or a vector of a width."""


class Inputs(nn.Module):
    """Several inputs as one: vectors end to end, (B, n); or pictures, (B, n, H, W), with ``sides``.

    Bounded observations are taken from [0, 1] to [−1, 1], where a network's first layer is better
    conditioned, unless the network is to be ``affine`` in what it is given.
    """

    def __init__(self, inputs: Sequence[Input], sides: bool = False, affine: bool = False) -> None:
        super().__init__()
        self.centred = [isinstance(i, Space) and i.bounded and not affine for i in inputs]
        self.sides = sides

    def forward(self, *values: Tensor) -> Tensor:
        values = tuple(
            2 * value - 1 if centred else value
            for value, centred in zip(values, self.centred, strict=True)
        )
        if len(values) == 1:
            return values[0] if self.sides else values[0].flatten(1)
        if not self.sides:
            return torch.cat([value.flatten(1) for value in values], 1)
        sides = values[0].shape[-2:]
        return torch.cat(
            [v if v.dim() == 4 else v[..., None, None].expand(*v.shape, *sides) for v in values], 1
        )


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
    return _assemble(*layers, nn.Linear(inputs, outputs))


def inward(
    space: Space,
    hidden: Sequence[int] | None,
    outputs: int,
    activation: type[nn.Module] = nn.SiLU,
    beside: Sequence[Input] = (),
) -> nn.Module:
    """Observations and what is beside them to vectors: (B, *model_shape), … → (B, outputs)."""
    inputs = (space, *beside)
    pictures = [i for i in beside if isinstance(i, Space)]
    if hidden is None and _convolves(space) and all(_lie_together(space, i) for i in pictures):
        channels, *sides = space.model_shape
        channels += sum(i.model_shape[0] if isinstance(i, Space) else i for i in beside)
        layers: list[nn.Module] = []
        for width in _widths(sides):
            layers += [nn.Conv2d(channels, width, 4, stride=2, padding=1), activation()]
            channels = width
        inner = channels * prod(halvings(sides)[-1])
        layers += [nn.Flatten(), nn.Linear(inner, outputs)]
        return Body(Inputs(inputs, sides=True), _assemble(*layers))
    width = sum(i.features if isinstance(i, Space) else i for i in inputs)
    perceptron = mlp(width, _widths_of(space, hidden), outputs, activation)
    return Body(Inputs(inputs, affine=hidden == []), perceptron)


def outward(
    space: Space,
    hidden: Sequence[int] | None,
    inputs: int,
    maps: int = 1,
    activation: type[nn.Module] = nn.SiLU,
    beside: Sequence[int] = (),
) -> nn.Module:
    """Vectors to numbers per coordinate: (B, inputs), … → (B, maps, *space.model_shape)."""
    shape, join = space.model_shape, Inputs([inputs, *beside])
    inputs += sum(beside)
    if hidden is None and _convolves(space):
        sizes = halvings(shape[1:])[::-1]
        widths = [*_widths(shape[1:])[::-1], maps * shape[0]]
        layers: list[nn.Module] = [
            nn.Linear(inputs, widths[0] * prod(sizes[0])),
            nn.Unflatten(1, (widths[0], *sizes[0])),
        ]
        for before, after, small, large in zip(widths, widths[1:], sizes, sizes[1:], strict=False):
            layers += [activation(), doubling(before, after, small, large)]
        return Body(join, _assemble(*layers, nn.Unflatten(1, (maps, shape[0]))))
    perceptron = mlp(inputs, _widths_of(space, hidden), maps * prod(shape), activation)
    return Body(join, nn.Sequential(*perceptron, nn.Unflatten(1, (maps, *shape))))


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
    if hidden is None and _lie_together(source, space):
        return _Hourglass(source, space, beside, maps, activation, whole)
    inputs = (source, *beside)
    width = sum(i.features if isinstance(i, Space) else i for i in inputs)
    perceptron = mlp(width, _widths_of(space, hidden), maps * space.features, activation)
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
        self.lies = [isinstance(i, Space) and _lie_together(source, i) for i in beside]
        pictures, vectors = _parted(beside, self.lies)
        channels, *sides = source.model_shape
        channels += sum(i.model_shape[0] for i in pictures if isinstance(i, Space))
        sizes, widths = halvings(sides), _widths(sides)
        self.join = Inputs((source, *pictures), sides=True)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for width in widths:
            narrow = nn.Conv2d(channels, width, 4, stride=2, padding=1)
            scaled = nn.GroupNorm(_GROUPS, width)
            self.down.append(_assemble(narrow, scaled, activation(), last=False))
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
            self.up.append(_assemble(*wide, last=last))
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
    layers = mlp(inner + told, (_WIDEST,), inner, activation)
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


def doubling(
    before: int, after: int, small: tuple[int, int], large: tuple[int, int], bias: bool = True
) -> nn.ConvTranspose2d:
    """From maps of a ``small`` side to maps of the ``large`` one that halves to it."""
    odd = (large[0] - 2 * small[0], large[1] - 2 * small[1])
    return nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, output_padding=odd, bias=bias)


def _assemble(*layers: nn.Module, last: bool = True) -> nn.Sequential:
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


def _lie_together(one: Space, other: Space) -> bool:
    """Whether two spaces are of pictures whose pixels correspond."""
    both = one.is_image and other.is_image
    return both and one.model_shape[1:] == other.model_shape[1:]


def _widths_of(space: Space, hidden: Sequence[int] | None) -> Sequence[int]:
    if hidden is not None:
        return hidden
    return (128, 128) if space.features < _SMALL_VECTOR else (256, 256)


def halvings(sides: Sequence[int]) -> list[tuple[int, int]]:
    """The sides of a picture at every scale, halved until one is under 8: (28, 28), (14, 14), …"""
    sizes = [(sides[0], sides[1])]
    while min(sizes[-1]) >= 8:
        sizes.append((sizes[-1][0] // 2, sizes[-1][1] // 2))
    return sizes


def _widths(sides: Sequence[int]) -> list[int]:
    return [min(_WIDTH * 2**k, _WIDEST) for k in range(len(halvings(sides)) - 1)]
