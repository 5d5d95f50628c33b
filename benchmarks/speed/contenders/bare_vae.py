"""A VAE's training step by hand, as fast as eager PyTorch goes: the limit.

The rows stay in memory in their compact type, a batch is one ``index_select``, Adam is fused, and
nothing is read back from a step. The networks are those of ``vae`` with one hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from contender import answer, timed
from flops import flops_of
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits


def measure(
    data: str, batch_size: int, steps: int, threads: int, hidden: int = 512, latent_dim: int = 16
) -> dict[str, Any]:
    """Train on binary rows (N, …) by the clock; ``flops`` are those of one step."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    rows = torch.from_numpy(np.load(data)).flatten(1)
    width = rows.shape[1]
    encoder = nn.Sequential(nn.Linear(width, hidden), nn.SiLU(), nn.Linear(hidden, 2 * latent_dim))
    decoder = nn.Sequential(nn.Linear(latent_dim, hidden), nn.SiLU(), nn.Linear(hidden, width))
    adam = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 2e-3, fused=True)
    batches = endless(len(rows), batch_size)

    def step() -> None:
        x = rows.index_select(0, next(batches)).float()
        mean, log_variance = encoder(2 * x - 1).chunk(2, 1)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        nll = binary_cross_entropy_with_logits(decoder(z), x, reduction="sum")
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum()
        adam.zero_grad()
        ((nll + kl) / batch_size).backward()
        adam.step()

    return {"flops": flops_of(step), **timed(step, steps)}


def endless(rows: int, batch_size: int) -> Iterator[Tensor]:
    """Yield batches of row numbers, epoch after epoch, each in an order of its own."""
    while True:
        order = torch.randperm(rows)
        yield from torch.split(order[: rows - rows % batch_size], batch_size)


if __name__ == "__main__":
    answer(measure)
