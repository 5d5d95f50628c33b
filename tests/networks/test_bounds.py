from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from kullback.networks import clipping, mlp, spectrally_normalised


def weights(module: nn.Module) -> list[Tensor]:
    layers = [m for m in module.modules() if isinstance(m, (nn.Linear, nn.Conv2d))]
    return [layer.weight for layer in layers]


def test_clipping_brings_every_parameter_back_and_leaves_those_within() -> None:
    module = mlp(3, [4], 1)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.linspace(-1, 1, parameter.numel()).view_as(parameter))
        before = [parameter.clone() for parameter in module.parameters()]
        clipping(module, 0.25)()
    for parameter, was in zip(module.parameters(), before, strict=True):
        assert torch.equal(parameter, was.clamp(-0.25, 0.25))


def test_a_spectrally_normalised_layers_largest_singular_value_is_one() -> None:
    torch.manual_seed(0)
    body = nn.Sequential(
        nn.Conv2d(1, 6, 4, stride=2, padding=1), nn.LeakyReLU(), nn.Flatten(), mlp(96, [5], 1)
    )
    module = spectrally_normalised(body)
    x = torch.randn(2, 1, 8, 8)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(7)
    for _ in range(50):
        module(x)
    module.eval()
    found = [torch.linalg.svdvals(w.detach().flatten(1))[0] for w in weights(module)]
    assert len(found) == 3
    assert [float(value) for value in found] == pytest.approx([1, 1, 1], abs=1e-3)


def test_a_spectrally_normalised_perceptron_is_nowhere_steeper_than_one() -> None:
    torch.manual_seed(0)
    module = spectrally_normalised(mlp(4, [16, 16], 1, nn.LeakyReLU))
    for _ in range(50):
        module(torch.randn(2, 4))
    module.eval()
    x = (3 * torch.randn(500, 4)).requires_grad_()
    (slope,) = torch.autograd.grad(module(x).sum(), x)
    assert float(slope.norm(dim=1).max()) <= 1 + 1e-3


def test_normalising_twice_is_normalising_once() -> None:
    module = spectrally_normalised(mlp(3, [4], 1))
    names = [name for name, _ in module.named_buffers()]
    assert [name for name, _ in spectrally_normalised(module).named_buffers()] == names


def test_a_look_in_evaluation_leaves_the_iteration_where_it_is() -> None:
    module = spectrally_normalised(mlp(3, [4], 1))
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_()
    before = [buffer.clone() for buffer in module.buffers()]
    module.eval()(torch.randn(2, 3))
    assert all(torch.equal(a, b) for a, b in zip(before, module.buffers(), strict=True))
    module.train()(torch.randn(2, 3))
    assert not all(torch.equal(a, b) for a, b in zip(before, module.buffers(), strict=True))
