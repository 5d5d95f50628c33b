from __future__ import annotations

import pytest
import torch
from torch import nn

from kullback.data import Space
from kullback.networks import dcgan_critic, dcgan_generator

SPACES = {
    "grey": Space("uint8", (28, 28), "uint8"),
    "small": Space("uint8", (8, 9), "uint8"),
    "colour": Space("uint8", (64, 33, 3), "uint8"),
}
each_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)


@each_space
def test_shapes_and_that_every_parameter_has_a_hand(space: Space) -> None:
    torch.manual_seed(0)
    generator, critic = dcgan_generator(space, 5, 4), dcgan_critic(space, 4)
    z = torch.randn(6, 5, requires_grad=True)
    made = generator(z)
    assert made.shape == (6, 1, *space.model_shape)
    logits = critic(made[:, 0])
    assert logits.shape == (6, 1)
    inputs = [z, *generator.parameters(), *critic.parameters()]
    slopes = torch.autograd.grad((logits**2).sum() + logits.sum(), inputs)
    assert all((slope != 0).any() for slope in slopes)


def test_the_layers_are_the_papers() -> None:
    space = SPACES["grey"]
    generator, critic = dcgan_generator(space, 100, 32), dcgan_critic(space, 32)

    def kinds(module: nn.Module) -> list[str]:
        names = [type(layer).__name__ for layer in module.layers]  # type: ignore[union-attr]
        return [name for name in names if name not in ("Unflatten", "Flatten")]

    up, down = ["BatchNorm2d", "ReLU", "ConvTranspose2d"], ["Conv2d", "BatchNorm2d", "Leaky"]
    assert kinds(generator) == ["Linear", *up, *up]
    assert kinds(critic) == ["Conv2d", "Leaky", *down, "Linear"]
    convolutions = [m for m in critic.modules() if isinstance(m, nn.Conv2d)]
    assert [m.out_channels for m in convolutions] == [32, 64]
    assert [m.in_channels for m in generator.modules() if isinstance(m, nn.ConvTranspose2d)] == [
        64,
        32,
    ]


def test_the_first_weights_are_the_papers() -> None:
    torch.manual_seed(0)
    modules = [dcgan_generator(SPACES["colour"], 50, 16), dcgan_critic(SPACES["colour"], 16)]
    for layer in (part for module in modules for part in module.modules()):
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            error = 4 * 0.02 / layer.weight.numel() ** 0.5
            assert float(layer.weight.detach().std()) == pytest.approx(0.02, abs=error)
            assert float(layer.weight.detach().mean()) == pytest.approx(0, abs=error)
            assert layer.bias is None or not layer.bias.any()
        if isinstance(layer, nn.BatchNorm2d):
            assert float(layer.weight.detach().mean()) == pytest.approx(1, abs=0.03)
            assert 0 < float(layer.weight.detach().std()) < 0.04
