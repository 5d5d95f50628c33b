"""Two joints of finite x and z, and what makes them one: EM by densities, ALI by a best critic.

    q(x, z) = data(x) q(z|x)        p(x, z) = p(z) p(x|z)

Both are tables. EM minimises KL(q ‖ p) in p and in q by turns, each exactly. Here x is a pair
(a, b) that is independent given the class z, p(x|z) = p(a|z) p(b|z): p becomes
q(z) q(a|z) q(b|z), and q(z|x) becomes p(z|x). In ALI data and p(z) stand, q(z|x) and p(x|z) are
free, the critic is always log q/p, and each side moves down its own loss: what is seen is the
game's own doing. Dempster, Laird & Rubin (1977, J. R. Stat. Soc. B 39); Dumoulin et al. (2017,
arXiv 1606.00704).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from kullback.divergences import Dual
from kullback.lab.exact.table import best_logits, mover_losses


def em(data: Tensor, start: Tensor, rounds: int) -> Iterator[tuple[Tensor, Tensor]]:
    """(q, p) at a start p and after every move, q's and p's in turn: 2·``rounds`` + 1 pairs.

    ``data`` is (A, B) and ``start`` (A, B, Z). The first q has p(z) for its posterior, which knows
    nothing of x.
    """
    p = start
    q = data[..., None] * p.sum((0, 1))
    yield q, p
    for _ in range(rounds):
        q = data[..., None] * p / p.sum(2, keepdim=True)
        yield q, p
        p = factored(q)
        yield q, p


def factored(q: Tensor) -> Tensor:
    """q(z) q(a|z) q(b|z) of a joint (A, B, Z): the nearest p to q in KL(q ‖ p) of that form."""
    return q.sum(1, keepdim=True) * q.sum(0, keepdim=True) / q.sum((0, 1))


def ali(
    dual: Dual, data: Tensor, prior: Tensor, encoder: Tensor, decoder: Tensor, steps: int
) -> tuple[Tensor, Tensor]:
    """The joints after ``steps`` of Adam, of several games (B, …) at once.

    ``data`` (B, X) and ``prior`` (B, Z) stand; ``encoder`` and ``decoder`` are the first logits of
    q(z|x) and p(x|z), (B, X, Z). Returns q and p, (B, X, Z).
    """
    encoder, decoder = (each.clone().requires_grad_() for each in (encoder, decoder))
    optimiser = torch.optim.Adam([encoder, decoder], 0.2)

    def sides() -> tuple[Tensor, Tensor]:
        return data[:, :, None] * encoder.softmax(2), prior[:, None, :] * decoder.softmax(1)

    for _ in range(steps):
        q, p = sides()
        logits = best_logits(q, p).detach()
        to_p = logits if dual.to_q else -logits
        loss = (q * mover_losses(dual, to_p)).sum() + (p * mover_losses(dual, logits)).sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    q, p = sides()
    return q.detach(), p.detach()
