"""The page as a whole: one HTML file, with its pictures and its style inside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kullback.errors import BadInput
from kullback.report import sections
from kullback.report.elements import Html, element, together
from kullback.report.subject import Subject, group_by_data, name_runs
from kullback.runs.folder import write_whole
from kullback.runs.run import Run

STYLE = Path(__file__).with_name("page.css")


def write_report(runs: Sequence[Run], out: Path) -> None:
    """Write runs side by side into one HTML file that needs nothing but itself.

    It holds what each run was given and minimised, its metrics where it was evaluated, samples
    beside real data, and, where the model has them, reconstructions, paths between codes, a map of
    the codes; the curves, and the recipe. Samples have a fixed seed: the same runs give the same
    file. The file is written whole or not at all. Raises ``BadInput`` for no runs, and for a run
    whose weights or data cannot be read.
    """
    if not runs:
        raise BadInput("which runs? give at least one run folder to report on")
    text = page(name_runs(runs))
    write_whole(Path(out), lambda temporary: temporary.write_text(text, "utf-8"))


def page(subjects: Sequence[Subject]) -> Html:
    """Return the page."""
    groups = group_by_data(subjects)
    title = subjects[0].title if len(subjects) == 1 else f"{len(subjects)} runs side by side"
    found = [
        sections.overview(subjects),
        sections.diagnoses(subjects),
        sections.trained(subjects),
        sections.samples(groups),
        sections.reconstructions(groups),
        sections.interpolations(groups),
        sections.latent_maps(groups),
        sections.curves(subjects),
        sections.recipes(subjects),
    ]
    return document(title, _lede(subjects), found, _footer(subjects), len(subjects) > 2)


def document(
    title: str, lede: str, sections: Sequence[Html | None], footer: Html, many: bool
) -> Html:
    """Return a whole page of the sections that there are, ``many`` cards side by side or few."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · Kullback report"),
        element("style", Html(STYLE.read_text("utf-8"))),
    )
    body = element(
        "body",
        element("header", element("h1", title), element("p", lede, class_="lede")),
        element("main", *(section for section in sections if section is not None)),
        footer,
        class_="many" if many else "few",
    )
    return together(Html("<!doctype html>\n"), element("html", head, body, lang="en"))


def _lede(subjects: Sequence[Subject]) -> str:
    each = "a generative model" if len(subjects) == 1 else "generative models"
    data = " and ".join(dict.fromkeys(s.recipe.data.name for s in subjects))
    return (
        f"A report by Kullback on {each} trained on {data}: what was trained and how long, how "
        "well it came out, and what it makes. Rows called held-out were kept from training."
    )


def _footer(subjects: Sequence[Subject]) -> Html:
    lines = []
    for s in subjects:
        versions = ", ".join(f"{name} {version}" for name, version in s.recipe.versions.items())
        notes = "".join(f" {note}" for note in [*s.recipe.notes, *s.recipe.data.notes])
        text = f"{s.name}: seed {s.recipe.seed}; {versions}.{notes}"
        lines.append(element("p", text, class_="small"))
    return element("footer", *lines)
