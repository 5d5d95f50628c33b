"""A model: two joints, and the objective that brings them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from kullback.data.space import Space
from kullback.errors import BadInput
from kullback.networks import Network
from kullback.objectives import Data, Factor, Joint, Objective, evaluating


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


def either(own: nn.Module | None, ours: nn.Module) -> nn.Module:
    """Return a network of one's own where there is one, else ours."""
    return ours if own is None else own


def check_shapes(model: Model, space: Space, latent_dim: int) -> None:
    """Try the networks on two rows; one that does not fit raises ``BadInput``.

    A network of one's own with too many outputs would otherwise be broadcast, and train as another
    model than the one that was asked for.
    """
    wanted = {"x": (2, *space.model_shape), "z": (2, latent_dim)}
    batch = {name: torch.full(shape, 0.5) for name, shape in wanted.items()}
    modules = model.objective.modules
    with evaluating([*modules.values(), *model.networks.values()]), torch.no_grad():
        for joint in (model.q, model.p):
            for factor in joint.latents:
                name = joint.text(factor)
                made = _tried(name, factor.network, [batch[c] for c in factor.conditions])
                found = tuple(made.batch_shape + made.event_shape)
                found = found if factor.given else (2, *found)
                if found != wanted[factor.variable]:
                    raise BadInput(
                        f"the network of {name} makes {factor.variable} of shape {found[1:]} a "
                        f"row; it must be {wanted[factor.variable][1:]}"
                    )
        for name, critic in modules.items():
            if name.startswith("D("):
                inputs = [batch[v] for v in name[2:-1].split(", ")]
                found = tuple(_tried(name, critic, inputs).shape)
                if found != (2,):
                    raise BadInput(f"the critic {name} must give one number a row, not {found[1:]}")


def _tried(name: str, network: nn.Module, inputs: Sequence[Tensor]) -> Any:
    try:
        return network(*inputs)
    except (RuntimeError, ValueError, IndexError) as error:
        shapes = ", ".join(str(tuple(value.shape[1:])) for value in inputs)
        reason = str(error).splitlines()[0]
        raise BadInput(f"the network of {name} cannot take rows of {shapes}: {reason}") from None


def joints(encoder: nn.Module, decoder: Network, prior: nn.Module) -> tuple[Joint, Joint]:
    """q(x, z) = data(x) q(z|x) and p(x, z) = p(z) p(x|z)."""
    observe = getattr(decoder.head, "observe", None)
    q = Joint("q", Data("x", observe), Factor("z", encoder, given="x"))
    p = Joint("p", Factor("z", prior), Factor("x", decoder, given="z"))
    return q, p
