"""The pages on the theory: links lead somewhere, and both languages say the same."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from kullback.lab.ledger import LEDGER

DOCS = Path(__file__).parent.parent / "docs" / "theory"
LANGUAGES = ("en", "zh")
PAGES = sorted(path for language in LANGUAGES for path in (DOCS / language).glob("*.md"))
TITLES = sorted(path.name for path in PAGES if path.parent.name == "en")

LINK = re.compile(r"\[([^\[\]\n]*)\]\(([^)\s]+)\)")
CLAIM = re.compile(r"\b(?:C\d+(?:-[a-z]+)?|(?:B2|P)-[a-z0-9-]+|B3-V\d[a-z]?)\b")
FORMULA = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!\$)\$(?!\$)([^$]*)\$(?!\$)")


def prose(page: Path) -> str:
    """A page without its displayed formulas."""
    return FORMULA.sub("", page.read_text("utf-8"))


@cache
def defined(path: Path) -> frozenset[str]:
    """What a file of Python defines at its top."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]):
                names.add(name)
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return frozenset(names)


def named(page: Path) -> list[str]:
    return CLAIM.findall(prose(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
class TestPage:
    def test_every_link_leads_to_a_file(self, page: Path) -> None:
        targets = [target for _, target in LINK.findall(page.read_text("utf-8"))]
        assert targets
        assert [t for t in targets if not (page.parent / t).is_file()] == []

    def test_every_function_that_is_linked_is_defined_in_its_file(self, page: Path) -> None:
        for text, target in LINK.findall(page.read_text("utf-8")):
            if target.endswith(".py"):
                assert text.strip("`") in defined((page.parent / target).resolve()), target

    def test_every_claim_that_is_named_is_in_the_ledger(self, page: Path) -> None:
        assert sorted(set(named(page)) - LEDGER.keys()) == []

    def test_github_can_read_its_formulas(self, page: Path) -> None:
        text = page.read_text("utf-8")
        assert text.count("$$") == 2 * len(FORMULA.findall(text))
        for formula in [*FORMULA.findall(text), *INLINE.findall(prose(page))]:
            # Markdown takes the backslash off before punctuation, and mathematics needs it.
            assert not re.search(r"\\[^A-Za-z\s]", formula), formula
        for found in INLINE.finditer(prose(page)):
            assert "\n" not in found.group(), found.group()
            before, after = prose(page)[found.start() - 1], prose(page)[found.end()]
            assert before in " \n(", found.group()
            assert after in " \n.,;:?)-", found.group()


@pytest.mark.parametrize("name", TITLES)
class TestBothLanguages:
    def test_they_have_the_same_formulas(self, name: str) -> None:
        english, chinese = (
            FORMULA.findall((DOCS / language / name).read_text("utf-8")) for language in LANGUAGES
        )
        assert english == chinese

    def test_formulas_have_no_words(self, name: str) -> None:
        for language in LANGUAGES:
            for formula in FORMULA.findall((DOCS / language / name).read_text("utf-8")):
                assert r"\text" not in formula, formula

    def test_they_name_the_same_functions_and_claims(self, name: str) -> None:
        english, chinese = (DOCS / language / name for language in LANGUAGES)
        assert sorted(set(named(english))) == sorted(set(named(chinese)))
        functions = [
            {link for link in LINK.findall(page.read_text("utf-8")) if link[1].endswith(".py")}
            for page in (english, chinese)
        ]
        assert functions[0] == functions[1]


def test_both_languages_have_the_same_pages() -> None:
    assert sorted(path.name for path in (DOCS / "zh").glob("*.md")) == TITLES
    assert len(TITLES) == 7


def test_an_index_names_every_page() -> None:
    for language in LANGUAGES:
        index = (DOCS / language / "README.md").read_text("utf-8")
        assert all(f"]({name})" in index for name in TITLES if name != "README.md")


def test_the_three_cases_are_on_the_first_page_and_the_variants_on_the_last() -> None:
    first, *_, last = (DOCS / "en" / name for name in TITLES if name != "README.md")
    assert "## Three cases" in first.read_text("utf-8")
    assert set(named(last)) >= {
        id for id, claim in LEDGER.items() if claim.chapter == "two data sets"
    }
