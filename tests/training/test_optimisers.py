from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from kullback.training import Adam, Moments

SHAPES = [(3, 2), (4,), ()]


def parameters(dtype: torch.dtype = torch.float32) -> list[nn.Parameter]:
    generator = torch.Generator().manual_seed(0)
    return [nn.Parameter(torch.randn(shape, generator=generator, dtype=dtype)) for shape in SHAPES]


def gradients(step: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    generator = torch.Generator().manual_seed(100 + step)
    return [torch.randn(shape, generator=generator, dtype=dtype) for shape in SHAPES]


@settings(deadline=None, max_examples=20)
@given(
    st.floats(1e-5, 0.1),
    st.sampled_from([(0.9, 0.999), (0.5, 0.99), (0.0, 0.9)]),
    st.none() | st.floats(0.05, 10),
    st.lists(st.floats(0, 1), min_size=1, max_size=6),
)
def test_steps_are_those_of_torchs_adam_with_clipping(
    lr: float, betas: tuple[float, float], clip: float | None, shares: list[float]
) -> None:
    ours, theirs = parameters(torch.float64), parameters(torch.float64)
    moments, reference = Moments(ours), torch.optim.Adam(theirs, lr=lr, betas=betas)
    for step, share in enumerate(shares):
        rate = torch.tensor(lr * share)
        norm = moments.step(Adam(lr, betas, clip), gradients(step, torch.float64), rate)
        for parameter, gradient in zip(theirs, gradients(step, torch.float64), strict=True):
            parameter.grad = gradient
        limit = float("inf") if clip is None else clip
        expected = nn.utils.clip_grad_norm_(theirs, limit)
        for group in reference.param_groups:
            group["lr"] = float(rate)
        reference.step()
        torch.testing.assert_close(norm, expected)
    for own, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(own, other, rtol=1e-5, atol=1e-8)


def test_the_first_step_is_the_rate_in_the_direction_of_each_sign() -> None:
    ours, before = parameters(), parameters()
    Moments(ours).step(Adam(0.01), gradients(0), torch.tensor(0.01))
    for own, start, gradient in zip(ours, before, gradients(0), strict=True):
        torch.testing.assert_close(start - own, 0.01 * gradient.sign(), atol=1e-6, rtol=1e-3)


@pytest.mark.parametrize("clip", [None, 0.1, 1e6])
def test_the_norm_that_is_reported_is_the_gradients_before_clipping(clip: float | None) -> None:
    norm = Moments(parameters()).step(Adam(0.1, clip=clip), gradients(0), torch.tensor(0.1))
    torch.testing.assert_close(norm, torch.cat([g.flatten() for g in gradients(0)]).norm())


def test_clipping_scales_a_long_gradient_to_the_limit_and_leaves_a_short_one() -> None:
    length = float(torch.cat([g.flatten() for g in gradients(0)]).norm())
    for clip, expected in ((0.1, 0.1), (1e6, length)):
        moments = Moments(parameters())
        moments.step(Adam(0.1, (0.0, 0.9), clip), gradients(0), torch.tensor(0.1))
        assert float(torch.cat([m.flatten() for m in moments.first]).norm()) == pytest.approx(
            expected, rel=1e-5
        )


def test_clipping_does_not_change_the_gradients_it_was_given() -> None:
    given_gradients = gradients(0)
    Moments(parameters()).step(Adam(0.1, clip=0.01), given_gradients, torch.tensor(0.1))
    assert all(torch.equal(a, b) for a, b in zip(given_gradients, gradients(0), strict=True))


@pytest.mark.parametrize("clip", [None, 1.0])
def test_a_gradient_counts_by_its_numbers_and_not_by_how_they_lie_in_memory(
    clip: float | None,
) -> None:
    plain = torch.arange(1.0, 121.0).view(2, 3, 4, 5)
    layouts = {
        "channels last": plain.contiguous(memory_format=torch.channels_last),
        "turned": plain.transpose(0, 3).contiguous().transpose(0, 3),
    }
    for gradient, laid_out in [
        *[(plain, other) for other in layouts.values()],
        (torch.ones(2, 3, 4, 5), torch.ones(()).expand(2, 3, 4, 5)),
    ]:
        moments = [Moments([nn.Parameter(torch.zeros(2, 3, 4, 5))]) for _ in range(2)]
        for one, at in zip(moments, (gradient, laid_out), strict=True):
            one.step(Adam(0.1, (0.5, 0.9), clip), [at], torch.tensor(0.1))
        for name, tensor in moments[0].tensors.items():
            torch.testing.assert_close(moments[1].tensors[name], tensor, msg=name)
        torch.testing.assert_close(moments[1].parameters, moments[0].parameters)


def test_a_gradient_of_zero_moves_nothing() -> None:
    ours = parameters()
    Moments(ours).step(Adam(0.1, clip=1.0), [torch.zeros(s) for s in SHAPES], torch.tensor(0.1))
    assert all(torch.equal(a, b) for a, b in zip(ours, parameters(), strict=True))


def test_the_tensors_are_all_that_a_step_depends_on() -> None:
    first, second = Moments(parameters()), Moments(parameters())
    rate = torch.tensor(0.1)
    for step in range(3):
        first.step(Adam(0.1), gradients(step), rate)
    for own, other in zip(second.parameters, first.parameters, strict=True):
        own.data.copy_(other.data)
    for name, tensor in second.tensors.items():
        tensor.copy_(first.tensors[name])
    for moments in (first, second):
        moments.step(Adam(0.1), gradients(7), rate)
    pairs = zip(first.parameters, second.parameters, strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
