"""The command line through real processes: what is printed, what is left behind, how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kullback as kb
from kullback.data import read_rows
from kullback.models.catalogue import CATALOGUE
from kullback.pictures import save_picture

COMMAND = [sys.executable, "-m", "kullback"]
QUICK = ["--threads", "1", "--batch-size", "32", "--seed", "0", "--set", "latent_dim=4"]


def kullback(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def good(*arguments: str | Path) -> str:
    done = kullback(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(*arguments: str | Path) -> str:
    done = kullback(*arguments)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert done.stdout == ""
    assert done.stderr.endswith("\n")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def vae(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("vae") / "run"
    good("train", "vae", "--data", "digits", "--out", out, "--steps", "40", *QUICK)
    return out


@pytest.fixture(scope="module")
def gan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gan") / "run"
    small = ["--steps", "6", "--threads", "1", "--set", "hidden=[8]"]
    good("train", "gan", "--data", "mixture", "--out", out, *small)
    return out


@pytest.fixture(scope="module")
def conditional(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("conditional") / "run"
    good("train", "cvae", "--data", "digits", "--out", out, "--steps", "3", *QUICK)
    return out


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("translator") / "run"
    two = ["--data", "digits", "--source", "digits:edges", "--paired"]
    good("train", "paired-gan", *two, "--out", out, "--steps", "2", *QUICK)
    return out


def test_models_as_json_has_the_fixed_keys() -> None:
    rows = json.loads(good("models", "--json"))
    assert [row["name"] for row in rows] == list(CATALOGUE)
    keys = {"name", "family", "formula", "capabilities", "reference", "recommended"}
    assert all(set(row) == keys for row in rows)


def test_tables_name_what_there_is() -> None:
    assert "wgan-gp" in good("models")
    assert "fashion-mnist-binary" in good("data")


def test_data_prints_the_truth_of_a_mixture() -> None:
    facts = json.loads(good("data", "mixture:3", "--json"))
    assert np.asarray(facts["centres"]).shape == (12, 2)
    assert len(facts["weights"]) == len(facts["scales"]) == 12
    assert "fingerprint" in good("data", "digits")


def test_sample_writes_arrays_and_pictures(vae: Path, tmp_path: Path) -> None:
    good("sample", vae, "-n", "12", "--out", tmp_path / "s.npz")
    assert np.load(tmp_path / "s.npz")["x"].shape == (12, 8, 8)
    good("sample", vae, "-n", "12", "--draw", "--out", tmp_path / "d.npz")
    drawn, mean = np.load(tmp_path / "d.npz")["x"], np.load(tmp_path / "s.npz")["x"]
    assert not np.array_equal(drawn, mean)
    good("sample", vae, "-n", "12", "--out", tmp_path / "s.png")
    with Image.open(tmp_path / "s.png") as picture:
        assert min(picture.size) > 100


def test_the_same_seed_samples_the_same(vae: Path, tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        good("sample", vae, "-n", "5", "--seed", "9", "--out", tmp_path / name)
    a, b = (np.load(tmp_path / name)["x"] for name in ("a.npz", "b.npz"))
    assert np.array_equal(a, b)


def test_a_label_can_be_asked_for(conditional: Path, tmp_path: Path) -> None:
    good("sample", conditional, "-n", "6", "--label", "3", "--out", tmp_path / "three.npz")
    three = np.load(tmp_path / "three.npz")
    assert (three["x"].shape, three["y"].tolist()) == ((6, 8, 8), [3] * 6)
    good("sample", conditional, "-n", "50", "--out", tmp_path / "any.npz")
    drawn = np.load(tmp_path / "any.npz")["y"]
    assert (drawn.shape, drawn.dtype, len(set(drawn))) == ((50,), np.int64, 10)
    assert "0 to 9" in refused("sample", conditional, "--label", "10", "--out", tmp_path / "s.png")
    assert "-2" in refused("sample", conditional, "-n", "-2", "--out", tmp_path / "s.png")


def test_without_a_label_a_picture_has_a_column_a_class(conditional: Path, tmp_path: Path) -> None:
    good("sample", conditional, "-n", "30", "--seed", "4", "--out", tmp_path / "s.png")
    run = kb.load(conditional)
    columns = np.arange(30) % 10
    save_picture(run.sample(30, columns, seed=4), run.space, tmp_path / "own.png", 10)
    assert (tmp_path / "s.png").read_bytes() == (tmp_path / "own.png").read_bytes()


def test_rows_with_labels_are_encoded_and_reconstructed_with_them(
    conditional: Path, tmp_path: Path
) -> None:
    good("reconstruct", conditional, "--data", "digits", "-n", "5", "--out", tmp_path / "r.npz")
    run, rows = kb.load(conditional), read_rows("digits").take(np.arange(5))
    assert rows.y is not None
    made = np.load(tmp_path / "r.npz")["x"]
    assert np.array_equal(made, run.reconstruct(rows.x, rows.y))
    np.save(tmp_path / "plain.npy", rows.x)
    plain = tmp_path / "plain.npy"
    assert "label" in refused("encode", conditional, "--data", plain, "--out", tmp_path / "z.npz")


def test_rows_of_a_second_set_are_translated(translator: Path, tmp_path: Path) -> None:
    two = ["--source", "digits:edges", "-n", "13", "--seed", "1"]
    good("sample", translator, *two, "--out", tmp_path / "t.npz")
    found, rows = np.load(tmp_path / "t.npz"), read_rows("digits:edges").take(np.arange(13))
    assert np.array_equal(found["source"], rows.x)
    assert rows.y is not None
    assert np.array_equal(found["y"], rows.y)
    assert np.array_equal(found["x"], kb.load(translator).sample(13, seed=1, source=rows.x))
    good("sample", translator, *two, "--out", tmp_path / "t.png")
    good("sample", translator, "-n", "200", "--out", tmp_path / "own.npz")
    own, test = np.load(tmp_path / "own.npz"), kb.load(translator).data.source
    assert test is not None
    assert np.array_equal(own["source"][:179], test.test.x)
    assert np.array_equal(own["source"][179:], test.test.x[:21])
    with Image.open(tmp_path / "t.png") as picture:
        assert picture.width > picture.height
    assert "rows of shape" in refused(
        "sample", translator, "--source", "mixture", "--out", tmp_path / "s.png"
    )


def test_a_run_of_two_sets_is_resumed_with_the_same_ones(translator: Path) -> None:
    again = ["train", "--resume", "--out", str(translator)]
    before = (translator / "model.safetensors").read_bytes()
    good(*again, "--source", "digits:edges", "--paired")
    assert (translator / "model.safetensors").read_bytes() == before
    assert "source=digits:edges" in refused(*again, "--source", "digits:negative")


def test_a_dry_run_says_what_the_second_set_is() -> None:
    two = ["--data", "digits", "--source", "digits:negative"]
    recipe = json.loads(good("train", "cyclegan", *two, "--dry-run"))
    assert recipe["source"]["name"] == "digits:negative"
    assert recipe["paired"] is False
    assert any("half" in note for note in recipe["data"]["notes"])


def test_encode_reconstruct_and_interpolate(vae: Path, tmp_path: Path) -> None:
    good("encode", vae, "--data", "digits", "--out", tmp_path / "z.npz")
    codes = np.load(tmp_path / "z.npz")
    assert codes["z"].shape == (1797, 4)
    assert codes["y"].shape == (1797,)
    good("reconstruct", vae, "--data", "digits", "-n", "25", "--out", tmp_path / "r.npz")
    assert np.load(tmp_path / "r.npz")["x"].shape == (25, 8, 8)
    good("reconstruct", vae, "--data", "digits", "-n", "25", "--out", tmp_path / "r.png")
    good(
        "interpolate", vae, "--from", "3", "--to", "5", "--steps", "6", "--out", tmp_path / "i.npz"
    )
    assert np.load(tmp_path / "i.npz")["x"].shape == (6, 8, 8)


def test_a_single_row_can_be_encoded(vae: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.zeros((1, 8, 8), np.uint8))
    good("encode", vae, "--data", tmp_path / "one.npy", "--out", tmp_path / "z.npz")
    assert np.load(tmp_path / "z.npz")["z"].shape == (1, 4)


def test_evaluate_writes_what_it_prints(gan: Path) -> None:
    printed = json.loads(good("evaluate", gan, "--json"))
    assert json.loads((gan / "evaluation.json").read_text()) == printed
    assert {"modes", "high_quality", "reverse_kl", "coverage", "c2st"} <= set(printed["metrics"])
    assert printed["verdicts"]
    assert "real data" in good("evaluate", gan)


def test_points_are_pictured_too(gan: Path, tmp_path: Path) -> None:
    good("sample", gan, "-n", "200", "--out", tmp_path / "s.png")
    good("interpolate", gan, "--out", tmp_path / "i.png")
    assert (tmp_path / "s.png").stat().st_size > 1000


def test_report_is_one_file(vae: Path, gan: Path, tmp_path: Path) -> None:
    good("report", vae, gan, "--out", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "data:image" in page
    assert list(tmp_path.iterdir()) == [tmp_path / "report.html"]


def test_a_dry_run_prints_the_recipe_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "run"
    printed = good("train", "aae", "--data", "digits", "--out", out, "--epochs", "2", "--dry-run")
    recipe = json.loads(printed)
    assert recipe["steps"] == -(-2 * recipe["data"]["rows"]["train"] // recipe["batch_size"])
    assert not out.exists()


def test_a_config_file_is_overruled_by_the_command(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(
        'model = "vae"\ndata = "digits"\nsteps = 7\n[set]\nlatent_dim = 3\nbeta = 2\n'
    )
    printed = good("train", "--config", config, "--steps", "9", "--set", "beta=3", "--dry-run")
    recipe = json.loads(printed)
    assert (recipe["steps"], recipe["model"]) == (9, "vae")
    assert (recipe["settings"]["latent_dim"], recipe["settings"]["beta"]) == (3, 3)


def test_a_kill_at_any_moment_loses_nothing(vae: Path, tmp_path: Path) -> None:
    for delay in (0.6, 2.5):
        out = tmp_path / str(delay)
        arguments = ["train", "vae", "--data", "digits", "--out", str(out), "--steps", "40", *QUICK]
        process = subprocess.Popen(
            [*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 30
        while not (out / "recipe.json").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(delay)
        process.kill()
        process.wait()
        good("train", "--resume", "--out", out)
        assert (out / "model.safetensors").read_bytes() == (vae / "model.safetensors").read_bytes()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_saves_and_says_how_to_go_on(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    arguments = ["train", "gan", "--data", "ring", "--out", str(out), "--steps", "100000"]
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--threads", "1", "--set", "hidden=[4]"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (out / "metrics.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert f"kullback train --resume --out {out}" in said
    stopped = json.loads((out / "recipe.json").read_text())
    assert stopped["steps"] == 100000
    good("train", "--resume", "--out", out, "--stop-at", "1")
    assert (out / "model.safetensors").is_file()


def test_a_loss_that_is_not_finite_ends_in_3_with_a_diagnosis(tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = kullback(
        "train", "vae", "--data", "digits", "--out", out, "--steps", "200", *QUICK,
        "--set", "lr=1e6", "--set", "hidden=[8]", "--set", "likelihood=gaussian",
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert "player model" in last
    assert "step" in last


BAD: dict[str, tuple[list[str], str]] = {
    "unknown model": (["train", "vaee", "--data", "digits"], "did you mean vae"),
    "no model": (["train", "--data", "digits"], "which model"),
    "no data": (["train", "vae"], "which data"),
    "unknown data": (["train", "vae", "--data", "digit"], "did you mean digits"),
    "missing path": (["train", "vae", "--data", "no/such/folder"], "no/such/folder"),
    "negative steps": (["train", "vae", "--data", "digits", "--steps", "-5"], "-5"),
    "zero steps": (["train", "vae", "--data", "digits", "--steps", "0"], "--steps"),
    "steps and minutes": (
        ["train", "vae", "--data", "digits", "--steps", "5", "--minutes", "1"],
        "one of them",
    ),
    "steps that are no number": (["train", "vae", "--data", "digits", "--steps", "ten"], "--steps"),
    "large batch": (["train", "vae", "--data", "digits", "--batch-size", "5000"], "1439"),
    "zero batch": (["train", "vae", "--data", "digits", "--batch-size", "0"], "batch"),
    "negative seed": (["train", "vae", "--data", "digits", "--seed", "-1"], "seed"),
    "no threads": (["train", "vae", "--data", "digits", "--threads", "0"], "--threads"),
    "unknown setting": (
        ["train", "vae", "--data", "digits", "--set", "latent_dims=3"],
        "did you mean latent_dim",
    ),
    "setting of the wrong type": (
        ["train", "vae", "--data", "digits", "--set", "latent_dim=many"],
        "latent_dim",
    ),
    "setting out of range": (["train", "vae", "--data", "digits", "--set", "beta=-1"], "beta"),
    "setting without a value": (["train", "vae", "--data", "digits", "--set", "beta"], "key=value"),
    "a likelihood that does not fit": (
        ["train", "vae", "--data", "ring", "--set", "likelihood=bernoulli"],
        "bernoulli",
    ),
    "too many components": (
        ["train", "pca", "--data", "ring", "--set", "latent_dim=2"],
        "latent_dim=2",
    ),
    "unknown precision": (["train", "vae", "--data", "digits", "--precision", "fp8"], "fp8"),
    "unknown device": (["train", "vae", "--data", "digits", "--device", "tpu"], "tpu"),
    "unknown compile": (["train", "vae", "--data", "digits", "--compile", "maybe"], "on or off"),
    "missing config": (["train", "--config", "none.toml"], "none.toml"),
    "unknown option": (["train", "vae", "--data", "digits", "--stpes", "5"], "--stpes"),
    "nothing to resume": (["train", "--resume"], "no run"),
    "labels that are not there": (["train", "cgan", "--data", "moon"], "none"),
    "no second set": (["train", "cyclegan", "--data", "digits"], "give --source DATA2"),
    "no pairs": (["train", "paired-gan", "--data", "digits"], "--source DATA2 --paired"),
    "pairs not said to be": (
        ["train", "paired-gan", "--data", "digits", "--source", "digits:edges"],
        "say so with --paired",
    ),
    "pairs that are none": (
        ["train", "cyclegan", "--data", "digits", "--source", "digits:edges", "--paired"],
        "leave out --paired",
    ),
    "a second set for a model of one": (
        ["train", "vae", "--data", "digits", "--source", "digits:edges"],
        "leave out --source",
    ),
    "pairs of unequal numbers": (
        ["train", "paired-gan", "--data", "digits", "--source", "ring", "--paired"],
        "100000",
    ),
    "paired with nothing": (["train", "vae", "--data", "digits", "--paired"], "--source"),
    "a view that is none": (
        ["train", "cyclegan", "--data", "digits", "--source", "digits:edge"],
        "did you mean edges",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_leaves_nothing(case: str, tmp_path: Path) -> None:
    arguments, hint = BAD[case]
    out = tmp_path / "run"
    assert hint in refused(*arguments, "--out", out)
    assert list(tmp_path.iterdir()) == []


def test_arrays_that_cannot_be_learnt_from_are_refused(tmp_path: Path) -> None:
    rows = np.zeros((50, 3))
    bad = {
        "nan": np.where(np.arange(150).reshape(50, 3) == 31, np.nan, rows),
        "inf": np.where(np.arange(150).reshape(50, 3) == 31, np.inf, rows),
        "text": np.full((50, 3), "a"),
        "single": rows[:1],
    }
    for name, array in bad.items():
        np.save(tmp_path / f"{name}.npy", array)
        refused("train", "vae", "--data", tmp_path / f"{name}.npy", "--out", tmp_path / "run")
        assert not (tmp_path / "run").exists()
    (tmp_path / "empty").mkdir()
    refused("train", "vae", "--data", tmp_path / "empty", "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_folder_of_pictures_trains_and_names_what_was_left_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for label in ("cats", "dogs"):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for i in range(12):
            pixels = rng.integers(0, 256, (64, 64, 4), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / label / f"{i}.png")
    cats = tmp_path / "pets" / "cats"
    (cats / "cut.png").write_bytes((cats / "0.png").read_bytes()[:200])
    (cats / "notes.txt").write_text("not a picture")
    Image.new("RGBA", (1, 1)).save(cats / "dot.png")
    quick = ["--steps", "1", "--threads", "1", "--set", "hidden=[4]"]
    out = tmp_path / "run"
    said = good("train", "vae", "--data", tmp_path / "pets", "--out", out, *quick)
    assert all(name in said for name in ("cut.png", "notes.txt", "dot.png"))
    recipe = json.loads((out / "recipe.json").read_text())
    assert recipe["data"]["label_names"] == ["cats", "dogs"]
    assert sum(recipe["data"]["rows"].values()) == 24
    good("sample", out, "-n", "3", "--out", tmp_path / "s.npz")
    made = np.load(tmp_path / "s.npz")["x"]
    assert (made.dtype, made.shape) == (np.uint8, (3, 64, 64, 4))
    strict = ["--data", str(tmp_path / "pets"), "--strict", *quick]
    refused("train", "vae", "--out", tmp_path / "strict", *strict)
    assert not (tmp_path / "strict").exists()


def test_a_run_is_not_written_over(vae: Path) -> None:
    before = (vae / "recipe.json").read_bytes()
    assert "taken" in refused("train", "vae", "--data", "digits", "--out", vae)
    assert "steps=40" in refused("train", "--resume", "--out", vae, "--steps", "41")
    assert "seed=0" in refused("train", "--resume", "--out", vae, "--seed", "1")
    assert "latent_dim=4" in refused("train", "--resume", "--out", vae, "--set", "latent_dim=5")
    good("train", "vae", "--resume", "--out", vae, "--steps", "40", "--data", "digits")
    assert (vae / "recipe.json").read_bytes() == before


def test_commands_refuse_what_is_no_run_and_what_does_not_fit(
    vae: Path, gan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "s.npz"
    assert "no run" in refused("sample", tmp_path, "--out", out)
    assert "no run" in refused("evaluate", tmp_path / "none")
    assert ".png" in refused("sample", vae, "--out", tmp_path / "s.jpg")
    assert "label" in refused("sample", vae, "--label", "3", "--out", out)
    assert "one data set" in refused("sample", vae, "--source", "digits", "--out", out)
    assert "-3" in refused("sample", vae, "-n", "-3", "--out", out)
    assert "no encoder" in refused("encode", gan, "--data", "mixture", "--out", out)
    assert "(8, 8)" in refused("encode", vae, "--data", "mnist5k", "--out", out)
    assert "test row" in refused("interpolate", vae, "--from", "9999", "--out", out)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_in_one_line(vae: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    inside = tmp_path / "file" / "x"
    refused("train", "vae", "--data", "digits", "--steps", "1", "--out", inside)
    refused("sample", vae, "--out", inside.with_suffix(".npz"))
    refused("sample", vae, "--seed", "-1", "--out", tmp_path / "s.npz")
    np.save(tmp_path / "none.npy", np.zeros((0, 8, 8), np.uint8))
    refused("encode", vae, "--data", tmp_path / "none.npy", "--out", tmp_path / "z.npz")


def test_help_and_import_are_quick() -> None:
    def seconds(command: list[str]) -> float:
        took = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            took.append(time.perf_counter() - began)
        return min(took)

    assert seconds([*COMMAND, "--help"]) < 0.4
    assert seconds([sys.executable, "-c", "import kullback"]) < 0.4


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    heavy = "torch", "pydantic", "rich", "matplotlib", "numpy"
    code = (
        f"import sys, kullback, kullback.cli.app; print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_recipe_stands_before_torch_is_imported(tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from kullback.runs.options import gather\n"
        "from kullback.runs.start import prepare, resolve\n"
        "options = gather(None, (), {'model': 'vae', 'data': 'digits'})\n"
        f"prepare(Path({out!r}), resolve(options))\n"
        "print('torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert (tmp_path / "run/recipe.json").is_file()
