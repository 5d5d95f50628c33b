from __future__ import annotations

import numpy as np
import torch

from kullback.distributions import Length, Noise, draw

B, T = 4, 6
LOGITS = torch.randn(B, T, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
LAW = Length(LOGITS)
ALL = torch.ones(T, T, dtype=torch.float64).tril()
"""The masks of every length, 1 to T."""


def test_the_law_of_the_length_is_normalised_over_the_masks() -> None:
    each = LAW.log_prob(ALL[:, None].expand(T, B, T))
    torch.testing.assert_close(each.exp().sum(0), torch.ones(B).double())
    odds = np.exp(LOGITS.numpy())
    np.testing.assert_allclose(each.T, np.log(odds / odds.sum(-1, keepdims=True)))


def test_padding_changes_nothing() -> None:
    longer = torch.nn.functional.pad(ALL[:B], (0, 9))
    assert torch.equal(LAW.log_prob(longer), LAW.log_prob(ALL[:B]))


def test_draws_are_masks_as_often_as_their_mass_says() -> None:
    count = 20_000
    made = draw(LAW, Noise.seeded(B, 0, dtype=torch.float64), (count,))
    assert made.shape == (count, B, T)
    lengths = made.sum(-1).long()
    assert torch.equal(made, ALL[lengths - 1])
    found = torch.stack([(lengths == k + 1).double().mean(0) for k in range(T)], -1)
    error = (LAW.log_mass.exp() / count).sqrt()
    assert ((found - LAW.log_mass.exp()).abs() < 4 * error).all()


def test_the_mean_says_how_probably_each_step_exists_and_the_mode_is_the_likeliest_mask() -> None:
    mass = LAW.log_mass.exp()
    torch.testing.assert_close(LAW.mean, mass @ ALL)
    others = LAW.log_prob(ALL[:, None].expand(T, B, T))
    assert torch.equal(LAW.log_prob(LAW.mode), others.amax(0))


def test_the_gradient_is_that_of_a_softmax() -> None:
    logits = LOGITS.clone().requires_grad_()
    Length(logits).log_prob(ALL[:B]).sum().backward()  # type: ignore[no-untyped-call]
    expected = torch.eye(T).double()[:B] - torch.softmax(LOGITS, -1)
    torch.testing.assert_close(logits.grad, expected)
