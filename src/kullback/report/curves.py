"""The curves of one training: a small panel for each term, and one for the gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kullback.report import figures
from kullback.report.elements import Html, drawing, element
from kullback.report.subject import Subject
from kullback.report.words import number, term

Array = npt.NDArray[Any]

_GRADIENT = "gradient_norm"
_GAME = (
    "This is a game: each player's loss is taken against the other player of that moment. It may "
    "rise while samples improve, or stand still while they get worse, so it is no measure of "
    "quality; the metrics and the samples are."
)


def panels(subject: Subject) -> Html:
    """Return a panel for each term, the gradients last; of one step, only its numbers."""
    names = list(dict.fromkeys(name for line in subject.lines for name in line["terms"]))
    terms = [name for name in names if not name.endswith(_GRADIENT)]
    if len(subject.lines) == 1:
        return element("dl", *(piece for name in terms for piece in _number(subject, name)))
    found = [_panel(subject, name) for name in terms]
    if len(names) > len(terms):
        found.append(_gradients(subject, [name for name in names if name not in terms]))
    game = [element("p", _GAME)] if subject.is_game else []
    return element("div", *game, element("div", *found, class_="panels"))


def _panel(subject: Subject, name: str) -> Html:
    title, unit = term(name.split("/")[1], subject.run.model, subject.recipe.settings)
    steps, values = _series(subject, "terms", name)
    held_out = _held_out(subject, name)
    low, high = figures.settled(values)
    drawn = figures.curve(steps, values, held_out, unit, (low, high))
    shown = low <= values[0] <= high
    return element(
        "figure",
        element("h4", title),
        drawing(drawn, f"{title} against steps"),
        element("figcaption", _ended(subject, name) + ("" if shown else "; begins off the frame")),
    )


def _gradients(subject: Subject, names: list[str]) -> Html:
    series = {name.split("/")[0]: _series(subject, "terms", name) for name in names}
    steps = next(iter(series.values()))[0]
    drawn = figures.norms(steps, {player: values for player, (_, values) in series.items()})
    legend = [
        element("li", element("span", "━", style=f"color:{colour}"), f" {player}")
        for player, colour in zip(series, figures.PLAYER_COLOURS, strict=False)
    ]
    return element(
        "figure",
        element("h4", "size of the gradients"),
        drawing(drawn, "gradient norms against steps"),
        *([element("ul", *legend, class_="legend")] if len(series) > 1 else []),
    )


def _number(subject: Subject, name: str) -> tuple[Html, Html]:
    title, _ = term(name.split("/")[1], subject.run.model, subject.recipe.settings)
    return element("dt", title), element("dd", _ended(subject, name))


def _ended(subject: Subject, name: str) -> str:
    """Say where a term began and ended."""
    _, unit = term(name.split("/")[1], subject.run.model, subject.recipe.settings)
    unit = "" if unit == "loss" else f" {unit}"
    _, values = _series(subject, "terms", name)
    _, held_out = _held_out(subject, name)
    start = f"from {number(values[0])} to " if len(values) > 1 else ""
    end = f"{number(values[-1])}{unit}"
    return start + end + (f"; held-out {number(held_out[-1])}" if len(held_out) else "")


def _series(subject: Subject, part: str, name: str) -> tuple[Array, Array]:
    found = [(line["step"], line[part][name]) for line in subject.lines if name in line[part]]
    steps, values = np.array(found, np.float64).reshape(-1, 2).T
    return steps, values


def _held_out(subject: Subject, name: str) -> tuple[Array, Array]:
    """Return a term on held-out rows; only one player is validated, so the term names it."""
    key = name.split("/")[1]
    found = [
        (line["step"], line["validation"][key])
        for line in subject.lines
        if key in line.get("validation", {})
    ]
    steps, values = np.array(found, np.float64).reshape(-1, 2).T
    return steps, values
