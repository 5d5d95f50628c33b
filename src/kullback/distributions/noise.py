"""Base noise, handed to every loss as an argument.

A draw is a deterministic function of its parameters and of base noise, x = g(θ, ε): the
reparameterisation of Kingma & Welling (2014, arXiv 1312.6114). When ε is an argument, a loss is a
pure function: the same noise gives the same number, a training step depends on nothing but its
step number and seed, and a compiled round receives the very numbers that an eager one would draw.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def seed_of(*numbers: int) -> int:
    """Mix integers into one seed of 64 bits."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0])


class Noise:
    """Standard normal and uniform numbers for a batch of ``rows`` observations.

    ``Noise.seeded`` draws them from a generator; ``replay`` hands out numbers drawn before. Either
    way ``requests`` lists what was asked for, so that the next round's numbers can be drawn ahead.
    """

    def __init__(
        self,
        rows: int,
        generator: torch.Generator | None = None,
        dtype: torch.dtype = torch.float32,
        drawn: Sequence[Tensor] = (),
    ) -> None:
        self.rows = rows
        self.dtype = dtype
        self.requests: list[tuple[str, tuple[int, ...]]] = []
        self._generator = generator
        self._drawn = drawn

    @classmethod
    def seeded(
        cls,
        rows: int,
        *seed: int,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> Noise:
        """Noise that is a function of the integers ``seed`` alone."""
        return cls(rows, torch.Generator(device).manual_seed(seed_of(*seed)), dtype)

    @classmethod
    def replay(cls, rows: int, drawn: Sequence[Tensor]) -> Noise:
        """Hand out numbers in the order in which they were drawn."""
        return cls(rows, drawn=drawn)

    def normal(self, *shape: int) -> Tensor:
        """Draw ε ~ N(0, 1) of the given shape."""
        return self.draw("normal", shape)

    def uniform(self, *shape: int) -> Tensor:
        """Draw u ~ U[0, 1) of the given shape."""
        return self.draw("uniform", shape)

    def draw(self, kind: str, shape: tuple[int, ...]) -> Tensor:
        """Draw numbers of a kind, "normal" or "uniform"."""
        self.requests.append((kind, shape))
        if self._generator is None:
            return self._drawn[len(self.requests) - 1]
        sampler = torch.randn if kind == "normal" else torch.rand
        device = self._generator.device
        return sampler(shape, generator=self._generator, device=device, dtype=self.dtype)
