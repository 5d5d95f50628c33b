"""The doctor's verdicts: what is wrong with each run, on what grounds, and what to try."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from kullback.grades import SEVERITY
from kullback.report.elements import Html, element, picture, together
from kullback.report.subject import Subject
from kullback.report.words import grounds

_SAID = {"fail": "found", "warn": "suspected"}
_SETTING = re.compile(r"(--[a-z][a-z-]*(?: \w+=[\w.…\[\],-]*[\w…\]])?)")


def verdicts(subject: Subject) -> Html:
    """Return what was found, the worst first, and what was looked for and not found."""
    found = sorted(subject.verdicts, key=lambda verdict: -SEVERITY[verdict["verdict"]])
    ill = [verdict for verdict in found if verdict["verdict"] != "ok"]
    well = [verdict["id"] for verdict in found if verdict["verdict"] == "ok"]
    listed = (
        [element("ul", *(_finding(verdict) for verdict in ill), class_="verdicts")] if ill else []
    )
    said = "Looked for and not found: " if ill else "Nothing was found. Looked for: "
    rest = [element("p", f"{said}{', '.join(well)}.", class_="small")] if well else []
    return together(*listed, *rest, *_pairs(subject))


def findings(found: Sequence[Mapping[str, Any]]) -> Html:
    """Return verdicts that are not ok as a list; of several runs each says in which ``seeds``."""
    return element("ul", *(_finding(verdict) for verdict in found), class_="verdicts")


def _finding(verdict: Mapping[str, Any]) -> Html:
    evidence, grade = verdict["evidence"], verdict["verdict"]
    seeds = f", seed {', '.join(map(str, verdict['seeds']))}" if "seeds" in verdict else ""
    remedy = [element("p", "Try: ", *_unbroken(verdict["remedy"]))] if verdict["remedy"] else []
    return element(
        "li",
        element("strong", f"{verdict['id']} {_SAID[grade]}{seeds}"),
        element("p", evidence["text"]),
        element("p", grounds(evidence), class_="small"),
        *remedy,
        class_=grade,
    )


def _unbroken(text: str) -> Sequence[str]:
    """Return a text in pieces, its settings as elements that no line ends in."""
    pieces = _SETTING.split(text)
    return [element("span", p, class_="setting") if i % 2 else p for i, p in enumerate(pieces)]


def _pairs(subject: Subject) -> Sequence[Html]:
    path = subject.run.folder.closest
    if not path.is_file():
        return []
    with Image.open(path) as image:
        shown = picture(image.copy(), "samples above the training rows that they are nearest to")
    told = "The samples most like copies, each above its nearest training row."
    return [element("figure", shown, element("figcaption", told))]
