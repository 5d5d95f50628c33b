"""The peak of this machine: one large matrix product in PyTorch, the yardstick of the rest."""

from __future__ import annotations

from typing import Any

import torch
from contender import answer, timed

SIDE = 2048


def measure(threads: int, steps: int, precision: str = "fp32", side: int = SIDE) -> dict[str, Any]:
    """Multiply two square matrices by the clock; ``flops`` are those of one product."""
    torch.set_num_threads(threads)
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    a, b = (torch.randn(side, side).to(dtype) for _ in range(2))
    out = torch.empty_like(a)
    return {**timed(lambda: torch.mm(a, b, out=out), steps), "flops": 2 * side**3}


if __name__ == "__main__":
    answer(measure)
