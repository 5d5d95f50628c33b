"""The sections of the page: what was trained, and what can be seen of it, runs side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from kullback.data import Dataset
from kullback.report.curves import panels
from kullback.report.diagnosis import verdicts
from kullback.report.elements import Html, element, together
from kullback.report.latent import latent_map
from kullback.report.subject import Group, Subject
from kullback.report.table import comparison
from kullback.report.views import TRANSLATED, translations

_SEED = 0
_DRAWS = 4


def overview(subjects: Sequence[Subject]) -> Html:
    """The comparison table."""
    return section(
        "At a glance",
        "What each run was given and what came of it. A dash means that a number has no meaning "
        "for that model or was not measured; point at it for the reason.",
        comparison(subjects),
    )


def diagnoses(subjects: Sequence[Subject]) -> Html | None:
    """The doctor's verdicts."""
    if not any(s.verdicts for s in subjects):
        return None
    cards = [_card(s, verdicts(s)) for s in subjects]
    note = (
        "What the doctor found in each run: the grounds, the figures with the bounds that they "
        "were held against, and what to try."
    )
    return section("Diagnosis", note, element("div", *cards, class_="side-by-side"))


def trained(subjects: Sequence[Subject]) -> Html:
    """What each run minimised, in words and as a formula."""
    game = any(s.is_game for s in subjects)
    note = (
        "Every model here joins data x and a hidden code z in two ways. On the data side, q, one "
        "draws a row of data and encodes it by q(z|x); on the model side, p, one draws a code from "
        "the prior p(z) and decodes it by p(x|z). Training makes the two sides alike."
    )
    if game:
        note += " In a game a critic D learns to tell the sides apart, and the model to fool it."
    if any("y" in s.run.model.given for s in subjects):
        note += " A label y stands on both sides: it is not modelled, but given."
    if any(s.recipe.source for s in subjects):
        note += " In a model of two data sets, source is a row of the second."
    cards = [
        element(
            "article",
            element("h3", s.name),
            element("p", s.title, class_="sub"),
            element("p", s.recipe.entry.summary),
            element("div", _formula(s.run.formula), class_="formula"),
            element("dl", *_settings(s)),
            element("p", s.recipe.entry.reference, class_="small"),
            class_="card",
        )
        for s in subjects
    ]
    return section(
        "What each run minimised", note, element("div", *cards, class_="side-by-side wide")
    )


def samples(groups: Sequence[Group], more: str = "") -> Html:
    """Samples beside real data; ``more`` is to be known of them."""
    found = []
    for group in groups:
        real = [_real(group.dataset.name, "what samples should look like", group.view.data())]
        if group.second is not None and group.dataset.source is not None:
            about = "what is made into samples"
            real.append(_real(group.dataset.source.name, about, group.second.data()))
        cards = [_card(s, _samples(group, s)) for s in group.subjects]
        found.append(element("div", *real, *cards, class_="side-by-side"))
    note = (
        "New rows that the model makes from codes drawn from the prior, taken as they came, beside "
        "as many real rows."
    )
    if any(group.second is not None for group in groups):
        note += " A model of two data sets makes them of rows of the second."
    return section("Samples", note + more, element("div", *found, class_="stack"))


def _real(name: str, about: str, *content: str) -> Html:
    return element(
        "article",
        element("h3", f"real {name}"),
        element("p", about, class_="sub"),
        *content,
        class_="card real",
    )


def _samples(group: Group, subject: Subject) -> Html:
    """Samples: plain, a class at a time, or beside the rows that they were made of."""
    run, view, dataset = subject.run, group.view, group.dataset
    source = dataset.source
    if source is not None and dataset.space.is_image and source.space.is_image:
        return _translations(dataset, subject)
    if "y" in run.model.given and view.labels is not None:
        return view.by_class(run.sample(len(view.labels), view.labels, _SEED))
    return view.samples(run.sample(view.count, seed=_SEED))


def _translations(dataset: Dataset, subject: Subject) -> Html:
    """What became of rows of the second data set; where there is noise, several times."""
    assert dataset.source is not None
    run = subject.run
    several = {factor.variable for factor in run.model.p.latents} != {"x"}
    draws, most = (_DRAWS, TRANSLATED) if several else (1, 3 * TRANSLATED)
    rows = dataset.source.test.x[:most]
    made = run.sample(draws * len(rows), seed=_SEED, source=rows)
    truth = dataset.test.x[:most] if dataset.paired else None
    return translations(dataset, rows, np.split(made, draws), truth)


def reconstructions(groups: Sequence[Group]) -> Html | None:
    """Held-out rows, encoded and decoded again."""

    def show(group: Group, subject: Subject) -> Html:
        part = group.dataset.test.take(np.arange(min(group.view.few, len(group.dataset.test))))
        rows = part.observations
        made = subject.run.reconstruct(rows, subject.run.labels_for(part.y))
        return group.view.reconstructions(rows, made)

    note = (
        "Held-out rows encoded and decoded again: what the code keeps of a row, and what it drops."
    )
    return _where("Reconstructions", note, groups, "reconstruct", show)


def interpolations(groups: Sequence[Group]) -> Html | None:
    """Rows on the straight line between two codes."""

    def show(group: Group, subject: Subject) -> Html:
        view, rows = group.view, len(group.dataset.test)
        can = subject.run.can("encode")
        count = max(1, min(view.paths, rows // 2)) if can else view.paths
        ends = [(2 * k, min(2 * k + 1, rows - 1) if can else 2 * k + 1) for k in range(count)]
        paths = [subject.run.between(start, end, view.steps) for start, end in ends]
        told = "The ends are held-out rows, encoded." if can else "The ends are draws of the prior."
        return together(view.interpolations(paths), element("p", told, class_="small"))

    note = (
        "The model's rows on the straight line between two codes. Steps that are all plausible "
        "show that nearby codes mean similar things."
    )
    return _where("Interpolation", note, groups, "interpolate", show)


def latent_maps(groups: Sequence[Group]) -> Html | None:
    """Codes of held-out rows over draws of the prior."""
    note = (
        "Each dot is the code of a held-out row; grey are draws of the prior, the codes that new "
        "samples are made from. Grey without dots: codes that the model has not met in training. "
        "Dots outside the grey: rows that it hardly ever makes."
    )
    return _where("Latent map", note, groups, "encode", latent_map)


def curves(subjects: Sequence[Subject]) -> Html | None:
    """Every term against steps."""
    cards = [_card(s, panels(s)) for s in subjects if s.lines]
    if not cards:
        return None
    note = "Each term of the loss during training: the line is training, dots are held-out rows."
    return section("Curves", note, element("div", *cards, class_="stack"))


def recipes(subjects: Sequence[Subject]) -> Html:
    """Everything that decided each training, and the command that repeats it."""
    cards = []
    for s in subjects:
        text = json.dumps(s.recipe.model_dump(mode="json"), indent=2, ensure_ascii=False)
        own = ", ".join(s.recipe.own_networks)
        repeat = (
            element("p", f"Trained with networks of its own ({own}): repeat it in Python.")
            if own
            else element("pre", element("code", s.command))
        )
        details = element("details", element("summary", "recipe.json"), element("pre", text))
        cards.append(element("article", element("h3", s.name), repeat, details, class_="card"))
    note = "The command that repeats each training, to the byte on a like machine, and its recipe."
    return section("To repeat it", note, element("div", *cards, class_="stack"))


def section(title: str, note: str, *content: str) -> Html:
    """Return a section under its title, a note before what it shows."""
    return element("section", element("h2", title), element("p", note, class_="note"), *content)


def _where(
    title: str,
    note: str,
    groups: Sequence[Group],
    capability: str,
    show: Callable[[Group, Subject], Html],
) -> Html | None:
    """A section with a card a run, for what not every model can do; ``None`` if none can."""
    if not any(s.run.can(capability) for group in groups for s in group.subjects):
        return None
    cards = [
        _card(s, show(group, s) if s.run.can(capability) else _cannot(s))
        for group in groups
        for s in group.subjects
    ]
    return section(title, note, element("div", *cards, class_="side-by-side"))


def _card(subject: Subject, *content: str) -> Html:
    heading = element("h3", subject.name)
    title = element("p", subject.title, class_="sub")
    return element("article", heading, title, *content, class_="card")


def _cannot(subject: Subject) -> Html:
    return element("p", f"{subject.recipe.model} has no encoder, so there is nothing to show.")


def _formula(text: str) -> Html:
    """Return a formula with a line for each player, and E_q with its q below."""
    lined = text.replace(":  ", ":\n    ").replace(";  ", ";\n    ")
    return Html(re.sub(r"\bE_(\w)", r"E<sub>\1</sub>", together(lined)))


def _settings(subject: Subject) -> Iterator[Html]:
    for name, value in subject.recipe.settings.items():
        if value is not None:
            text = f"{value:g}" if isinstance(value, float) else str(value)
            yield element("dt", name)
            yield element("dd", text)
