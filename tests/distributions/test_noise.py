from __future__ import annotations

import torch

from kullback.distributions import Noise


def numbers(noise: Noise) -> list[torch.Tensor]:
    return [noise.normal(3, 2), noise.uniform(4), noise.normal(1)]


def test_noise_is_a_function_of_its_seed_alone() -> None:
    first = numbers(Noise.seeded(3, 5, 17))
    torch.manual_seed(123)
    torch.rand(10)
    torch.testing.assert_close(numbers(Noise.seeded(3, 5, 17)), first, atol=0, rtol=0)


def test_every_integer_of_the_seed_and_their_order_matter() -> None:
    seeds = [(5, 17), (17, 5), (5, 18), (6, 17), (5,), (5, 17, 1)]
    first = [float(Noise.seeded(3, *seed).normal(1)) for seed in seeds]
    assert len(set(first)) == len(seeds)


def test_drawing_noise_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    numbers(Noise.seeded(3, 5))
    assert torch.equal(torch.get_rng_state(), before)


def test_requests_say_what_was_asked_for_so_that_it_can_be_replayed() -> None:
    noise = Noise.seeded(3, 1)
    drawn = numbers(noise)
    assert noise.requests == [("normal", (3, 2)), ("uniform", (4,)), ("normal", (1,))]
    replay = Noise.replay(3, drawn)
    torch.testing.assert_close(numbers(replay), drawn, atol=0, rtol=0)
    assert (replay.rows, replay.requests) == (3, noise.requests)


def test_uniform_numbers_fill_the_unit_interval_and_normal_ones_have_unit_variance() -> None:
    noise, n = Noise.seeded(1, 0), 20_000
    u, e = noise.uniform(n), noise.normal(n)
    assert 0 <= float(u.min()) < 0.001
    assert 0.999 < float(u.max()) < 1
    assert abs(float(u.mean()) - 0.5) < 4 * (1 / 12 / n) ** 0.5
    assert abs(float(e.mean())) < 4 / n**0.5
    assert abs(float(e.std()) - 1) < 4 / (2 * n) ** 0.5
