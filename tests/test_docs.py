"""The page on the models is the catalogue's, and its pictures can be made again."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

from kullback.models.catalogue import CATALOGUE

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("models_page", DOCS / "models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(generator: ModuleType) -> None:
    page = (DOCS / "models.md").read_text("utf-8")
    assert page == generator.page(), "run python docs/models.py"


def test_the_page_has_every_model_with_its_formula_and_when_to_use_it(
    generator: ModuleType,
) -> None:
    page = generator.page()
    sections = {text.partition("\n")[0]: text for text in page.split("\n### ")[1:]}
    assert sorted(sections) == sorted(CATALOGUE)
    for name, entry in CATALOGUE.items():
        assert all(f"    {line}\n" in sections[name] for line in entry.formula.splitlines())
        assert entry.summary in sections[name]
        assert entry.use.endswith(".")
        assert entry.use in sections[name]
        shown = set(entry.settings.model_fields) - ({"latent_dim"} if not entry.latent else set())
        assert all(f"| `{setting}` |" in sections[name] for setting in shown)
    assert page.count("**Recommended.**") == 1


def test_every_model_has_a_small_picture_on_the_page(generator: ModuleType) -> None:
    pictures = [*generator.PICTURES.glob("*")]
    assert {path.name for path in pictures} == {f"{name}.png" for name in CATALOGUE}
    for path in pictures:
        assert path.stat().st_size < 200_000
        assert f"(models/{path.name})" in generator.page()


def test_a_picture_is_of_the_command_below_it(generator: ModuleType) -> None:
    begins = {
        "vae": "kullback train vae --data mnist5k --set likelihood=bernoulli --minutes 0.5",
        "paired-gan": "kullback train paired-gan --data mnist5k --source mnist5k:edges --paired",
        "cyclegan": "kullback train cyclegan --data mnist5k --source mnist5k:negative --minutes",
    }
    for name, begin in begins.items():
        assert generator.command(CATALOGUE[name]).startswith(begin)


def test_what_is_trained_is_not_trained_again(
    generator: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = tmp_path / "runs"
    generator.train(runs, ["pca"], minutes=0.001)
    before = {path: path.stat().st_mtime_ns for path in runs.rglob("*") if path.is_file()}
    generator.train(runs, ["pca"], minutes=0.001)
    after = {path: path.stat().st_mtime_ns for path in runs.rglob("*") if path.is_file()}
    assert after == before
    monkeypatch.setattr(generator, "PICTURES", tmp_path)
    generator.draw(runs, ["pca", "vae"])
    with Image.open(tmp_path / "pca.png") as picture:
        assert min(picture.size) > 8 * 28
    assert [path.name for path in tmp_path.glob("*.png")] == ["pca.png"]
