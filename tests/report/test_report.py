from __future__ import annotations

import base64
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import kullback as kb
from kullback.report import write_report
from kullback.report.subject import group_by_data, name_runs
from kullback.runs.run import Run

Trainer = Callable[..., Run]
Writer = Callable[..., Any]

SECTIONS = {"At a glance", "What each run minimised", "Samples", "Curves", "To repeat it"}
OF_ENCODERS = {"Reconstructions", "Latent map"}


def drawings(page: Any) -> str:
    head = "data:image/svg+xml;base64,"
    sources = [source for source in page.values("img", "src") if source.startswith(head)]
    return " ".join(base64.b64decode(source[len(head) :]).decode() for source in sources)


def normal(*shape: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).normal(size=shape)


def test_the_file_needs_nothing_but_itself(of_both: Any) -> None:
    assert not re.search(r"https?://|src=\"//|url\(|@import", of_both.html)
    assert of_both.tags["script"] == of_both.tags["link"] == 0
    assert all(source.startswith("data:image/") for source in of_both.values("img", "src"))


def test_it_says_its_language_and_encoding_and_describes_its_pictures(of_both: Any) -> None:
    assert of_both.html.startswith("<!doctype html>")
    assert of_both.values("html", "lang") == ["en"]
    assert of_both.values("meta", "charset") == ["utf-8"]
    assert len(of_both.values("img", "alt")) == of_both.tags["img"] > 0
    assert all(of_both.values("img", "alt"))


def test_an_encoder_has_every_section(of_vae: Any) -> None:
    assert set(of_vae.texts["h2"]) == SECTIONS | OF_ENCODERS | {"Interpolation"}
    assert "game" not in of_vae.text


def test_a_generator_has_no_section_that_needs_an_encoder(of_gan: Any) -> None:
    assert set(of_gan.texts["h2"]) == SECTIONS | {"Interpolation"}


def test_the_losses_of_a_game_are_not_offered_as_quality(of_gan: Any) -> None:
    assert "no measure of quality" in of_gan.text


def test_runs_stand_side_by_side_beside_one_card_of_real_data(of_both: Any) -> None:
    assert of_both.texts["h1"] == ["2 runs side by side"]
    assert of_both.values("article", "class").count("card real") == 1
    assert of_both.text.count("gan has no encoder") == len(OF_ENCODERS)


def test_a_name_is_escaped(of_both: Any) -> None:
    assert "<b>" not in of_both.html
    assert "<b>&" in of_both.texts["th"]
    assert "<b>&" in of_both.texts["h3"]


def test_a_run_without_an_evaluation_says_how_to_get_one(of_vae: Any, vae: Run) -> None:
    assert "not evaluated yet: " in of_vae.text
    assert f"kullback evaluate {vae.path}" in of_vae.texts["code"]


def test_the_recipe_and_the_command_that_repeats_it_are_there(of_vae: Any, vae: Run) -> None:
    (recipe,) = (text for text in of_vae.texts["pre"] if text.startswith("{"))
    assert json.loads(recipe) == vae.recipe.model_dump(mode="json")
    (command,) = (text for text in of_vae.texts["code"] if "kullback train" in text)
    data = vae.folder.data("data")
    assert f"--data {data} --out DIR --steps 2 --batch-size 8 --seed 0" in command
    assert "--set latent_dim=3" in command


def test_codes_have_a_legend(of_vae: Any) -> None:
    assert of_vae.texts["li"] == [" 0", " 1", " 2"]


def test_a_model_of_classes_has_a_column_for_each_under_its_name(
    trained: Trainer, images: Any, write: Writer
) -> None:
    run = trained("classes", "cvae", images, latent_dim=2)
    page = write(run)
    (columns,) = (v for v in page.values("div", "class") if v.startswith("classes"))
    assert columns == "classes short"
    assert page.texts["span"].count("0") == 1
    assert [f"class {name}" for name in "012"] == [
        alt for alt in page.values("img", "alt") if alt.startswith("class ")
    ]
    assert set(page.texts["h2"]) >= OF_ENCODERS | {"Samples"}
    assert "A label y stands on both sides" in page.text


def test_columns_show_the_classes_that_were_asked_for(
    trained: Trainer, images: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained("asked", "cvae", images, latent_dim=2)
    (group,) = group_by_data(name_runs([run]))
    assert group.view.labels is not None
    rows = np.stack([np.full((8, 8), 80 * label, np.uint8) for label in group.view.labels])
    sources = re.findall(r"base64,([^\"]+)", group.view.by_class(rows))
    shades = []
    for source in sources:
        with Image.open(io.BytesIO(base64.b64decode(source))) as picture:
            shades.append({value for _, value in picture.convert("L").getcolors() or ()} - {255})
    assert shades == [{0}, {80}, {160}]


def test_points_of_a_model_of_classes_are_coloured_by_class(
    trained: Trainer, write: Writer
) -> None:
    page = write(trained("coloured", "cgan", (normal(50, 2), np.arange(50) % 4)))
    assert [text.strip() for text in page.texts["li"]][:4] == ["0", "1", "2", "3"]
    assert "asked for the labels of the real rows" in page.text


def test_translations_stand_below_their_sources_beside_both_data_sets(
    trained: Trainer, write: Writer
) -> None:
    run = trained("cycle", "cyclegan", "digits", source="digits:negative")
    page = write(run)
    assert {"real digits", "real digits:negative"} <= set(page.texts["h3"])
    assert "below each, what the model made of it" in page.text
    assert "truly belongs" not in page.text
    assert "rows do not correspond" in page.text
    (command,) = (text for text in page.texts["code"] if "kullback train" in text)
    assert "--data digits --source digits:negative --out DIR" in command


def test_a_translation_with_noise_is_drawn_several_times_beside_the_true_row(
    trained: Trainer, write: Writer
) -> None:
    two = {"source": "digits:edges", "paired": True}
    page = write(trained("pairs", "paired-gan", "digits", latent_dim=2, **two))
    assert "4 outputs of the model" in page.text
    assert "truly belongs" in page.text
    (command,) = (text for text in page.texts["code"] if "kullback train" in text)
    assert "--source digits:edges --paired" in command
    assert "row for row" in page.text


def test_runs_that_differ_in_their_second_data_stand_apart(trained: Trainer) -> None:
    runs = [
        trained("alone", "vae", "digits", latent_dim=2),
        trained("with-edges", "denoising-gan", "digits", source="digits:edges", paired=True),
        trained("with-negative", "cyclegan", "digits", source="digits:negative"),
    ]
    assert [len(group.subjects) for group in group_by_data(name_runs(runs))] == [1, 1, 1]


def test_points_and_images_have_a_card_of_real_data_each(
    vae: Run, trained: Trainer, write: Writer
) -> None:
    page = write(vae, trained("points", "gan", normal(50, 2).astype(np.float32)))
    assert page.values("article", "class").count("card real") == 2
    assert page.text.count("50 real rows") == 1
    assert drawings(page).count("second coordinate") == 3


def test_a_toy_shows_its_true_modes(trained: Trainer, write: Writer) -> None:
    assert "the true modes" in write(trained("ring", "gan", "ring")).text


def test_vectors_are_drawn_by_axes_means_and_spreads_and_an_exact_step_by_numbers(
    trained: Trainer, write: Writer
) -> None:
    page = write(trained("vectors", "pca", normal(60, 5), latent_dim=2, steps=1))
    drawn = drawings(page)
    for label in ("first principal axis", "shift of mean", "ratio of spread", "z₁"):
        assert label in drawn
    assert "reconstruction, −log p(x|z)" in page.texts["dt"]
    assert "nats" not in drawn


def test_single_numbers_are_drawn_and_the_formula_is_that_of_the_settings(
    trained: Trainer, write: Writer
) -> None:
    page = write(trained("numbers", "vae", normal(40, 1), beta=4.0))
    drawn = drawings(page)
    for label in ("density", "reconstructed", "share of the way"):
        assert label in drawn
    assert "4·" in page.text
    assert "4 · KL( q(z|x) ‖ p(z) )" in page.texts["h4"]


def test_the_smallest_dullest_table_is_drawn(trained: Trainer, write: Writer) -> None:
    assert write(trained("least", "vae", np.full((10, 3), 2.0))).tags["img"] > 0


def test_images_of_any_real_numbers_are_drawn(trained: Trainer, write: Writer) -> None:
    assert "image/png" in write(trained("reals", "ae", 9 * normal(12, 3, 8, 8))).html


def test_runs_of_one_name_are_told_apart_by_their_paths(vae: Run, tmp_path: Path) -> None:
    paths = [tmp_path / which / "run" for which in ("a", "b")]
    for path in paths:
        shutil.copytree(vae.path, path)
    subjects = name_runs([vae, *(kb.load(path) for path in paths)])
    assert [subject.name for subject in subjects] == ["vae", *map(str, paths)]


def test_the_same_run_gives_the_same_file(of_vae: Any, vae: Run, write: Writer) -> None:
    assert write(kb.load(vae.path)).html == of_vae.html


def test_no_runs_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    with pytest.raises(kb.BadInput, match="at least one run"):
        write_report([], out)
    assert not out.exists()
