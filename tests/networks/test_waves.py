from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from kullback.networks import Corrected, NoiseTold, mlp, waves


class Recorder(nn.Module):
    """Keeps what it was given."""

    def forward(self, *inputs: Tensor) -> Tensor:
        self.seen = inputs
        return inputs[0].flatten(1)[:, :1]


def test_waves_are_sines_and_cosines_of_doubling_frequencies() -> None:
    x = torch.tensor([[0.3, -1.1], [2.0, 0.0]])
    found = waves(x, 3).view(2, 2, 2, 3)
    for octave in range(3):
        torch.testing.assert_close(found[:, 0, :, octave], torch.sin(2**octave * x))
        torch.testing.assert_close(found[:, 1, :, octave], torch.cos(2**octave * x))


def test_a_faded_wave_is_the_mean_of_the_wave_under_noise() -> None:
    x, s = torch.tensor([[0.7]], dtype=torch.float64), 0.4
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(400_000, 1, generator=generator, dtype=torch.float64)
    faded = waves(x, 4, torch.tensor([s], dtype=torch.float64))
    mean = waves(x + s * noise, 4).mean(0)
    torch.testing.assert_close(waves(x, 4, torch.zeros(1).double()), waves(x, 4))
    error = 5 / math.sqrt(len(noise))
    # A wave at x + sε on average is the faded wave at x.
    torch.testing.assert_close(faded[0], mean, atol=error, rtol=0)


@pytest.mark.parametrize("shape", [(2,), (1, 8, 9)])
def test_a_told_critic_sees_points_of_the_datas_size_whatever_the_noise(
    shape: tuple[int, ...],
) -> None:
    body, generator = Recorder(), torch.Generator().manual_seed(0)
    told = NoiseTold(body, centre=0.5, scale=0.3)
    for size in (1e-3, 0.3, 20.0):
        s = torch.full((20_000,), size)
        x = 0.5 + 0.3 * torch.randn(20_000, *shape, generator=generator)
        told(x + size * torch.randn(x.shape, generator=generator), s)
        points, beside = body.seen
        assert points.shape == x.shape
        assert float(points.mean()) == pytest.approx(0.5, abs=0.02)
        assert float(points.std()) == pytest.approx(0.3, rel=0.03)
        torch.testing.assert_close(beside, (s / 0.3).log()[:, None])


def test_a_told_critic_sees_waves_of_the_points_themselves_each_faded_by_its_own_noise() -> None:
    body = Recorder()
    x, s = torch.randn(3, 2), torch.tensor([0.01, 0.5, 3.0])
    NoiseTold(body, 0.0, 1.0, octaves=4)(x, s)
    for row in range(3):
        expected = waves(x[row : row + 1], 4, s[row : row + 1])[0]
        torch.testing.assert_close(body.seen[1][row, 1:], expected)


def corrected() -> Corrected:
    torch.manual_seed(0)
    draft = nn.Sequential(mlp(4, [8], 2), nn.Unflatten(1, (1, 2)))
    return Corrected(draft, [_Joined(2 + 4 + 2 * 3 * 2) for _ in range(2)], octaves=3)


class _Joined(nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.layers = mlp(inputs, [8], 2)

    def forward(self, *inputs: Tensor) -> Tensor:
        found: Tensor = self.layers(torch.cat(inputs, 1))
        return found


def test_a_generator_begins_as_its_draft() -> None:
    generator, z = corrected(), torch.randn(5, 4)
    assert torch.equal(generator(z), generator.draft(z))


def test_each_correction_sees_what_the_last_one_left() -> None:
    generator, z = corrected(), torch.randn(5, 4)
    for correction in generator.corrections:
        nn.init.normal_(correction.layers[-1].weight)  # type: ignore[index, union-attr]
    x = generator.draft(z)[:, 0]
    for correction in generator.corrections:
        x = x + correction(x, z, waves(x, 3))
    torch.testing.assert_close(generator(z)[:, 0], x)
    slopes = torch.autograd.grad(generator(z).square().sum(), list(generator.parameters()))
    assert all((slope != 0).any() for slope in slopes)
