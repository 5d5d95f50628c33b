"""An objective is a dictionary of players.

A player owns modules, has named loss terms, and moves. One player: a VAE. Two: a GAN, an AAE, ALI.
Three: a CVAE-GAN. Whatever does not fit the algebra of joints is still only a dictionary of
players, so that one training loop serves all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor, nn

from kullback.distributions import Noise
from kullback.objectives.clock import Clock
from kullback.objectives.follower import Following, Owner, owners
from kullback.objectives.joint import Batch

if TYPE_CHECKING:
    from kullback.objectives.samples import Game

T = TypeVar("T")

Terms = dict[str, Tensor]
TrainingRows = Callable[[], Iterable[Batch]]


@dataclass(frozen=True)
class Player:
    """Modules that move together, and what they minimise.

    A move is a gradient step on the sum of ``terms(batch, noise, clock)``, scalars in nats where
    that has a meaning; or, where ``solve`` is given, an exact solution: ``solve(rows)`` sets the
    modules from the training rows, which ``rows()`` yields in batches. A player that is ``closing``
    moves once, when the model is written, after all the others. ``project`` is called after each
    gradient step, to bring parameters back within bounds. Terms whose names are ``figures`` are
    told and not minimised.
    """

    modules: Mapping[str, nn.Module]
    terms: Callable[[Batch, Noise, Clock], Terms]
    moves: int = 1
    observes: bool = True
    solve: Callable[[TrainingRows], None] | None = None
    closing: bool = False
    project: Callable[[], None] | None = None
    figures: frozenset[str] = frozenset()

    def minimised(self, terms: Mapping[str, T]) -> list[T]:
        """Return those of its terms whose sum is its loss."""
        return [value for name, value in terms.items() if name not in self.figures]

    @property
    def parameters(self) -> list[nn.Parameter]:
        found = [p for module in self.modules.values() for p in module.parameters()]
        return [p for p in dict.fromkeys(found) if p.requires_grad]


@dataclass(frozen=True, eq=False)
class Objective(Mapping[str, Player]):
    """Players by name, in the order in which they move; ``str()`` is what they minimise.

    ``games`` are what its critics are asked, for whoever wants to ask them again.

    Objectives add: players of one name become one player, whose terms are the union. Equal term
    names, or moves that differ, raise ``ValueError``.
    """

    players: Mapping[str, Player]
    formula: str
    followers: Mapping[str, Following] = field(default_factory=dict)
    games: tuple[Game, ...] = ()

    def __getitem__(self, name: str) -> Player:
        return self.players[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.players)

    def __len__(self) -> int:
        return len(self.players)

    def __str__(self) -> str:
        return self.formula

    def __add__(self, other: Objective) -> Objective:
        players = dict(self.players)
        for name, player in other.players.items():
            players[name] = _together(name, players[name], player) if name in players else player
        model_last = sorted(players, key=lambda name: name == "model")
        return Objective(
            {name: players[name] for name in model_last},
            f"{self.formula}\n{other.formula}",
            {**self.followers, **other.followers},
            self.games + other.games,
        )

    def followed(self, followers: Mapping[str, Following]) -> Objective:
        """Return the same objective with followers, by the name of the module they follow."""
        return replace(self, followers={**self.followers, **followers})

    @property
    def modules(self) -> dict[str, nn.Module]:
        """Every player's modules by name."""
        return {name: m for player in self.values() for name, m in player.modules.items()}

    @cached_property
    def buffers_of_others(self) -> dict[str, list[tuple[Owner, str]]]:
        """For each player, where the buffers are that are not its own."""
        found = {}
        for name, mover in self.items():
            own = {id(module) for module in mover.modules.values()}
            others = {id(m): m for p in self.values() for m in p.modules.values()}
            found[name] = owners(m for i, m in others.items() if i not in own)
        return found


def _together(name: str, a: Player, b: Player) -> Player:
    if a.solve or b.solve or a.moves != b.moves or (a.project and b.project):
        raise ValueError(f"player {name} would have to move in two ways; give one another name")

    def terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        first, second = a.terms(batch, noise, clock), b.terms(batch, noise, clock)
        if twice := first.keys() & second.keys():
            raise ValueError(f"two terms of player {name} are called {', '.join(sorted(twice))}")
        return first | second

    for shared in a.modules.keys() & b.modules.keys():
        if a.modules[shared] is not b.modules[shared]:
            raise ValueError(f"two different networks of player {name} are called {shared}")
    observes, project = a.observes or b.observes, a.project or b.project
    figures = a.figures | b.figures
    modules = {**a.modules, **b.modules}
    return Player(modules, terms, a.moves, observes, project=project, figures=figures)


@contextmanager
def evaluating(modules: Iterable[nn.Module]) -> Iterator[None]:
    """Switch modules to evaluation, and on leaving each part of them back to how it was."""
    switched = [part for module in modules for part in module.modules() if part.training]
    for part in switched:
        part.training = False
    try:
        yield
    finally:
        for part in switched:
            part.training = True


@contextmanager
def alone(buffers: Sequence[tuple[Owner, str]]) -> Iterator[None]:
    """Let only one player change: these buffers, of all the others, are put back on leaving.

    Gradients are taken of the mover's parameters only; but batch statistics and spectral-norm
    iterations are buffers, which a forward pass changes whoever's move it is.
    """
    before = [(owner, name, owner[name], owner[name].clone()) for owner, name in buffers]
    try:
        yield
    finally:
        with torch.no_grad():
            for owner, name, buffer, value in before:
                buffer.copy_(value)
                owner[name] = buffer
