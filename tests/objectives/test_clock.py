from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kullback.errors import BadInput
from kullback.objectives import Clock, Written, at, cosine, warm_up


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_cosine_falls_from_one_to_zero_and_is_symmetric(early: float, late: float) -> None:
    early, late = sorted((early, late))
    assert 0 <= cosine(late) <= cosine(early) <= 1
    assert cosine(early) + cosine(1 - early) == pytest.approx(1)


def test_the_cosine_begins_at_one_ends_at_zero_and_is_steepest_in_the_middle() -> None:
    assert [cosine(t) for t in (0, 0.5, 1)] == pytest.approx([1, 0.5, 0])
    assert cosine(1 / 3) == pytest.approx(0.75)


def test_a_schedule_is_a_function_of_the_clock_and_a_number_is_itself() -> None:
    clock = Clock(torch.tensor(3.0), torch.tensor(30.0), torch.tensor(0.25))
    assert at(2.0, clock) == 2.0
    assert at(lambda c: c.progress * c.samples + c.step, clock) == 10.5


def progress(share: float) -> Clock:
    return Clock(torch.tensor(0.0), torch.tensor(0.0), torch.tensor(share))


def test_a_warm_up_is_a_straight_line_and_then_flat() -> None:
    schedule = warm_up(4.0, share=0.2)
    times = [0.0, 0.05, 0.1, 0.2, 0.21, 0.99]
    found = [float(at(schedule, progress(t))) for t in times]
    assert found == pytest.approx([0, 1, 2, 4, 4, 4])
    assert schedule.formula == "4·min(1, t/0.2)"


@pytest.mark.parametrize("share", [0.0, -0.1, 1.5])
def test_a_warm_up_lasts_some_of_the_training_and_no_longer(share: float) -> None:
    with pytest.raises(BadInput, match=r"a share of training in \(0, 1\]"):
        warm_up(1.0, share)


def test_a_written_schedule_has_the_values_of_the_one_it_writes() -> None:
    schedule = Written(lambda clock: 3 * clock.progress, "3t")
    assert float(at(schedule, progress(0.5))) == 1.5
