"""EM and ALI on tables: what each move must do."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from kullback.divergences import MINIMAX, NON_SATURATING
from kullback.lab.exact import table
from kullback.lab.exact.joints import ali, em, factored


def random(*shape: int, seed: int) -> Tensor:
    flat = np.random.default_rng(seed).dirichlet(np.ones(int(np.prod(shape))))
    return torch.from_numpy(flat.reshape(shape))


def test_an_e_step_makes_the_posterior_and_no_move_raises_the_kl() -> None:
    data, start = random(4, 5, seed=0), factored(random(4, 5, 2, seed=1))
    pairs = list(em(data, start, 3))
    assert len(pairs) == 7
    for q, p in pairs:
        torch.testing.assert_close(q.sum(2), data)
        torch.testing.assert_close(p, factored(p))
    for q, p in pairs[1::2]:
        assert float(table.conditional_kl(q.flatten(0, 1), p.flatten(0, 1))) < 1e-12
    falls = np.diff([float(table.kl(q, p)) for q, p in pairs])
    assert (falls < 1e-12).all()
    assert falls[:3].max() < -1e-4


def test_the_factored_table_is_the_nearest_of_its_form() -> None:
    q = random(3, 4, 2, seed=2)
    best = factored(q)
    torch.testing.assert_close(best.sum(), torch.ones(()).double())
    for seed in range(3, 13):
        other = factored(0.9 * best + 0.1 * random(3, 4, 2, seed=seed))
        assert float(table.kl(q, other)) > float(table.kl(q, best))


def test_where_the_joints_are_equal_nobody_moves() -> None:
    both = random(4, 4, seed=4)
    q, p = ali(
        NON_SATURATING, both.sum(1)[None], both.sum(0)[None], both.log()[None], both.log()[None], 1
    )
    torch.testing.assert_close(q[0], both, atol=1e-8, rtol=0)
    torch.testing.assert_close(p[0], both, atol=1e-8, rtol=0)


def test_games_side_by_side_are_games_apart() -> None:
    draws = torch.Generator().manual_seed(0)
    data, prior = (torch.stack([random(3, seed=s), random(3, seed=s + 9)]) for s in (5, 6))
    first = [torch.randn(2, 3, 3, generator=draws).double() for _ in range(2)]
    q, _ = ali(MINIMAX, data, prior, first[0], first[1], 5)
    alone, _ = ali(MINIMAX, data[1:], prior[1:], first[0][1:], first[1][1:], 5)
    torch.testing.assert_close(q[1], alone[0])
