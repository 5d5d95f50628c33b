from __future__ import annotations

import pytest

from kullback.grades import Grade, graded, mildest, worst


@pytest.mark.parametrize(
    ("value", "warn", "fail", "grade"),
    [
        *((1, 2, 3, "ok"), (2, 2, 3, "warn"), (3, 2, 3, "fail"), (9, 2, 3, "fail")),
        *((3, 2, 1, "ok"), (2, 2, 1, "warn"), (1, 2, 1, "fail"), (0, 2, 1, "fail")),
    ],
)
def test_a_figure_is_held_against_two_bounds(
    value: float, warn: float, fail: float, grade: Grade
) -> None:
    assert graded(value, warn, fail) == grade


def test_the_worst_and_the_mildest() -> None:
    assert worst("ok", "fail", "warn") == "fail"
    assert mildest("fail", "warn") == "warn"
