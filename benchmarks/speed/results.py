"""RESULTS.md: a section for each part of the suite, ratios first, from the last time it was run.

What a part found is kept as JSON in ``measured`` beside it, so that parts can be run one at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

_HEAD = """\
# Speed, beside peers

Written by `make bench` (and `make bench-jax`); the suite is `benchmarks/speed`. A ratio is this
project's speed over the other's within one round, its median over rounds, with the least and the
most. Models are trained through the public face, on the default path, with the threads that are
told. A peak is that of one matrix product of 2048 × 2048 in PyTorch in the same rounds and on the
same threads; a share of it counts the operations of matrix products and convolutions only.

What more rows cost, in memory and from disk, is in [docs/results.md](../docs/results.md), by
`python benchmarks/streaming.py`.
"""


@dataclass(frozen=True)
class Ratio:
    """How many times as good as the other, in each round; ``goal`` is what was asked for.

    A round of 0 is one that did not get where the other got, and no median makes up for it.
    """

    of: str
    rounds: list[float]
    goal: float | None = None

    @property
    def value(self) -> float:
        return median(self.rounds)

    @property
    def falls_short(self) -> bool:
        return self.goal is not None and (self.value < self.goal or 0 in self.rounds)

    def cells(self) -> list[str]:
        """The table's line."""
        goal = "–" if self.goal is None else f"≥ {self.goal:g}"
        verdict = "" if self.goal is None else "**short**" if self.falls_short else "met"
        spread = f"{min(self.rounds):.2f}–{max(self.rounds):.2f}"
        return [self.of, f"{self.value:.2f}", spread, goal, verdict]


@dataclass(frozen=True)
class Table:
    """Cells under a head."""

    head: list[str]
    rows: list[list[str]]

    def text(self) -> str:
        """The table in Markdown."""
        rule = ["---"] * len(self.head)
        return "\n".join(f"| {' | '.join(cells)} |" for cells in [self.head, rule, *self.rows])


@dataclass(frozen=True)
class Section:
    """What one part found, and what it timed."""

    title: str
    timed: str
    ratios: list[Ratio]
    tables: list[Table]
    notes: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    measured: str = ""

    def text(self) -> str:
        """The section in Markdown."""
        head = ["this project over", "ratio", "least–most", "goal", ""]
        parts = [f"## {self.title}", Table(head, [ratio.cells() for ratio in self.ratios]).text()]
        parts += [self.timed, *(table.text() for table in self.tables), *self.notes]
        parts += [f"![{Path(picture).stem}]({picture})" for picture in self.pictures]
        return "\n\n".join([*parts, self.measured])

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary that ``from_json`` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Section:
        """The section that ``to_json`` wrote."""
        ratios = [Ratio(**each) for each in value["ratios"]]
        tables = [Table(**each) for each in value["tables"]]
        return cls(**{**value, "ratios": ratios, "tables": tables})


def keep(folder: Path, part: str, section: Section) -> None:
    """Write down what a part found."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(section.to_json(), indent=1, ensure_ascii=False)
    (folder / f"{part}.json").write_text(text + "\n", "utf-8")


def kept(folder: Path, parts: Iterable[str]) -> list[Section]:
    """Return what has been found so far of these parts, in their order."""
    paths = [folder / f"{part}.json" for part in parts]
    return [
        Section.from_json(json.loads(path.read_text("utf-8"))) for path in paths if path.is_file()
    ]


def report(sections: Sequence[Section], reasons: str = "") -> str:
    """Return RESULTS.md; ``reasons`` say why what falls short does."""
    short = [
        f"- {section.title}: {ratio.of} {ratio.value:.2f}, asked for {ratio.goal:g}"
        for section in sections
        for ratio in section.ratios
        if ratio.falls_short
    ]
    parts = [_HEAD.strip()]
    if short:
        parts += ["## What falls short", "\n".join(short), reasons.strip()]
    parts += [section.text() for section in sections]
    return "\n\n".join(part for part in parts if part) + "\n"
