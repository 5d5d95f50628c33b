from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from kullback.errors import BadInput
from kullback.evaluation import Metric


def test_json_has_exactly_these_keys_and_plain_values() -> None:
    details = {
        "mc_stderr": np.float32(0.5),
        "shares": np.array([0.25, 0.75]),
        "codes": torch.tensor([1, 2]),
        "by_class": {3: np.int64(4)},
    }
    found = Metric(np.float64(1.5), None, np.int64(7), "nats", None, details).to_json()  # type: ignore[arg-type]
    assert json.loads(json.dumps(found)) == {
        "value": 1.5,
        "stderr": None,
        "n": 7,
        "unit": "nats",
        "floor": None,
        "details": {
            "mc_stderr": 0.5,
            "shares": [0.25, 0.75],
            "codes": [1, 2],
            "by_class": {"3": 4},
        },
    }


def test_what_is_not_finite_is_none_and_named() -> None:
    details = {"mc_stderr": math.inf, "shares": np.array([0.5, math.nan])}
    found = Metric(math.nan, math.inf, 3, "nats", -math.inf, details).to_json()
    json.dumps(found, allow_nan=False)
    assert (found["value"], found["stderr"], found["floor"]) == (None, None, None)
    assert found["details"]["not_finite"] == [
        "value is nan",
        "stderr is inf",
        "floor is -inf",
        "mc_stderr is inf",
        "shares[1] is nan",
    ]
    assert details.keys() == {"mc_stderr", "shares"}


def test_the_standard_error_of_a_share_is_the_binomial_one() -> None:
    metric = Metric.mean(np.arange(100) < 20, "share")
    assert metric.value == pytest.approx(0.2)
    assert metric.stderr == pytest.approx(math.sqrt(0.2 * 0.8 / 99))


def test_one_point_has_no_standard_error_and_none_no_mean() -> None:
    assert Metric.mean(np.ones(1), "nats").stderr is None
    with pytest.raises(BadInput, match="one number per point"):
        Metric.mean(np.ones(0), "nats")


def test_an_impossible_point_makes_an_infinite_mean_that_is_reported() -> None:
    found = Metric.mean(np.array([1.0, math.inf]), "nats").to_json()
    assert found["value"] is None
    assert "value is inf" in found["details"]["not_finite"]
