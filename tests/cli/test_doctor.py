"""`kullback doctor --samples`, in this process: what is printed, and how it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kullback.cli import main, show
from kullback.data import load
from kullback.runs.outside import read_reference


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.npy"
    np.save(path, np.random.default_rng(0).standard_normal((400, 4)))
    return path


def doctor(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["kullback", "doctor", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_file_of_samples_is_judged_in_json(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = tmp_path / "samples.npz"
    np.savez(samples, x=np.load(table)[:200])
    assert doctor(monkeypatch, "--samples", samples, "--data", table, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["copy_rate"]["value"] == pytest.approx(1)
    grades = {verdict["id"]: verdict["verdict"] for verdict in found["verdicts"]}
    assert grades["memorisation"] == "fail"
    assert grades["wrong-data"] == "ok"
    assert {"id", "verdict", "evidence", "remedy"} == found["verdicts"][0].keys()


def test_held_out_rows_are_what_samples_are_compared_with(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(1)
    samples, kept = tmp_path / "s.npy", tmp_path / "kept.npy"
    np.save(samples, rng.standard_normal((150, 4)))
    np.save(kept, rng.standard_normal((180, 4)))
    both: list[str | Path] = ["--samples", samples, "--data", table]
    assert doctor(monkeypatch, *both, "--held-out", kept, "--json") == 0
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    assert not [verdict for verdict in verdicts if verdict["verdict"] == "fail"]
    np.save(kept, np.zeros((50, 5)))
    assert doctor(monkeypatch, *both, "--held-out", kept) == 2
    assert "(5,)" in capsys.readouterr().err


def test_what_is_held_out_from_the_data_does_not_count_as_learnt_from(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, kept, samples = np.load(table), tmp_path / "kept.npy", tmp_path / "samples.npy"
    np.save(kept, rows[:60])
    reference = read_reference(str(table), kept)
    assert np.array_equal(reference.train.x, rows[60:])
    assert reference.held_out is not None
    assert np.array_equal(reference.held_out.x, rows[:60])

    np.save(samples, np.random.default_rng(1).standard_normal((150, 4)))
    both: list[str | Path] = ["--samples", samples, "--data", table, "--held-out", kept]
    assert doctor(monkeypatch, *both, "--json") == 0
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    assert not [verdict for verdict in verdicts if verdict["verdict"] == "fail"]

    np.save(kept, rows)
    assert doctor(monkeypatch, *both) == 2
    said = capsys.readouterr().err
    assert f"{len(rows)} of the {len(rows)} rows of the data are held out" in said
    assert said.count("\n") == 1


def test_rows_that_data_repeat_are_not_held_out_from_them(table: Path, tmp_path: Path) -> None:
    rows, others = np.load(table), np.random.default_rng(3).standard_normal((95, 4))
    kept, repeated = tmp_path / "kept.npy", tmp_path / "repeated.npy"
    np.save(kept, np.concatenate([rows[:5], others]))
    assert len(read_reference(str(table), kept).train) == len(rows)
    np.save(repeated, np.round(rows[:, :2]))
    np.save(kept, np.round(others[:, :2]))
    assert len(read_reference(str(repeated), kept).train) == len(rows)


def test_a_folder_of_pictures_of_another_range_is_wrong_data_and_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, samples = tmp_path / "data.npz", tmp_path / "folder"
    digits = load("digits").train.x[:60]
    np.savez(data, x=digits)
    samples.mkdir()
    for i in range(12):
        Image.fromarray(digits[i] // 20).save(samples / f"{i}.png")
    assert doctor(monkeypatch, "--samples", samples, "--data", data) == 0
    out = capsys.readouterr().out
    assert out.startswith("fail  wrong-data")
    assert "if 0 to 16 is meant" in out
    np.save(tmp_path / "s.npy", digits[:30] / 255)
    assert doctor(monkeypatch, "--samples", tmp_path / "s.npy", "--data", data) == 0
    out = capsys.readouterr().out
    assert out.startswith("fail  wrong-data")
    assert "multiply by 255" in out


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.zeros((30, 5)), "shape"),
        (np.zeros((9, 4)), "9"),
        (np.full((30, 4), np.nan), "NaN"),
        (np.array(3.0), "one number"),
    ],
)
def test_bad_samples_end_with_one_line(
    x: np.ndarray,
    said: str,
    table: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    np.save(tmp_path / "bad.npy", x)
    assert doctor(monkeypatch, "--samples", tmp_path / "bad.npy", "--data", table) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert said in printed.err
    assert "bad.npy" in printed.err


@pytest.mark.parametrize(
    "words",
    [[], ["run", "--samples", "s.npy"], ["--samples", "s.npy"], ["run", "--data", "digits"]],
)
def test_a_run_or_samples_and_not_both(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(monkeypatch, *words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_worst_is_printed_first_and_only_the_sick_have_figures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def verdict(name: str, grade: str) -> dict[str, object]:
        evidence = {
            "text": "as measured",
            "figures": {"share": 0.25, "lost": None},
            "thresholds": {"share": 0.1},
            "shown": None,
        }
        remedy = "" if grade == "ok" else "more data"
        return {"id": name, "verdict": grade, "evidence": evidence, "remedy": remedy}

    show.diagnosis(
        {"verdicts": [verdict("blur", "ok"), verdict("b", "warn"), verdict("c", "fail")]}
    )
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line[0] != " "] == ["fail  c", "warn  b", "ok    blur"]
    assert lines[1:4] == [
        "      as measured",
        "      share 0.25 (bound 0.1)",
        "      try: more data",
    ]
    assert lines[-1] == "      as measured"


def test_samples_that_are_all_the_same_have_collapsed_and_the_json_is_json(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    same = tmp_path / "same.npy"
    np.save(same, np.repeat(np.load(table)[:1], 60, axis=0))
    assert doctor(monkeypatch, "--samples", same, "--data", table, "--json") == 0

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    found = json.loads(capsys.readouterr().out, parse_constant=refuse)
    grades = {verdict["id"]: verdict["verdict"] for verdict in found["verdicts"]}
    assert grades["mode-collapse"] == "fail"
