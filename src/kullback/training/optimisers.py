"""How a player steps: the optimiser as a value, and its moments as tensors.

Adam (Kingma & Ba, 2015, arXiv 1412.6980):

    m ← β₁ m + (1−β₁) g,   v ← β₂ v + (1−β₂) g²,   θ ← θ − lr · m̂ / (√v̂ + ε)

with m̂ and v̂ corrected for their start at 0. The update is PyTorch's own, fused into one kernel in
eager mode and as tensor formulas in a compiled round. RMSProp (Tieleman & Hinton, 2012) has no m
and no correction:

    v ← α v + (1−α) g²,   θ ← θ − lr · g / (√v + ε)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adam import adam


@dataclass(frozen=True)
class Adam:
    """Rate at the start of training, decay of the two moments, and the largest gradient norm."""

    lr: float
    betas: tuple[float, float] = (0.9, 0.999)
    clip: float | None = None

    def update(self, moments: Moments, gradients: list[Tensor], rate: Tensor) -> None:
        """Change the parameters and moments in place."""
        parameters: list[Tensor] = [*moments.parameters]
        lists: Any = (parameters, gradients, moments.first, moments.second, [], moments.steps)
        constants: dict[str, Any] = {
            "amsgrad": False, "beta1": self.betas[0], "beta2": self.betas[1], "lr": rate,
            "weight_decay": 0.0, "eps": 1e-8, "maximize": False,
        }  # fmt: skip
        if torch.compiler.is_compiling():
            adam(*lists, **constants | {"foreach": True, "capturable": True})
        elif moments.alike:
            # What ``adam`` would call, without the checks that take it longer than a small update.
            torch._foreach_add_(moments.steps, 1)
            torch._fused_adam_(*lists, **constants)
        else:
            adam(*lists, **constants | {"fused": True})


@dataclass(frozen=True)
class RMSProp:
    """Rate at the start of training, decay α of the mean square, and the largest gradient norm."""

    lr: float
    decay: float = 0.99
    clip: float | None = None

    def update(self, moments: Moments, gradients: list[Tensor], rate: Tensor) -> None:
        """Change the parameters and the mean squares in place."""
        torch._foreach_lerp_(
            moments.second, torch._foreach_mul(gradients, gradients), 1 - self.decay
        )
        scales = torch._foreach_sqrt(moments.second)
        torch._foreach_add_(scales, 1e-8)
        steps = torch._foreach_div(gradients, scales)
        torch._foreach_mul_(steps, rate)
        torch._foreach_sub_([*moments.parameters], steps)


Optimiser = Adam | RMSProp


class Moments:
    """One player's parameters and the optimiser's state for them, all of it in ``tensors``."""

    def __init__(self, parameters: list[nn.Parameter]) -> None:
        self.parameters = parameters
        self.alike = len({(p.dtype, p.device) for p in parameters}) == 1
        self.first = [torch.zeros_like(p) for p in parameters]
        self.second = [torch.zeros_like(p) for p in parameters]
        self.steps = [torch.zeros((), device=p.device) for p in parameters]

    @property
    def tensors(self) -> dict[str, Tensor]:
        lists = {"first": self.first, "second": self.second, "steps": self.steps}
        return {f"{name}.{i}": t for name, ts in lists.items() for i, t in enumerate(ts)}

    def step(self, optimiser: Optimiser, gradients: Sequence[Tensor], rate: Tensor) -> Tensor:
        """Move the parameters down the gradients; return the gradients' norm before clipping."""
        with torch.no_grad():
            norms = torch._foreach_norm([*gradients])
            norm: Tensor = torch.linalg.vector_norm(torch.stack(norms))
            if optimiser.clip is not None:
                share = optimiser.clip / norm.clamp(min=optimiser.clip)
                gradients = torch._foreach_mul([*gradients], share)
            # The fused kernel walks memory: a gradient has to lie in it as its parameter does.
            laid = [
                g if g.stride() == p.stride() else torch.empty_like(p).copy_(g)
                for p, g in zip(self.parameters, gradients, strict=True)
            ]
            optimiser.update(self, laid, rate)
        return norm
