from __future__ import annotations

import json
import math

from kullback.evaluation.verdicts import Verdict


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
