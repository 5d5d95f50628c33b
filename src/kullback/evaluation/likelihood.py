"""How probable a model finds data it has not seen.

For draws z_k ~ q(z|x) the log-weights log w_k = log p(x, z_k) − log q(z_k|x) give

    ELBO(x)  = E log w  ≤  log p(x)  ≈  log (1/K) Σ_k w_k,

the latter an underestimate on average whose bias, about half the square of its Monte Carlo error,
goes as 1/K (Burda, Grosse & Salakhutdinov, 2016, arXiv 1509.00519, eq. 8). With q the posterior,
log w is log p(x) for every draw. An encoder narrower than the posterior makes rare, huge weights:
the error that is estimated from the draws at hand is then itself too small.

Log-densities are in nats, in the units of the data as given: each metric says which, and how the
data was made binary, for numbers that differ in either cannot be compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kullback.data import Space
from kullback.distributions import Noise
from kullback.divergences import importance_estimate
from kullback.errors import BadInput, Unsupported
from kullback.evaluation.metric import Array, Floats, Metric
from kullback.evaluation.noise import BLOCK, RowNoise
from kullback.objectives import Batch, Data, Joint, log_weight

CHUNK_VALUES = 1 << 18
"""Values of x that are scored at once; a head's numbers per value and temporaries multiply it."""

LEAST_WIDTH = 128
"""Features counted for a row at least, since the hidden layers of small data are wider than it."""

DISCRETE = ("discretised-logistic", "categorical")
"""The likelihoods that are masses of 8-bit levels."""

_DRAWING, _OBSERVING = 0, 1  # streams of one seed


@dataclass(frozen=True, eq=False)
class Likelihood:
    """What the log-weights of N rows say, in nats, each (N,).

    ``estimate`` is of log p(x), ``mc_error`` its standard error by the delta method; ``elbo`` is
    the mean log-weight, at most the estimate by Jensen's inequality, and ``elbo_error`` its own.
    """

    estimate: Floats
    mc_error: Floats
    elbo: Floats
    elbo_error: Floats


@torch.no_grad()
def likelihood(q: Joint, p: Joint, batches: Iterable[Batch], draws: int, seed: int) -> Likelihood:
    """Estimate log p(x) of every row by importance sampling, and its lower bound.

    ``batches`` hold "x" in model units, (B, *model_shape); draws are made in its type, so float64
    rows need float64 networks. The networks are used as they are: put them in evaluation mode
    first. A row's numbers depend on the row, its place, ``draws`` and ``seed``, and on no other
    row. Where q observes (dynamic binarisation), each row is observed once for all draws.
    The error needs ``draws`` ≥ 2, else ``BadInput``.
    """
    if draws < 2:
        raise BadInput(
            f"{draws} importance samples have no Monte Carlo error; give 2 or more, usually 200"
        )
    weights = _log_weights(q, p, batches, draws, seed)
    found = [(*importance_estimate(w), w.mean(0), w.std(0) / math.sqrt(draws)) for w in weights]
    return Likelihood(*(torch.cat(each).cpu().numpy() for each in zip(*found, strict=True)))


def log_likelihood(
    q: Joint, p: Joint, batches: Iterable[Batch], draws: int, seed: int
) -> tuple[Floats, Floats]:
    """Estimate log p(x) of every row as ``likelihood`` does: the values and their errors, (N,)."""
    found = likelihood(q, p, batches, draws, seed)
    return found.estimate, found.mc_error


def bits_per_dim(nats: Floats, features: int) -> Floats:
    """Nats per row as bits per dimension, nats / (D log 2)."""
    return nats / (features * math.log(2))


_SQUARED_UNITS = {
    "uint8": "pixels² in [0, 1]",
    "binary": "bits²",
    "real": "data units²",
    "token": "probabilities²",
}


@dataclass(frozen=True)
class Protocol:
    """What a likelihood was measured on, and how: it stands beside every number.

    ``likelihood`` is the name of p(x|z); ``seed`` is the one that the evaluation was given;
    ``labelled`` says that the model was given labels, so that log p(x) is log p(x|y).
    """

    space: Space
    likelihood: str
    split: str
    seed: int
    labelled: bool = False

    @property
    def binarisation(self) -> str:
        """How the zeros and ones that were scored came about."""
        if self.space.kind == "binary":
            return "data are binary"
        return f"dynamic, seed {self.seed}" if self.likelihood == "bernoulli" else "none"

    @property
    def measure(self) -> str:
        """What log p(x) is the logarithm of."""
        if self.space.sequence:
            steps = "tokens" if self.space.kind == "token" else "steps in the units of the data"
            kind = "mass" if self.space.kind == "token" else "density"
            return f"{kind} of {steps}, times the mass of their number"
        if self.likelihood == "bernoulli":
            return "mass of zeros and ones"
        if self.likelihood in DISCRETE:
            return "mass of 8-bit levels"
        if self.space.kind == "uint8":
            return "density of pixels in [0, 1]"
        return "density in the units of the data"

    def details(self, draws: int) -> dict[str, Any]:
        """The details that every likelihood metric has."""
        return {
            "draws": draws,
            "likelihood": self.likelihood,
            "measure": self.measure + (" given the label" if self.labelled else ""),
            "binarisation": self.binarisation,
            "split": self.split,
            "seed": self.seed,
        }


def nll_metric(
    estimate: Floats,
    mc_error: Floats,
    draws: int,
    protocol: Protocol,
    floor: float | None = None,
) -> Metric:
    """Mean of −log p(x) in nats, from what ``likelihood`` found.

    ``floor`` is the truth's own, −E log data(x), where the density of the data is known.
    """
    details = protocol.details(draws) | {"mc_stderr": _error_of_mean(mc_error)}
    return Metric.mean(-estimate, "nats", floor, details)


def elbo_metric(elbo: Floats, mc_error: Floats, draws: int, protocol: Protocol) -> Metric:
    """Mean ELBO in nats, from what ``likelihood`` found."""
    details = protocol.details(draws) | {"mc_stderr": _error_of_mean(mc_error)}
    return Metric.mean(elbo, "nats", None, details)


def bits_per_dim_metric(
    estimate: Floats, mc_error: Floats, draws: int, protocol: Protocol
) -> Metric:
    """Mean of −log₂ P(x) / D from what ``likelihood`` found.

    Raises ``Unsupported`` unless P is a mass of 8-bit levels: a density's bits have no zero.
    """
    if protocol.space.kind != "uint8" or protocol.likelihood not in DISCRETE:
        raise Unsupported(
            f"bits per dimension need 8-bit data and a likelihood of levels, not "
            f"{protocol.space.kind} data and {protocol.likelihood}; use nll"
        )
    features = protocol.space.features
    error = _error_of_mean(bits_per_dim(mc_error, features))
    details = protocol.details(draws) | {"mc_stderr": error}
    return Metric.mean(bits_per_dim(-estimate, features), "bits per dimension", None, details)


def reconstruction_mse(x: Array, reconstruction: Array, space: Space) -> Metric:
    """Mean over the features of (x − x̂)² per row, in data units squared, averaged over rows.

    Both arrays are in model units, (N, *model_shape), where reconstructions are not yet rounded or
    cut; ``space`` takes the error back to data units, for uint8 pixels in [0, 1]. Of sequences,
    masked arrays, the mean is over the steps that both have; of tokens, over their probabilities.
    """
    if x.shape != reconstruction.shape:
        raise BadInput(f"{x.shape} and {reconstruction.shape} are not rows and reconstructions")
    difference = np.subtract(x, reconstruction, dtype=np.float64).reshape(len(x), -1)
    each = np.asarray((difference**2).mean(1))
    return Metric.mean(each * space.scale**2, _SQUARED_UNITS[space.kind])


def _error_of_mean(errors: Floats) -> float:
    return math.sqrt(float((errors**2).sum())) / len(errors)


def _log_weights(
    q: Joint, p: Joint, batches: Iterable[Batch], draws: int, seed: int
) -> Iterator[Tensor]:
    """All K log-weights of some rows after others, (K, b) in float64.

    A pass scores some rows and a part of their draws, about ``CHUNK_VALUES`` values of x.
    """
    start = 0
    for batch in batches:
        x = batch["x"]
        width = max(x[:1].numel(), LEAST_WIDTH)
        most_draws = max(1, CHUNK_VALUES // width // BLOCK) * BLOCK
        most_rows = max(1, CHUNK_VALUES // (width * min(draws, most_draws)))
        for first in range(0, len(x), most_rows):
            chunk = {name: rows[first : first + most_rows] for name, rows in batch.items()}
            rows = range(start + first, start + first + len(chunk["x"]))
            observing = RowNoise(rows, range(1), (seed, _OBSERVING), x.device, x.dtype)
            still, seen = _observed(q, chunk, observing)
            parts = []
            for done in range(0, draws, most_draws):
                these = range(done, min(done + most_draws, draws))
                noise = RowNoise(rows, these, (seed, _DRAWING), x.device, x.dtype)
                trace = still.trace(seen, noise, draws=len(these))
                parts.append(log_weight(still, p, trace).double())
            yield torch.cat(parts)
        start += len(x)


def _observed(q: Joint, batch: Batch, noise: Noise) -> tuple[Joint, Batch]:
    """Make the observations of a batch now, and return a joint that takes them as they are."""
    names = [factor.variable for factor in q.factors if isinstance(factor, Data)]
    seen = q.trace(batch, noise, *names).values
    for name in names:
        q = q.given(name)
    return q, {**batch, **seen}
