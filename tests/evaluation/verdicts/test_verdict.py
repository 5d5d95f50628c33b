from __future__ import annotations

import json
import math

import pytest

from kullback.evaluation.verdicts import Grade, Verdict, graded
from kullback.evaluation.verdicts.verdict import mildest, worst


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


def test_what_is_no_number_is_none_in_json() -> None:
    figures = {"support": 1.0, "real_support": math.inf, "sharpness": math.nan}
    found = Verdict("mode-collapse", "fail", "all the same", figures, {"support": 60.0}).to_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == {
        "id": "mode-collapse",
        "verdict": "fail",
        "evidence": {
            "text": "all the same",
            "figures": {"support": 1.0, "real_support": None, "sharpness": None},
            "thresholds": {"support": 60.0},
            "shown": None,
        },
        "remedy": "",
    }
