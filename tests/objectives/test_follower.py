from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from kullback.objectives import Follower, Following, Snapshot


def follow(follower: Following, step: int) -> None:
    follower.follow(torch.tensor(step))


def scalar(value: float) -> nn.Linear:
    module = nn.Linear(1, 1, bias=False)
    nn.init.constant_(module.weight, value)
    return module


@given(st.floats(-3, 3), st.floats(-3, 3), st.integers(1, 100_000), st.floats(0, 0.9999))
def test_a_follower_moves_the_share_of_its_warmed_up_decay(
    old: float, new: float, step: int, decay: float
) -> None:
    source = scalar(old)
    follower = Follower(source, decay)
    nn.init.constant_(source.weight, new)
    follow(follower, step)
    warm = min(decay, (1 + step) / (10 + step))
    found = float(follower.module.state_dict()["weight"])
    assert found == pytest.approx(warm * old + (1 - warm) * new, abs=1e-6)
    assert float(source.weight.detach()) == pytest.approx(new)


def test_after_many_rounds_a_follower_is_the_exponential_average() -> None:
    source = scalar(0.0)
    follower, expected = Follower(source, 0.9), 0.0
    for step in range(1, 200):
        value = float(torch.sin(torch.tensor(step / 5)))
        nn.init.constant_(source.weight, value)
        follow(follower, step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * value
    assert float(follower.module.state_dict()["weight"]) == pytest.approx(expected, abs=1e-5)


def test_a_follower_of_a_module_that_stands_still_comes_to_it() -> None:
    source = scalar(1.0)
    follower = Follower(source, 0.99)
    nn.init.constant_(source.weight, 5.0)
    for step in range(1, 2000):
        follow(follower, step)
    assert float(follower.module.state_dict()["weight"]) == pytest.approx(5, abs=1e-4)


def test_a_follower_copies_buffers_as_they_are_and_shares_nothing() -> None:
    source = nn.Sequential(spectral_norm(nn.Linear(3, 3)), nn.BatchNorm1d(3))
    follower = Follower(source, 0.999)
    source(torch.randn(16, 3))
    follow(follower, 1)
    pairs = list(zip(follower.module.buffers(), source.buffers(), strict=True))
    assert all(torch.equal(own, other) for own, other in pairs)
    theirs = {t.data_ptr() for t in [*source.parameters(), *source.buffers()]}
    mine = {t.data_ptr() for t in [*follower.module.parameters(), *follower.module.buffers()]}
    assert not theirs & mine


def test_a_follower_does_not_learn_by_itself() -> None:
    source = scalar(1.0)
    assert not any(p.requires_grad for p in Follower(source, 0.9).module.parameters())
    assert all(p.requires_grad for p in source.parameters())


@pytest.mark.parametrize("every", [1, 3])
def test_a_snapshot_is_the_module_as_it_stood_at_the_last_multiple(every: int) -> None:
    source = scalar(0.0)
    snapshot = Snapshot(source, every)
    for step in range(1, 11):
        nn.init.constant_(source.weight, float(step))
        follow(snapshot, step)
        assert float(snapshot.module.state_dict()["weight"]) == every * (step // every)


def test_a_snapshot_holds_buffers_too_shares_nothing_and_does_not_learn() -> None:
    source = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    snapshot = Snapshot(source, 2)
    source(torch.randn(16, 3))
    follow(snapshot, 1)
    first, now = (m.state_dict()["1.running_mean"] for m in (snapshot.module, source))
    assert not torch.equal(first, now)
    follow(snapshot, 2)
    found, expected = snapshot.module.state_dict(), source.state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert not {t.data_ptr() for t in found.values()} & {t.data_ptr() for t in expected.values()}
    assert not any(parameter.requires_grad for parameter in snapshot.module.parameters())
