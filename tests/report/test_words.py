from __future__ import annotations

import pytest

from kullback.report.words import duration, measured, number, term, why_absent


@pytest.mark.parametrize(
    ("value", "stderr", "text"),
    [
        (172.4412, 1.8312, "172.4 ± 1.8"),
        (0.02134, 0.00087, "0.02134 ± 0.00087"),
        (4234.56, 112.3, "4,235 ± 112"),
        (-176.21, 0.95, "−176.21 ± 0.95"),
        (8.0, None, "8"),
        (0.5, 0.0, "0.5000"),
        (1e-9, 1e-10, "1e−09 ± 1e−10"),
    ],
)
def test_a_value_has_no_more_digits_than_its_error(
    value: float, stderr: float | None, text: str
) -> None:
    assert measured(value, stderr) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (342.815, "342.8"),
        (-0.361, "−0.3610"),
        (1234567.8, "1.23e+06"),
        (3e-5, "3e−05"),
        (12.0, "12"),
    ],
)
def test_numbers_have_four_digits(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.011, "under 0.1 s"), (3.29, "3.3 s"), (45.2, "45 s"), (130, "2 min 10 s"),
     (7260, "2 h 1 min")],
)  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_weighted_kl_says_its_weight() -> None:
    assert term("kl_z", {"beta": 4.0})[0] == "4 · KL( q(z|x) ‖ p(z) )"
    assert term("kl_z", {"beta": 1.0}) == ("KL( q(z|x) ‖ p(z) )", "nats")


def test_an_absent_metric_has_its_reason() -> None:
    assert why_absent("nll", "gan", ("sample",)).endswith("it states no likelihood")
    assert why_absent("reconstruction_mse", "gan", ("sample",)).endswith("it has no encoder")
    assert why_absent("modes", "gan", ("sample",)) == "not measured for gan on these data"
