from __future__ import annotations

import os

import pytest

from kullback.errors import BadInput
from kullback.runs import threads as module
from kullback.runs.threads import free_cores, got, threads


@pytest.fixture
def four_cores(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(4), raising=False)
    return monkeypatch


@pytest.mark.parametrize(("free", "found"), [(3.9, 4), (3.5, 3), (2.8, 3), (1.5, 1), (0.2, 1)])
def test_as_many_threads_as_there_are_free_cores(
    free: float, found: int, four_cores: pytest.MonkeyPatch
) -> None:
    four_cores.setattr(module, "got", lambda count: free)
    assert free_cores() == found


def test_what_is_said_wins_and_the_machine_is_not_asked(four_cores: pytest.MonkeyPatch) -> None:
    four_cores.setattr(module, "got", lambda count: pytest.fail("the machine was asked"))
    four_cores.setenv("OMP_NUM_THREADS", "3")
    assert threads(2) == 2
    assert threads(None) == 3
    with pytest.raises(BadInput, match="--threads is 0; give a whole number from 1 up"):
        threads(0)


def test_more_threads_than_cores_do_not_get_a_core_each() -> None:
    cores = len(os.sched_getaffinity(0))
    assert 0 < got(8 * cores) < 1.1 * cores
