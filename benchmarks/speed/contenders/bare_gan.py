"""The rounds of ``gan`` and ``wgan-gp`` by hand, as fast as eager PyTorch goes: the limit.

The same networks, penalties, moves, Adam and moving average of the generator as the models have by
default; resident rows, ``index_select``, fused Adam, nothing read back. A move asks for the
gradients of its own network only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from bare_vae import endless
from contender import answer, timed
from flops import flops_of
from games import DECAY, GAMES, HIDDEN, LATENT, LR
from torch import Tensor, nn
from torch.nn.functional import softplus


def networks(features: int) -> tuple[nn.Module, nn.Module]:
    """Return a generator and a critic of two hidden layers."""

    def mlp(inputs: int, outputs: int, activation: Callable[[], nn.Module]) -> nn.Module:
        return nn.Sequential(
            nn.Linear(inputs, HIDDEN),
            activation(),
            nn.Linear(HIDDEN, HIDDEN),
            activation(),
            nn.Linear(HIDDEN, outputs),
        )

    return mlp(LATENT, features, nn.SiLU), mlp(features, 1, nn.LeakyReLU)


def gan_loss(critic: nn.Module, real: Tensor, made: Tensor) -> Tensor:
    """−E log D(x) − E log(1 − D(G(z))) + ½ E‖∇D(x)‖²."""
    real.requires_grad_(True)
    scores = critic(real)
    (slope,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
    flat = 0.5 * slope.square().sum(1).mean()
    return softplus(-scores).mean() + softplus(critic(made)).mean() + flat


def wgan_gp_loss(critic: nn.Module, real: Tensor, made: Tensor) -> Tensor:
    """E D(G(z)) − E D(x) + E (‖∇D‖ − 1)² between the two."""
    share = torch.rand(len(real), 1)
    middle = (share * real + (1 - share) * made).requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(middle).sum(), middle, create_graph=True)
    norm = (slope.square().sum(1) + 1e-12).sqrt()
    total: Tensor = critic(made).mean() - critic(real).mean() + (norm - 1).square().mean()
    return total


def backward(loss: Tensor, network: nn.Module) -> None:
    """Ask for the gradients of one network's weights, and of nothing else."""
    loss.backward(inputs=[*network.parameters()])  # type: ignore[no-untyped-call]


def rounds(
    model: str, rows: Tensor, batches: Iterator[Tensor], batch_size: int
) -> Callable[[], None]:
    """Return a round of the model: its critic's moves, its generator's move, and the average."""
    moves, betas = GAMES[model]
    loss = gan_loss if model == "gan" else wgan_gp_loss
    generator, critic = networks(rows.shape[1])
    averages = [parameter.detach().clone() for parameter in generator.parameters()]
    generator_adam = torch.optim.Adam(generator.parameters(), LR, betas, fused=True)
    critic_adam = torch.optim.Adam(critic.parameters(), LR, betas, fused=True)

    def play() -> None:
        for _ in range(moves):
            with torch.no_grad():
                made = generator(torch.randn(batch_size, LATENT))
            critic_adam.zero_grad()
            real = rows.index_select(0, next(batches))
            backward(loss(critic, real, made), critic)
            critic_adam.step()
        scores = critic(generator(torch.randn(batch_size, LATENT)))
        generator_adam.zero_grad()
        backward((softplus(-scores) if model == "gan" else -scores).mean(), generator)
        generator_adam.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, list(generator.parameters()), 1 - DECAY)

    return play


def measure(model: str, data: str, batch_size: int, steps: int, threads: int) -> dict[str, Any]:
    """Play on points (N, D) by the clock; ``flops`` are those of one round."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    rows = torch.from_numpy(np.load(data))
    rows = (rows - rows.mean(0)) / rows.std()
    play = rounds(model, rows, endless(len(rows), batch_size), batch_size)
    return {"flops": flops_of(play), **timed(play, steps)}


if __name__ == "__main__":
    answer(measure)
