"""A model: two joints, and the objective that brings them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from kullback.data import Outline
from kullback.errors import BadInput
from kullback.networks import FittedNormal, Network
from kullback.networks.bodies import Inputs
from kullback.objectives import (
    Batch,
    Data,
    Factor,
    Joint,
    Objective,
    Player,
    TrainingRows,
    evaluating,
)


@dataclass(frozen=True)
class Model:
    """What a function of the catalogue returns.

    Sampling uses ``p``, encoding ``q``. The code of an observation is the mean of q(z|x), unless
    ``infer`` finds another.
    """

    q: Joint
    p: Joint
    objective: Objective
    infer: Callable[[Batch], Tensor] | None = None

    def encode(self, batch: Batch) -> Tensor:
        """Return the codes of a batch's observations, (B, latent_dim)."""
        if self.infer is not None:
            return self.infer(batch)
        factor = self.q["z"]
        assert isinstance(factor, Factor)
        posterior: Distribution = factor.network(*(batch[name] for name in factor.conditions))
        return posterior.mean

    def settle(self, batches: Iterable[Batch]) -> None:
        """Tell the networks of q that want to know it the mean of what they are given first.

        Before training, with rows that are like those to be learnt, one at least. Decoders are not
        to begin at the mean: one that is right on average before it listens to the code lets the
        KL close the code, and a deep one never opens it again (docs/results.md).
        """
        joins = [
            (factor.conditions[0], getattr(getattr(factor.network, "body", None), "join", None))
            for factor in self.q.latents
            if factor.conditions
        ]
        wanting = [(v, join) for v, join in joins if isinstance(join, Inputs) and join.settles]
        if wanting:
            means = _means(batches, {variable for variable, _ in wanting})
            for variable, join in wanting:
                join.settle(means[variable])

    @property
    def given(self) -> tuple[str, ...]:
        """What has to be given for p to be drawn: a label y, a row of the second data set."""
        return tuple(f.variable for f in self.p.factors if isinstance(f, Data))

    @property
    def observed(self) -> tuple[str, ...]:
        """The variables of a batch that training uses."""
        return tuple(
            dict.fromkeys(
                f.variable
                for joint in (self.q, self.p)
                for f in joint.factors
                if isinstance(f, Data)
            )
        )

    @property
    def read(self) -> tuple[str, ...]:
        """The variables of a batch that a code is drawn from."""
        factors = self.q.ancestors("z")
        return tuple(f.variable for f in factors if isinstance(f, Data))

    @property
    def networks(self) -> dict[str, nn.Module]:
        """What sampling and encoding use, by the factor each stands for, e.g. p(x|z)."""
        return {
            joint.text(factor): factor.network
            for joint in (self.q, self.p)
            for factor in joint.latents
        }


def _means(batches: Iterable[Batch], variables: Iterable[str]) -> dict[str, Tensor]:
    totals = {name: torch.zeros((), dtype=torch.float64) for name in variables}
    count = 0
    for batch in batches:
        for name, total in totals.items():
            totals[name] = total + batch[name].sum(0).cpu().double()
        count += len(next(iter(batch.values())))
    return {name: total / count for name, total in totals.items()}


def either(own: nn.Module | None, ours: nn.Module) -> nn.Module:
    """Return a network of one's own where there is one, else ours."""
    return ours if own is None else own


def check_shapes(model: Model, outline: Outline, latent_dim: int) -> None:
    """Try the networks on two rows; one that does not fit raises ``BadInput``.

    A network of one's own with too many outputs would otherwise be broadcast, and train as another
    model than the one that was asked for.
    """
    source = outline.source or outline.space
    cluster = [factor.network for factor in model.p.latents if factor.variable == "y"]
    classes = cluster[0]().event_shape[0] if cluster else outline.classes
    wanted = {
        "x": (2, *outline.space.model_shape),
        "z": (2, latent_dim),
        "y": (2, classes),
        "source": (2, *source.model_shape),
        "mask": (2, *outline.space.model_shape[:1]),
    }
    batch = {name: torch.full(shape, 0.5) for name, shape in wanted.items()} | {
        "index": torch.arange(2),
        "mask": torch.ones(wanted["mask"]),
        "s": torch.ones(2),
    }
    networks = model.networks | model.objective.modules
    with evaluating(networks.values()), torch.no_grad():
        for name, network in networks.items():
            variable, _, given = name[name.index("(") + 1 : -1].partition("|")
            if name.startswith("D("):
                found = tuple(_tried(name, network, [batch[v] for v in variable.split(", ")]).shape)
                if found != (2,):
                    raise BadInput(f"the critic {name} must give one number a row, not {found[1:]}")
                continue
            conditions = given.split(", ") if given else []
            made = _tried(name, network, [batch[v] for v in conditions])
            found = tuple(made.batch_shape + made.event_shape)
            found = found if conditions else (2, *found)
            if found != wanted[variable]:
                raise BadInput(
                    f"the network of {name} makes {variable} of shape {found[1:]} a row; it must "
                    f"be {wanted[variable][1:]}"
                )


def check_learns(model: Model, bodies: Iterable[str]) -> None:
    """Refuse a game or a loss with a player who has no parameter to move."""
    for name, player in model.objective.items():
        if player.solve is None and not player.parameters:
            given = ", ".join(bodies)
            raise BadInput(
                f"the player {name} has nothing to learn: the networks given ({given}) have no "
                "parameter that it could move"
            )


def _tried(name: str, network: nn.Module, inputs: Sequence[Tensor]) -> Any:
    try:
        return network(*inputs)
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        shapes = ", ".join(str(tuple(value.shape[1:])) for value in inputs)
        reason = str(error).splitlines()[0]
        raise BadInput(f"the network of {name} cannot take rows of {shapes}: {reason}") from None


def joints(encoder: nn.Module, decoder: Network, prior: nn.Module) -> tuple[Joint, Joint]:
    """q(x, z) = data(x) q(z|x) and p(x, z) = p(z) p(x|z)."""
    q = Joint("q", observation(decoder), Factor("z", encoder, given="x"))
    p = Joint("p", Factor("z", prior), Factor("x", decoder, given="z"))
    return q, p


def labelled_joints(encoder: nn.Module, decoder: Network, prior: nn.Module) -> tuple[Joint, Joint]:
    """data(x, y) q(z|x, y) and data(y) p(z) p(x|z, y): both networks are told the label."""
    q = Joint("q", observation(decoder), Data("y"), Factor("z", encoder, given="x y"))
    p = Joint("p", Data("y"), Factor("z", prior), Factor("x", decoder, given="z y"))
    return q, p


def observation(decoder: Network) -> Data:
    """data(x), observed as the likelihood of ``decoder`` wants it: grey pixels as bits, say."""
    return Data("x", getattr(decoder.head, "observe", None))


def fitted(prior: FittedNormal, q: Joint, noise: float = 0.0) -> Objective:
    """When all the others have moved, fit p(z) to the training codes: the means of q(z|·).

    ``noise`` is the standard deviation that q(z|·) has about each.
    """
    encoder = q["z"]
    assert isinstance(encoder, Factor)

    def fit(rows: TrainingRows) -> None:
        with torch.no_grad():
            codes = [
                encoder.network(*(batch[name] for name in encoder.conditions)).mean
                for batch in rows()
            ]
        prior.fit(torch.cat(codes), noise)

    player = Player({"p(z)": prior}, lambda *_: {}, solve=fit, closing=True)
    return Objective({"prior": player}, "p(z) fitted to q(z)")
