"""The questions one asks before choosing a model, answered from the table by rules.

Each question is answered by the first metric of its list that the table has for two rows or more:

    closest     fréchet distance, kernel distance, c2st: fidelity and variety as one number
    faithful    precision, density, high quality: samples that could be real
    widest      recall, coverage, imbalance of modes, modes: real rows that could be samples
    likelihood  negative log-likelihood of held-out rows
    codes       reconstruction error of held-out rows
    labels      samples that show the class that was asked for

The best mean answers it; beside it stand those that the seeds do not tell apart from it, and those
they do. One model is proposed: of those in which the doctor found no disease (no ``fail`` in any
seed) and no run of which failed, the one with the best mean place over the first three questions
(where none of these has an answer, over the others), those that the seeds do not tell apart from
the best sharing its place; of equals, the one that trained faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from kullback.comparison.table import Column, Row, Table

QUESTIONS = {
    "closest": ("frechet", "kid", "c2st"),
    "faithful": ("precision", "density", "high_quality"),
    "widest": ("recall", "coverage", "reverse_kl", "modes"),
    "likelihood": ("nll", "elbo"),
    "codes": ("reconstruction_mse",),
    "labels": ("label_accuracy",),
}
OF_SAMPLES = ("closest", "faithful", "widest")


@dataclass(frozen=True)
class Answer:
    """A question, the column that answers it, and the rows by how they stand to the best.

    ``untold`` are rows of which the seeds say nothing, because there is one, or no scatter.
    """

    question: str
    column: Column
    places: dict[str, int]
    best: Row
    level: Sequence[Row]
    behind: Sequence[Row]
    untold: Sequence[Row]

    def to_json(self) -> dict[str, Any]:
        """Plain values, rows by their names."""
        rows = {"level": self.level, "behind": self.behind, "untold": self.untold}
        return {
            "question": self.question,
            "column": self.column.name,
            "best": self.best.name,
            **{name: [row.name for row in found] for name, found in rows.items()},
        }


@dataclass(frozen=True)
class Proposal:
    """The model to begin with: its mean place over ``questions``, and who was not considered."""

    row: Row
    place: float
    of: int
    questions: Sequence[str]
    refused: Sequence[Row]


def answers(table: Table) -> list[Answer]:
    """Answer what the table can answer, likelihoods of different measures apart."""
    found = []
    for question, metrics in QUESTIONS.items():
        for metric in metrics:
            columns = [c for c in table.columns if _is(c, metric) and len(table.ranked(c)) > 1]
            if columns:
                found += [_answer(question, table, column) for column in columns]
                break
    return found


def proposal(table: Table, found: Sequence[Answer]) -> Proposal | None:
    """Propose a model; ``None`` where no question has an answer or every model is ill."""
    chosen = [a for a in found if a.question in OF_SAMPLES] or list(found)
    sound = [row for row in table.rows if is_sound(row)]
    ranked = [row for row in sound if all(row.name in answer.places for answer in chosen)]
    if not chosen or not ranked:
        return None
    mean = {
        row.name: sum(answer.places[row.name] for answer in chosen) / len(chosen) for row in ranked
    }
    best = min(
        ranked, key=lambda row: (mean[row.name], inf if row.seconds is None else row.seconds)
    )
    refused = [row for row in table.rows if not is_sound(row)]
    asked = list(dict.fromkeys(answer.question for answer in chosen))
    return Proposal(best, mean[best.name], len(chosen[0].places), asked, refused)


def is_sound(row: Row) -> bool:
    """Say whether every run of a row came to something and none has a disease."""
    ill = any(finding["verdict"] == "fail" for finding in row.findings())
    return not ill and not row.failures


def _is(column: Column, metric: str) -> bool:
    return column.metric == metric or column.metric.startswith(f"{metric}_")


def _answer(question: str, table: Table, column: Column) -> Answer:
    ranked = table.ranked(column)
    losses = [cell.loss for _, cell in ranked]
    places = {
        row.name: 1 if cell.mark == "level" else 1 + losses.index(cell.loss) for row, cell in ranked
    }

    def marked(mark: str | None) -> list[Row]:
        return [row for row, cell in ranked[1:] if cell.mark == mark]

    return Answer(
        question,
        column,
        places,
        ranked[0][0],
        marked("level"),
        marked("worse"),
        marked(None),
    )
