"""Base noise for evaluation: row i's k-th draw is the same in whatever company it is made.

An estimate for one test point must not depend on which points stand beside it, nor on how many
draws fit into memory at once. So each row has a stream of its own for every 32 draws, seeded by
(*seed, row, k // 32); numbers are made on the CPU and moved, so that devices agree too.
"""

from __future__ import annotations

from math import prod

import numpy as np
import torch
from torch import Tensor

from kullback.distributions import Noise

BLOCK = 32
"""Draws that share a stream: chunks of draws begin at its multiples."""


class RowNoise(Noise):
    """Noise for the rows ``rows`` of a data set and the draws ``draws`` of each.

    Shapes are those that a ``Joint`` asks for: a leading (K, B) or (K·B), K blocks of B rows.
    """

    def __init__(
        self,
        rows: range,
        draws: range,
        seed: tuple[int, ...],
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        super().__init__(len(rows), dtype=dtype)
        self.draws = len(draws)
        self.device = device
        starts = range(draws.start, draws.stop, BLOCK)
        self._sizes = [min(BLOCK, draws.stop - start) for start in starts]
        self._streams = [[_stream(*seed, row, k // BLOCK) for k in starts] for row in rows]

    def draw(self, kind: str, shape: tuple[int, ...]) -> Tensor:
        """Draw numbers of a kind, "normal" or "uniform"."""
        self.requests.append((kind, shape))
        sampler = torch.randn if kind == "normal" else torch.rand
        each = prod(shape) // (self.rows * self.draws)
        rows = [
            torch.cat(
                [
                    sampler(size, each, generator=stream, dtype=self.dtype)
                    for size, stream in zip(self._sizes, streams, strict=True)
                ]
            )
            for streams in self._streams
        ]
        return torch.stack(rows, dim=1).reshape(shape).to(self.device)


def _stream(*seed: int) -> torch.Generator:
    state = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(state[0]))
