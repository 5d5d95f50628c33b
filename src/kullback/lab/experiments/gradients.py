"""Three ways to the gradient of an expectation whose law is being learnt.

For L(θ) = E f(z), z ~ q(z; θ), f(z) = −log p(x|z) and θ = (μ, log σ²):

    pathwise    ∇ f(μ + σε),  ε ~ N(0, 1)      the draw as a function of θ: reparameterised
    detached    ∇ f(z) with z held fixed       0: θ does not occur in it
    score       f(z) ∇ log q(z; θ)             needs no path: log-derivative, REINFORCE

The first and the last have the gradient as their mean, by ∇E f = E ∇f(μ + σε) and ∇q = q ∇log q.
Kingma & Welling (2014, arXiv 1312.6114, sec. 2.2); Williams (1992, Machine Learning 8) for the
score, whose variance a constant taken from f makes smaller without moving the mean.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from kullback.data import Space
from kullback.distributions import Noise
from kullback.lab.claim import Words
from kullback.lab.digits import seeded
from kullback.lab.exact.expectation import gradient
from kullback.lab.exact.grid import Floats
from kullback.lab.figures import lines
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import GaussianCode, GaussianHead, Network, StandardNormal, mlp
from kullback.objectives import Data, Factor, Joint

DRAWS = 100_000
MEAN, LOG_VARIANCE = 0.4, -1.0
SEED = 57


class _Same(nn.Module):
    """A body that gives each row numbers of its own, (N, 2), whatever x is."""

    def __init__(self) -> None:
        super().__init__()
        row = torch.tensor([MEAN, LOG_VARIANCE], dtype=torch.float64)
        self.numbers = nn.Parameter(row.repeat(DRAWS, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.numbers


@np.errstate(divide="ignore")  # a path that is cut has no spread
def gradients_of_an_expectation() -> Outcome:
    """The three estimates of ∇ E −log p(x|z), draw by draw, against the gradient by quadrature."""
    space = Space("real", (2,), "float64", (0.0, 0.0))
    decoder = seeded(lambda: Network(mlp(1, [8], 2), GaussianHead(space, 0.5)), SEED).double()
    posterior = _Same()
    q = Joint("q", Data("x"), Factor("z", Network(posterior, GaussianCode()), given="x"))
    p = Joint("p", Factor("z", StandardNormal(1)), Factor("x", decoder, given="z"))
    x = torch.tensor([[1.0, -0.5]], dtype=torch.float64).expand(DRAWS, 2)

    trace = q.trace({"x": x}, Noise.seeded(DRAWS, SEED, dtype=torch.float64))
    cost = -p.at(trace, "x").log_prob("x").squeeze(0)
    pathwise = _per_draw(cost, posterior)
    trace.values["z"] = trace.values["z"].detach()
    cost = -p.at(trace, "x").log_prob("x").squeeze(0)
    detached = _per_draw(cost, posterior)
    held = cost.detach()
    score = _per_draw(held * trace.log_prob("z").squeeze(0), posterior)
    centred = _per_draw((held - held.mean()) * trace.log_prob("z").squeeze(0), posterior)

    exact = gradient(_cost_at(decoder, x[:1]), MEAN, LOG_VARIANCE)
    measured = {
        "detached_gradient": float(np.abs(detached).max()),
        "pathwise_error_in_standard_errors": _error(pathwise, exact),
        "score_error_in_standard_errors": _error(score, exact),
        "pathwise_share_of_gradient": _share(pathwise, exact),
        "score_share_of_gradient": _share(score, exact),
        "variance_ratio": float(score.var(0).sum() / pathwise.var(0).sum()),
        "variance_ratio_with_baseline": float(centred.var(0).sum() / pathwise.var(0).sum()),
    }
    counts = np.geomspace(10, DRAWS, 13).astype(int)
    curves = {
        name: np.array([_spread(each, count) for count in counts])
        for name, each in (("pathwise", pathwise), ("centred", centred), ("score", score))
    }
    size = np.array(np.linalg.norm(exact))
    return Outcome(measured, {"draws": counts, "size": size, **curves})


def draw_gradients_of_an_expectation(series: Series) -> list[Panel]:
    """The standard error of the two estimates against the number of draws."""
    names = {"score": "score", "centred": "score, baseline", "pathwise": "pathwise"}
    curves = {label: (series["draws"], series[name]) for name, label in names.items()}
    svg = lines(
        curves,
        ("draws of z", "standard error"),
        log="xy",
        levels={"size of the gradient": float(series["size"])},
    )
    return [
        Panel(
            svg,
            Words(
                "Both estimates tend to the gradient, as 1/√draws. The score needs many times the "
                "draws for the same error; a draw with no path has the gradient 0.",
                "两种估计都以 1/√n 的速度趋于真实梯度；达到同样的误差，"
                "得分函数估计需要多得多的采样。而不走路径的采样梯度为 0。",
            ),
        )
    ]


def _per_draw(cost: Tensor, posterior: _Same) -> Array:
    """The gradient of each draw's cost in the numbers of its own row, (N, 2)."""
    if not cost.requires_grad:
        return np.zeros(posterior.numbers.shape)
    kept = posterior.numbers
    (found,) = torch.autograd.grad(
        cost.sum(), kept, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    return found.numpy()


def _cost_at(decoder: Network, x: Tensor) -> Callable[[Floats], Floats]:
    """−log p(x|z) of one x as a function of points z, (N,) to (N,)."""

    @torch.no_grad()
    def cost(z: Floats) -> Floats:
        found: Floats = -decoder(torch.from_numpy(z)[:, None]).log_prob(x).numpy()
        return found

    return cost


def _error(each: Array, exact: Array) -> float:
    """The larger error of the mean's two coordinates, in standard errors.

    It is infinite for draws that are all the same and wrong.
    """
    stderr = each.std(0, ddof=1) / np.sqrt(len(each))
    return float((np.abs(each.mean(0) - exact) / stderr).max())


def _share(each: Array, exact: Array) -> float:
    """How much of the gradient the mean has along it: 1 is all."""
    return float(each.mean(0) @ exact / (exact @ exact))


def _spread(each: Array, count: int) -> float:
    """The standard error of a mean of ``count`` draws."""
    return float(np.sqrt(each.var(0, ddof=1).sum() / count))
