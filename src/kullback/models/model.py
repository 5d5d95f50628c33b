"""A model: two joints, and the objective that brings them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn
from torch.distributions import Distribution

from kullback.networks import Network
from kullback.objectives import Data, Factor, Joint, Objective


def _mean(posterior: Distribution) -> Tensor:
    return posterior.mean


@dataclass(frozen=True)
class Model:
    """What a function of the catalogue returns.

    Sampling uses ``p``, encoding ``q``; ``code`` picks the one code of an observation from q(z|x).
    """

    q: Joint
    p: Joint
    objective: Objective
    code: Callable[[Distribution], Tensor] = _mean

    @property
    def networks(self) -> dict[str, nn.Module]:
        """What sampling and encoding use, by the factor each stands for, e.g. p(x|z)."""
        return {
            joint.text(factor): factor.network
            for joint in (self.q, self.p)
            for factor in joint.latents
        }


def joints(encoder: nn.Module, decoder: Network, prior: nn.Module) -> tuple[Joint, Joint]:
    """q(x, z) = data(x) q(z|x) and p(x, z) = p(z) p(x|z)."""
    observe = getattr(decoder.head, "observe", None)
    q = Joint("q", Data("x", observe), Factor("z", encoder, given="x"))
    p = Joint("p", Factor("z", prior), Factor("x", decoder, given="z"))
    return q, p
