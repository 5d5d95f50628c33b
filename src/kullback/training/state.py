"""Everything a training needs to go on, and what it reports on the way.

Batches and noise are functions of the seed and the number of the round, so weights, moments,
followers and a few counters are the whole state: what is loaded goes on to the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypedDict

import torch
from torch import Tensor

from kullback.data import Batches, Stream
from kullback.distributions import Noise, seed_of
from kullback.errors import BadInput, TrainingFailed
from kullback.objectives import Batch, Clock, Objective, cosine, evaluating
from kullback.training.optimisers import Moments, Optimiser
from kullback.training.play import losses, play

Play = Callable[..., dict[str, Tensor]]

_CHUNK = 2048
_MOST_ROUNDS = 1000  # kept before they are added up
_SOME = 10_000  # rows, where training looks at some for all
_SEEDS = 64
_OWN_DRAWS = 0x9E3779B97F4A7C15  # makes of a seed that of a stream apart from the base noise


class Counters(TypedDict):
    """The numbers of a training's state."""

    step: int
    batches_drawn: int
    samples: int
    seconds: float
    ledger_names: list[str]
    ledger_count: int


@dataclass(frozen=True)
class Streamed:
    """Rows that stay on disk, read when they are picked, for use on a device."""

    stream: Stream
    device: torch.device

    def __len__(self) -> int:
        return len(self.stream)

    def to(self, device: torch.device) -> Streamed:
        """Return the same rows for use on another device."""
        return Streamed(self.stream, device)

    def picked(self, chosen: Tensor) -> Tensor:
        """Return the rows of these numbers, as they were given."""
        rows = torch.from_numpy(self.stream.take(chosen.cpu().numpy()))
        if self.device.type == "cuda":  # only from pinned memory does a copy not wait
            rows = rows.pin_memory()
        return rows.to(self.device, non_blocking=True)


@dataclass(frozen=True)
class Column:
    """One variable's rows on the device in their compact type; ``modelled`` makes model units.

    Those that do not fit in memory are ``Streamed``. ``order`` is a visiting order of its own, for
    rows that do not correspond to the others'. Where ``mask`` (N, T) says that a row has no step,
    its model units are 0.
    """

    values: Tensor | Streamed
    modelled: Callable[[Tensor], Tensor]
    order: Batches | None = None
    mask: Tensor | None = None

    def to(self, device: torch.device) -> Column:
        """Return the same column on a device."""
        mask = None if self.mask is None else self.mask.to(device)
        return replace(self, values=self.values.to(device), mask=mask)

    def rows(self, chosen: Tensor) -> Tensor:
        """Return the rows of these numbers, in model units."""
        if isinstance(self.values, Streamed):
            return self.modelled(self.values.picked(chosen))
        chosen = chosen.to(self.values.device, non_blocking=True)
        values = self.modelled(self.values.index_select(0, chosen))
        if self.mask is None:
            return values
        return values.masked_fill(~self.mask.index_select(0, chosen).unsqueeze(-1), 0)


@dataclass(frozen=True)
class Rows:
    """The training rows of each variable, visited together; batches in model units on demand."""

    columns: Mapping[str, Column]
    order: Batches

    @property
    def device(self) -> torch.device:
        return next(iter(self.columns.values())).values.device

    def __len__(self) -> int:
        return self.order.rows

    def batch(self, k: int) -> Batch:
        """Return the k-th batch of the run."""
        drawn: dict[int, Tensor] = {}
        batch = {}
        for name, column in self.columns.items():
            order = column.order or self.order
            if id(order) not in drawn:
                drawn[id(order)] = torch.from_numpy(order.indices(k))
            batch[name] = column.rows(drawn[id(order)])
        return batch

    def all(self) -> Iterator[Batch]:
        """Yield every row once, in order; beside them rows that do not correspond, over again."""
        for start in range(0, len(self), _CHUNK):
            stop = min(start + _CHUNK, len(self))
            yield self._picked(torch.arange(start, stop))

    def some(self) -> Iterator[Batch]:
        """Yield every row, as ``all``; of streamed ones 10,000, all batches from all over them."""
        if any(isinstance(column.values, Streamed) for column in self.columns.values()):
            yield from self.spread()
        else:
            yield from self.all()

    def spread(self) -> Iterator[Batch]:
        """Yield 10,000 rows or all, at equal distances, every batch from all over them."""
        count = min(len(self), _SOME)
        places = torch.arange(count) * len(self) // count
        batches = -(-count // _CHUNK)
        for first in range(batches):
            yield self._picked(places[first::batches])

    def _picked(self, chosen: Tensor) -> Batch:
        return {n: c.rows(chosen % len(c.values)) for n, c in self.columns.items()}


class Ledger:
    """Sums of the reported values.

    Rounds are kept on the device as they come, and looked at when they are read, which is the only
    synchronisation and so is done rarely. They are added one after the other, in double precision
    where the device has it: when they are looked at changes nothing.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.precision = torch.float32 if device.type == "mps" else torch.float64
        self.names: tuple[str, ...] = ()
        self.clear()

    def add(self, values: Mapping[str, Tensor], step: int) -> None:
        """Add one round's values."""
        if tuple(values) != self.names:
            self.names = tuple(values)
            self.clear()
        self._rows.append(torch.stack([v.to(torch.float32) for v in values.values()]))
        self._step = step
        self.count += 1
        if len(self._rows) == _MOST_ROUNDS:
            self._fold()

    def clear(self) -> None:
        """Begin a new interval."""
        self.count = 0
        self._rows: list[Tensor] = []
        self._step = 0
        self._sums = torch.zeros(len(self.names), dtype=self.precision, device=self.device)
        self._failure: TrainingFailed | None = None

    @property
    def sums(self) -> Tensor:
        """The sum of each value since the last ``clear``."""
        self._fold()
        return self._sums

    def read(self) -> dict[str, float]:
        """Return the means since the last ``clear``; raise ``TrainingFailed`` for NaN or Inf."""
        sums = self.sums.tolist()
        if self._failure is not None:
            raise self._failure
        return {n: s / max(self.count, 1) for n, s in zip(self.names, sums, strict=True)}

    def _fold(self) -> None:
        if not self._rows:
            return
        rows = torch.stack(self._rows)
        broken = ~rows.isfinite()
        if self._failure is None and broken.any():
            row, term = divmod(int(broken.flatten().byte().argmax()), len(self.names))
            self._failure = self._told(self._step - len(self._rows) + row + 2, term)
        added = torch.cat([self._sums[None], rows.to(self.precision)]).cumsum(0)
        self._sums.copy_(added[-1])
        self._rows = []

    def _told(self, step: int, term: int) -> TrainingFailed:
        player, name = self.names[term].split("/")
        return TrainingFailed(
            f"player {player}: {name.replace('_', ' ')} is not finite from step {step} on; try a "
            "smaller learning rate, or clip=1"
        )


class Training:
    """The state of one training: ``play_round`` moves it on, ``state`` and ``load`` keep it."""

    def __init__(
        self,
        objective: Objective,
        optimisers: Mapping[str, Optimiser],
        rows: Rows,
        seed: int,
        precision: torch.dtype = torch.float32,
        compiled: bool = False,
    ) -> None:
        self.objective = objective
        self.optimisers = optimisers
        self.rows = rows
        self.seed = seed
        self.precision = precision
        self.device = rows.device
        self.moments = {
            name: Moments(player.parameters)
            for name, player in objective.items()
            if player.solve is None
        }
        self.ledger = Ledger(self.device)
        self.step = 0
        self.batches_drawn = 0
        self.samples = 0
        self.seconds = 0.0
        self._compiled = _compiled_apart() if compiled else None
        step, samples = (torch.zeros((), dtype=torch.int64, device=self.device) for _ in range(2))
        self._clock = Clock(step, samples, torch.zeros((), device=self.device))
        self._rates = {name: torch.zeros((), device=self.device) for name in self.moments}
        self._seeds: tuple[int, list[int]] = -1, []
        self._requests: list[tuple[str, tuple[int, ...]]] | None = None

    def play_round(self, progress: float) -> None:
        """Play the next round; ``progress`` is the share of training that is behind.

        A network that draws from torch's own generator, as dropout does, draws the same in a round
        whether training stopped before it or not; the caller's state is left as it was.
        """
        with _seeded(self.device, self._seed() ^ _OWN_DRAWS):
            self._play_round(progress)

    def _play_round(self, progress: float) -> None:
        values = self._solve()
        if self.moments:
            values |= self._descend(progress)
        self.ledger.add(values, self.step)
        self.step += 1
        if self.objective.followers:
            self._follow()

    def _follow(self) -> None:
        step = self._clock.step.fill_(self.step)
        for follower in self.objective.followers.values():
            follower.follow(step)

    def close(self) -> None:
        """Let the players move that move once, when the model is written."""
        for player in self.objective.values():
            if player.solve and player.closing:
                with evaluating(self.objective.modules.values()):
                    player.solve(self.rows.some)

    def state(self) -> dict[str, Tensor]:
        """Return all tensors that training changes, by name: the very ones, not copies."""
        found: dict[str, Tensor] = {}
        for name, module in self.objective.modules.items():
            found |= {f"module/{name}/{k}": v for k, v in module.state_dict().items()}
        for name, follower in self.objective.followers.items():
            kept = follower.module.state_dict()
            found |= {f"follower/{name}/{k}": v for k, v in kept.items()}
        for name, moments in self.moments.items():
            found |= {f"moments/{name}/{k}": v for k, v in moments.tensors.items()}
        return found | {"ledger/sums": self.ledger.sums}

    def counters(self) -> Counters:
        """Return the numbers that stand beside the tensors."""
        return {
            "step": self.step,
            "batches_drawn": self.batches_drawn,
            "samples": self.samples,
            "seconds": self.seconds,
            "ledger_names": list(self.ledger.names),
            "ledger_count": self.ledger.count,
        }

    def load(self, state: Mapping[str, Tensor], counters: Counters) -> None:
        """Go back to what ``state`` and ``counters`` returned."""
        self.step = counters["step"]
        self.batches_drawn = counters["batches_drawn"]
        self.samples = counters["samples"]
        self.seconds = counters["seconds"]
        self.ledger.names = tuple(counters["ledger_names"])
        self.ledger.clear()
        self.ledger.count = counters["ledger_count"]
        with torch.no_grad():
            for name, tensor in self.state().items():
                tensor.copy_(state[name])

    def _solve(self) -> dict[str, Tensor]:
        """Make the exact moves; report the terms there, of one batch."""
        found: dict[str, Tensor] = {}
        for name, player in self.objective.items():
            if player.solve is None or player.closing:
                continue
            # The exact solution of a player who is alone does not change in the second round.
            if self.step == 0 or len(self.objective) > 1:
                player.solve(self.rows.all)
                self.samples += len(self.rows)
            batch = self.rows.batch(self.step)
            with torch.no_grad():
                terms = losses(player, batch, self._noise(), self._now(1.0), torch.float32)
            found |= {f"{name}/{term}": value for term, value in terms.items()}
        return found

    def _descend(self, progress: float) -> dict[str, Tensor]:
        """Make the gradient moves."""
        clock, rates = self._now(progress), self._rates_at(progress)
        playing = [self.objective[name] for name in self.moments]
        batches = self._next_batches(sum(p.moves for p in playing if p.observes))
        noise = self._noise()

        def round_by(function: Play, noise: Noise) -> dict[str, Tensor]:
            return function(
                self.objective,
                self.optimisers,
                self.moments,
                batches,
                noise,
                clock,
                rates,
                self.precision,
            )

        if self._compiled is None:
            return round_by(play, noise)
        drawn = self._drawn_ahead(lambda rehearsal: round_by(play, rehearsal), noise)
        with _compiling():
            return round_by(self._compiled, Noise.replay(noise.rows, drawn))

    def _drawn_ahead(self, rehearse: Callable[[Noise], object], noise: Noise) -> list[Tensor]:
        """Draw the numbers that a round will ask for, in the order in which it asks.

        The order is learned once, from a round played and taken back.
        """
        if self._requests is None:
            before = {name: tensor.clone() for name, tensor in self.state().items()}
            rehearsal = self._noise()
            with _seeded(self.device, 0):
                rehearse(rehearsal)
            self._requests = rehearsal.requests
            self.load(before, self.counters())
        return [noise.draw(kind, shape) for kind, shape in self._requests]

    def _next_batches(self, count: int) -> list[Batch]:
        batches = [self.rows.batch(self.batches_drawn + i) for i in range(count)]
        self.batches_drawn += count
        self.samples += count * self.rows.order.batch_size
        return batches

    def _noise(self) -> Noise:
        generator = torch.Generator(self.device).manual_seed(self._seed())
        return Noise(self.rows.order.batch_size, generator)

    def _seed(self) -> int:
        """The round's seed; made many at a time: the first of a row takes ten times as long."""
        block = self.step // _SEEDS
        if self._seeds[0] != block:
            steps = range(block * _SEEDS, (block + 1) * _SEEDS)
            self._seeds = block, [seed_of(self.seed, step) for step in steps]
        return self._seeds[1][self.step % _SEEDS]

    def _rates_at(self, progress: float) -> dict[str, Tensor]:
        """Set the learning rates of this round."""
        falling = cosine(progress)
        for name, rate in self._rates.items():
            rate.fill_(self.optimisers[name].lr * falling)
        return self._rates

    def _now(self, progress: float) -> Clock:
        """Set the clock to this round. To fill a tensor is quicker than to make one."""
        self._clock.step.fill_(self.step)
        self._clock.samples.fill_(self.samples)
        self._clock.progress.fill_(progress)
        return self._clock


def _compiled_apart() -> Play:
    """``play`` compiled for one training: of one function torch allows a process a few variants."""
    apart: dict[str, Any] = {"isolate_recompiles": True}
    compiled: Play = torch.compile(play, fullgraph=True, **apart)
    return compiled


@contextmanager
def _seeded(device: torch.device, seed: int) -> Iterator[None]:
    """In here torch's own generators, on the processor and on the device, start from a seed."""
    generators = [torch.default_generator]
    if device.type == "cuda":
        generators.append(
            torch.cuda.default_generators[
                torch.cuda._utils._get_device_index(device, optional=True)
            ]
        )
    states = [generator.get_state() for generator in generators]
    for generator in generators:
        generator.manual_seed(seed)
    try:
        yield
    finally:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)


@contextmanager
def _compiling() -> Iterator[None]:
    """In here a round may be compiled; one that cannot be raises ``BadInput``.

    It is not played eagerly instead: that would give other bytes than the recipe's round.
    """
    from torch._dynamo import config
    from torch._dynamo.exc import TorchDynamoException
    from torch._inductor.exc import CppCompileError, InvalidCxxCompiler

    try:
        with config.patch(trace_autograd_ops=True):
            yield
    except (TorchDynamoException, CppCompileError, InvalidCxxCompiler) as error:
        reason = next(line.strip() for line in str(error).splitlines() if line.strip())
        raise BadInput(
            f"a round of this model cannot be compiled here ({reason}); train with --compile off"
        ) from None
