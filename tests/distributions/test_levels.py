from __future__ import annotations

import torch

from kullback.distributions import Levels, Noise, draw

GREYS = torch.arange(256) / 255


def logits(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, 256, generator=torch.Generator().manual_seed(0))


def test_each_grey_has_the_softmax_of_its_logit_and_the_masses_sum_to_one() -> None:
    numbers = logits()
    masses = Levels(numbers).log_prob(GREYS).exp()
    torch.testing.assert_close(masses, numbers.softmax(0))
    torch.testing.assert_close(masses.sum(), torch.ones(()))


def test_greys_may_have_more_dimensions_than_the_logits() -> None:
    levels = Levels(logits(2, 3))
    values = GREYS[torch.randint(256, (5, 2, 3), generator=torch.Generator().manual_seed(1))]
    found = levels.log_prob(values)
    for k in range(5):
        torch.testing.assert_close(found[k], levels.log_prob(values[k]))


def test_the_mean_is_the_expected_grey() -> None:
    torch.testing.assert_close(Levels(logits(4)).mean, logits(4).softmax(-1) @ GREYS)


def test_drawn_greys_have_the_masses_as_frequencies() -> None:
    n, levels = 20_000, Levels(logits().double())
    even = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    values = draw(levels, Noise.replay(n, [even[:, None]]), (n,))
    frequencies = (values * 255).round().long().bincount(minlength=256).double() / n
    torch.testing.assert_close(frequencies, levels.log_mass.exp(), atol=1.1 / n, rtol=0)


def test_logits_of_any_size_give_finite_masses_and_gradients_at_the_greys_they_favour() -> None:
    numbers = torch.tensor([1e4, *[-1e4] * 255], requires_grad=True)
    found = Levels(numbers).log_prob(torch.tensor([0.0, 1.0]))
    assert torch.isfinite(found).all()
    (slope,) = torch.autograd.grad(found.sum(), numbers)
    assert torch.isfinite(slope).all()
