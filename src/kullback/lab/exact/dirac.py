"""The Dirac-GAN: data δ(x), samples δ(x − θ), the critic D(x) = ψ x.

The smallest game there is; its equilibrium is θ = ψ = 0, and every loss is a function of ψθ. Both
step at once,

    ψ ← ψ − h ∂critic/∂ψ,    θ ← θ − h ∂mover/∂θ,

each by the slopes at (θ, ψ) where both stood. Mescheder, Geiger & Nowozin (2018, arXiv 1801.04406).
"""

from __future__ import annotations

import numpy as np
import torch

from kullback.distributions import Noise
from kullback.divergences import Dual, Penalty, score
from kullback.lab.exact.grid import Floats


def orbit(dual: Dual, penalties: tuple[Penalty, ...] = (), steps: int = 500) -> Floats:
    """(θ, ψ) from (1, 1) on, (steps + 1, 2), with steps of h = .1 in both."""
    noise = Noise.seeded(1, 0, dtype=torch.float64)
    data = torch.zeros(1, 1, dtype=torch.float64)
    at = torch.ones(2, dtype=torch.float64)
    found = [at]
    for _ in range(steps):
        theta, psi = (each.clone().requires_grad_() for each in at)

        def critic(x: torch.Tensor, psi: torch.Tensor = psi) -> torch.Tensor:
            return (psi * x).squeeze(1)

        sample = theta.view(1, 1)
        real, made = score(critic, (data,)), score(critic, (sample,))
        loss = dual.critic(real.logits, made.logits)
        for penalty in penalties:
            loss = loss + penalty.value(critic, real, made, noise)
        # The critic's loss does not reach θ, nor the mover's ψ: one sum has the slopes of both.
        loss = loss + dual.mover(critic(sample, psi.detach()), None)
        at = at - 0.1 * torch.stack(torch.autograd.grad(loss, (theta, psi)))
        found.append(at)
    return np.asarray(torch.stack(found).numpy())
