"""What to try is told in settings that no line ends in."""

from __future__ import annotations

from kullback.report.diagnosis import findings


def test_settings_in_a_remedy_are_kept_on_one_line() -> None:
    tried = ["--set likelihood=discretised-logistic", "--set hidden=[64,64]", "--batch-size"]
    verdict = {
        "id": "blur",
        "verdict": "warn",
        "evidence": {"text": "soft", "figures": {}, "thresholds": {}},
        "remedy": f"a larger {tried[2]}, or {tried[0]}, ({tried[1]}) & <more>",
    }
    page = findings([verdict])
    for setting in tried:
        assert f'<span class="setting">{setting}</span>' in page
    assert "&amp; &lt;more&gt;" in page
