"""A joint distribution, written as the product it is.

    q(x, z) = data(x) q(z|x)      Joint("q", Data("x"), Factor("z", encoder, given="x"))
    p(x, z) = p(z) p(x|z)         Joint("p", Factor("z", prior), Factor("x", decoder, given="z"))

A factor's network takes the values of the variables it is given and returns a
``torch.distributions.Distribution``; a prior takes none. What a joint draws is a *trace*: for each
variable its value and the distribution it came from. One joint's trace can be scored under another
(``Joint.at``), and the difference is the log-weight

    log w = log p(x, z) − log q(z|x),

whose mean over z is the ELBO, whose log-mean-exp over K draws is the importance-weighted bound, and
which for large K estimates log p(x): one function for training and for evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from torch import Tensor, nn
from torch.distributions import Distribution

from kullback.distributions import Noise, draw

Batch = Mapping[str, Tensor]


@dataclass(frozen=True)
class Data:
    """data(variable): what a batch holds under that name.

    ``observe(rows, noise)`` makes the observation from the batch's rows where the two differ, e.g.
    the dynamic binarisation of grey pixels.
    """

    variable: str
    observe: Callable[[Tensor, Noise], Tensor] | None = None

    def __str__(self) -> str:
        return f"data({self.variable})"


@dataclass(frozen=True)
class Factor:
    """One conditional distribution; ``given`` names its conditions, separated by spaces."""

    variable: str
    network: nn.Module
    given: str = ""

    @property
    def conditions(self) -> tuple[str, ...]:
        return tuple(self.given.split())


@dataclass
class Trace:
    """What a joint drew. A value has B rows, or K·B with the K draws of row 0 … B−1 in K blocks."""

    rows: int
    draws: int = 1
    values: dict[str, Tensor] = field(default_factory=dict)
    distributions: dict[str, Distribution] = field(default_factory=dict)

    def repeated(self, name: str) -> Tensor:
        """Return the value of ``name`` with all K·B rows, (K·B, …)."""
        value = self.values[name]
        if value.shape[0] == self.rows * self.draws:
            return value
        return value.expand(self.draws, *value.shape).flatten(0, 1)

    def log_prob(self, name: str) -> Tensor:
        """Return the log-density of the value of ``name`` in nats, shape (K, B)."""
        distribution = self.distributions[name]
        stacked = len(distribution.batch_shape) > 0
        if stacked and distribution.batch_shape[0] == self.rows < self.rows * self.draws:
            repeated = self.repeated(name)
            value = repeated.reshape(self.draws, self.rows, *repeated.shape[1:])
        else:
            value = self.repeated(name)
        return distribution.log_prob(value).reshape(self.draws, self.rows)


class Joint:
    """A product of factors in an order in which each is drawn after its conditions.

    ``side`` is "q" for the data side or "p" for the model side; it is only how the joint prints.
    """

    def __init__(self, side: str, *factors: Data | Factor) -> None:
        self.side = side
        self.factors = factors
        self._ancestors: dict[tuple[str, ...], tuple[Data | Factor, ...]] = {}
        known: set[str] = set()
        for factor in factors:
            missing = set(factor.conditions) - known if isinstance(factor, Factor) else set()
            if missing:
                raise ValueError(
                    f"{side}({factor.variable}|…) needs {', '.join(sorted(missing))}, "
                    "which no earlier factor draws"
                )
            if factor.variable in known:
                raise ValueError(f"{factor.variable} stands twice in one joint")
            known.add(factor.variable)

    def __getitem__(self, variable: str) -> Data | Factor:
        for factor in self.factors:
            if factor.variable == variable:
                return factor
        raise KeyError(f"{self} has no variable {variable}")

    def __str__(self) -> str:
        return self.product(*(factor.variable for factor in self.factors))

    def product(self, *variables: str) -> str:
        """Return what draws ``variables`` as it is printed.

        What is observed is one draw of the data, data(x, y), and no product of their marginals.
        """
        factors = self.ancestors(*variables)
        observed = [factor.variable for factor in factors if isinstance(factor, Data)]
        drawn = [self.text(factor) for factor in factors if isinstance(factor, Factor)]
        return " ".join([str(Data(", ".join(observed))), *drawn] if observed else drawn)

    def text(self, factor: Data | Factor) -> str:
        """Return one factor as it is printed, e.g. q(z|x)."""
        if isinstance(factor, Data):
            return str(factor)
        condition = f"|{', '.join(factor.conditions)}" if factor.given else ""
        return f"{self.side}({factor.variable}{condition})"

    @property
    def latents(self) -> tuple[Factor, ...]:
        """The factors that are drawn, not observed."""
        return tuple(factor for factor in self.factors if isinstance(factor, Factor))

    def ancestors(self, *variables: str) -> tuple[Data | Factor, ...]:
        """Return the factors one needs in order to draw ``variables``, these included."""
        if variables not in self._ancestors:
            needed = set(variables)
            for factor in reversed(self.factors):
                if factor.variable in needed and isinstance(factor, Factor):
                    needed |= set(factor.conditions)
            found = tuple(factor for factor in self.factors if factor.variable in needed)
            self._ancestors[variables] = found
        return self._ancestors[variables]

    def depends(self, variable: str, on: str) -> bool:
        """Say whether drawing ``variable`` needs ``on``."""
        return any(factor.variable == on for factor in self.ancestors(variable))

    def networks(self, *variables: str) -> dict[str, nn.Module]:
        """Return what can learn among the ancestors of ``variables``, by how its factor prints."""
        return {
            self.text(factor): factor.network
            for factor in self.ancestors(*variables)
            if isinstance(factor, Factor) and any(True for _ in factor.network.parameters())
        }

    def with_networks(self, networks: Mapping[str, nn.Module]) -> Joint:
        """Return the same product with other networks, by how their factors print."""
        factors = [
            replace(factor, network=networks.get(self.text(factor), factor.network))
            if isinstance(factor, Factor)
            else factor
            for factor in self.factors
        ]
        return Joint(self.side, *factors)

    def given(self, variable: str) -> Joint:
        """Return the joint with ``variable`` observed: its factor becomes data."""
        factors = [Data(variable) if f.variable == variable else f for f in self.factors]
        return Joint(self.side, *factors)

    def trace(self, batch: Batch, noise: Noise, *variables: str, draws: int = 1) -> Trace:
        """Draw ``variables`` (all of them if none is named), ``draws`` times for each row.

        Observed variables come from ``batch``; the number of rows is ``noise.rows``. A network is
        applied once to each row that differs: a K-fold draw of z does not encode x K times.
        """
        trace = Trace(noise.rows, draws)
        for factor in self.ancestors(*variables) if variables else self.factors:
            if isinstance(factor, Data):
                value = batch[factor.variable]
                trace.values[factor.variable] = (
                    factor.observe(value, noise) if factor.observe else value
                )
                continue
            distribution = _condition(factor, trace)
            trace.distributions[factor.variable] = distribution
            trace.values[factor.variable] = _draw_rows(distribution, noise, trace)
        return trace

    def at(self, other: Trace, *variables: str) -> Trace:
        """Score another joint's trace: its values, this joint's distributions for ``variables``."""
        trace = Trace(other.rows, other.draws, other.values)
        for factor in self.latents:
            if not variables or factor.variable in variables:
                trace.distributions[factor.variable] = _condition(factor, trace)
        return trace


def _condition(factor: Factor, trace: Trace) -> Distribution:
    values = [trace.values[name] for name in factor.conditions]
    if len({value.shape[0] for value in values}) > 1:
        values = [trace.repeated(name) for name in factor.conditions]
    distribution: Distribution = factor.network(*values)
    return distribution


def _draw_rows(distribution: Distribution, noise: Noise, trace: Trace) -> Tensor:
    if len(distribution.batch_shape) == 0:
        return draw(distribution, noise, (trace.rows * trace.draws,))
    if trace.draws == 1 or distribution.batch_shape[0] == trace.rows * trace.draws:
        return draw(distribution, noise)
    return draw(distribution, noise, (trace.draws,)).flatten(0, 1)


def log_weight(q: Joint, p: Joint, trace: Trace) -> Tensor:
    """Return log p(x, z) − log q(z|x) of a trace of ``q``, in nats, shape (K, B).

    data(x) has no density to evaluate and is left out: its entropy is a constant of the data.
    """
    scored = p.at(trace)
    terms = [scored.log_prob(factor.variable) for factor in p.latents]
    terms += [-trace.log_prob(factor.variable) for factor in q.latents]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
