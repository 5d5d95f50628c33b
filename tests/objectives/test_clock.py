from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kullback.objectives import Clock, at, cosine


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
