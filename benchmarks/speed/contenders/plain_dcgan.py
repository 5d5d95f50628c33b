"""A DCGAN as one usually writes it: ``DataLoader``, Adam, losses read every step.

The networks are those of ``dcgan``, for pictures whose sides halve to under 8: batch normalisation,
ReLU, and a tanh in the generator, LeakyReLU of slope .2 in the critic (Radford, Metz & Chintala,
2016, arXiv 1511.06434). Channels come first, as they do unless one asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from contender import answer, timed
from flops import flops_of
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

LATENT = 64
WIDTH = 32


def networks(channels: int, scales: int, small: int) -> tuple[nn.Module, nn.Module]:
    """Return generator and critic over a number of ``scales``, the ``small`` side at the last."""
    maps = [WIDTH * 2**k for k in range(scales)]
    widest = maps[-1]
    up: list[nn.Module] = [
        nn.Linear(LATENT, widest * small**2, bias=False),
        nn.Unflatten(1, (widest, small, small)),
    ]
    for before, after in zip(maps[::-1], [*maps[-2::-1], channels], strict=True):
        last = before == WIDTH
        up += [nn.BatchNorm2d(before), nn.ReLU()]
        up += [nn.ConvTranspose2d(before, after, 4, 2, 1, bias=last)]
    down: list[nn.Module] = []
    for before, after in zip([channels, *maps], maps, strict=False):
        first = after == WIDTH
        down += [nn.Conv2d(before, after, 4, 2, 1, bias=first)]
        down += [nn.LeakyReLU(0.2)] if first else [nn.BatchNorm2d(after), nn.LeakyReLU(0.2)]
    critic = nn.Sequential(*down, nn.Flatten(), nn.Linear(widest * small**2, 1))
    return nn.Sequential(*up, nn.Tanh()), critic


def measure(data: str, batch_size: int, steps: int, threads: int) -> dict[str, Any]:
    """Train on uint8 pictures (N, H, W, C) by the clock; ``flops`` are those of one step."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    pictures = torch.from_numpy(np.load(data)).permute(0, 3, 1, 2).contiguous()
    side, scales = pictures.shape[-1], 0
    while side >= 8:
        side, scales = side // 2, scales + 1
    generator, critic = networks(pictures.shape[1], scales, side)
    generator_adam = torch.optim.Adam(generator.parameters(), 2e-4, (0.5, 0.999))
    critic_adam = torch.optim.Adam(critic.parameters(), 2e-4, (0.5, 0.999))
    loss = nn.BCEWithLogitsLoss()
    batches = endless(DataLoader(TensorDataset(pictures), batch_size, shuffle=True, drop_last=True))
    ones, zeros = torch.ones(batch_size, 1), torch.zeros(batch_size, 1)
    read: list[tuple[float, float]] = []

    def step() -> None:
        real = next(batches).float() / 127.5 - 1
        made = generator(torch.randn(batch_size, LATENT))
        critic_adam.zero_grad()
        critic_loss = loss(critic(real), ones) + loss(critic(made.detach()), zeros)
        critic_loss.backward()
        critic_adam.step()
        generator_adam.zero_grad()
        generator_loss = loss(critic(made), ones)
        generator_loss.backward()
        generator_adam.step()
        read.append((critic_loss.item(), generator_loss.item()))

    return {"flops": flops_of(step), **timed(step, steps)}


def endless(loader: DataLoader[tuple[Tensor, ...]]) -> Iterator[Tensor]:
    """Yield batches, epoch after epoch."""
    while True:
        for (batch,) in loader:
            yield batch


if __name__ == "__main__":
    answer(measure)
