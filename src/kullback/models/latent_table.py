"""A code for each training row and no encoder: new rows are encoded by looking for their code."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from kullback.data.space import Space
from kullback.models.model import Model, either, fitted
from kullback.networks import CodeTable, FittedNormal, GaussianHead, Network, outward
from kullback.objectives import Batch, Data, Factor, Joint, kl

_STARTS = 2000
_SEARCH_STEPS = 100
_SEARCH_RATE = 0.2


def latent_table(
    space: Space,
    rows: int,
    latent_dim: int,
    hidden: Sequence[int] | None,
    decoder: nn.Module | None = None,
) -> Model:
    """min E −log p(x|z) at z = table[index], p(x|z) = N(g(z), I): ½‖x − g(table[index])‖².

    Decoder and codes are learned together; the prior is fitted to the codes afterwards. There is no
    encoder, and no loss on held-out rows while training. A new row's code is found by 100 steps of
    Adam down −log p(x|z), from the code, of the first 2,000 training rows', that decodes nearest to
    it: from the prior's mean most searches end in a valley that is not the best.
    """
    prior, codes = FittedNormal(latent_dim), CodeTable(rows, latent_dim)
    network = Network(
        either(decoder, outward(space, hidden, latent_dim)), GaussianHead(space, fixed=1.0)
    )
    q = Joint("q", Data("x"), Data("index"), Factor("z", codes, given="index"))
    p = Joint("p", Factor("z", prior), Factor("x", network, given="z"))

    def infer(batch: Batch) -> Tensor:
        starts = codes(torch.arange(min(rows, _STARTS), device=batch["x"].device)).mean
        return _search(prior, network, starts, batch["x"])

    return Model(q, p, kl(q, p, terms="x") + fitted(prior, q), infer)


def _search(prior: FittedNormal, decoder: nn.Module, starts: Tensor, x: Tensor) -> Tensor:
    """Return codes (B, d) that decode to ``x``: z = μ + L u, by steps of u.

    In these coordinates the prior is N(0, I), so that one rate fits every decoder, and each row's
    search is its own.
    """
    with torch.no_grad():
        nearest = torch.cdist(x.flatten(1), decoder(starts).mean.flatten(1)).argmin(1)
        away = (starts[nearest] - prior.loc).mT
        u = torch.linalg.solve_triangular(prior.scale_tril, away, upper=False).mT
    mean, square = torch.zeros_like(u), torch.zeros_like(u)
    for step in range(1, _SEARCH_STEPS + 1):
        with torch.enable_grad():
            u.requires_grad_()
            loss = -decoder(prior.loc + u @ prior.scale_tril.mT).log_prob(x).sum()
            (slope,) = torch.autograd.grad(loss, u)
        mean, square = torch.lerp(slope, mean, 0.9), torch.lerp(slope.square(), square, 0.99)
        rate = _SEARCH_RATE * 0.5 * (1 + math.cos(math.pi * (step - 1) / _SEARCH_STEPS))
        move = (mean / (1 - 0.9**step)) / ((square / (1 - 0.99**step)).sqrt() + 1e-8)
        u = u.detach() - rate * move
    found: Tensor = prior.loc + u @ prior.scale_tril.mT
    return found
