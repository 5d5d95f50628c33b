"""A comparison in words: answers, the proposal, what the doctor found."""

from __future__ import annotations

from collections.abc import Sequence

from kullback.comparison import Answer, Cell, Comparison, Row, Table, is_sound, proposal
from kullback.report.subject import Subject
from kullback.report.words import duration, measured, number, title_of

_QUESTIONS = {
    "closest": "Closest to the data as a whole",
    "faithful": "Most faithful samples",
    "widest": "Widest variety",
    "likelihood": "Likelihood of new data",
    "codes": "Keeps most in its codes",
    "labels": "Makes what is asked for",
}
_SHORT = {
    "closest": "closeness to the data",
    "faithful": "faithfulness",
    "widest": "variety",
    "likelihood": "likelihood",
    "codes": "reconstruction",
    "labels": "labels",
}


def question(answer: Answer) -> str:
    """Return what was asked; likelihoods of different measures are questions apart."""
    asked = _QUESTIONS[answer.question]
    if answer.column.name == answer.column.metric:
        return asked
    return f"{asked} ({answer.column.measure or answer.column.unit})"


def in_words(answer: Answer, table: Table) -> str:
    """Return an answer as sentences: the best, its number, real data's, and how others stand."""
    best = table.cell(answer.best, answer.column)
    assert best is not None
    real = answer.column.real
    floor = "" if real is None else f"; real data {number(real)}"
    said = [
        f"{_called(answer.best)}: {title_of(answer.column.metric)} {value(best)} "
        f"({answer.column.unit}{floor})."
    ]
    if answer.level:
        said.append(
            f"The seeds do not tell apart from it: {_with_values(answer.level, answer, table)}."
        )
    if answer.behind:
        said.append(f"Behind: {_with_values(answer.behind, answer, table)}.")
    if answer.untold:
        said.append(f"Of these the seeds cannot say: {_with_values(answer.untold, answer, table)}.")
    return " ".join(said)


def proposed(comparison: Comparison) -> str:
    """Propose a model and say why, and how sure one can be."""
    table, answers = comparison.table, comparison.answers
    found = proposal(table, answers)
    if found is None:
        return "No proposal: no model that is free of diseases was measured on any question."
    questions = list(dict.fromkeys(_SHORT[name] for name in found.questions))
    said = [
        f"{_called(found.row)} is the one to begin with: over {_listed(questions)} its mean place "
        f"is {found.place:.1f} of {found.of}."
    ]
    asked = [answer for answer in answers if answer.question in found.questions]
    first = [_SHORT[a.question] for a in asked if a.best is found.row]
    if first:
        said.append(f"It stands first in {_listed(first)}.")
    level = [_SHORT[a.question] for a in asked if found.row in a.level]
    if level:
        said.append(f"In {_listed(level)} the seeds do not tell it from the first.")
    behind = [f"{a.best.name} in {_SHORT[a.question]}" for a in asked if found.row in a.behind]
    if behind:
        said.append(f"It is behind {_listed(behind)}.")
    rivals = [
        row.name
        for row in table.rows
        if row is not found.row and is_sound(row) and all(row in [a.best, *a.level] for a in asked)
    ]
    if rivals:
        said.append(
            f"{_listed(rivals)} cannot be told from the first in any of these; more seeds may tell."
        )
    if found.row.seconds is not None:
        said.append(f"A training took {duration(found.row.seconds)}.")
    if found.refused:
        names = _listed([row.name for row in found.refused])
        said.append(f"Not considered, because of a disease or a failed run: {names}.")
    return " ".join(said)


def findings(table: Table) -> str:
    """Say which models have what disease, and which runs failed."""
    if not any(trial.verdicts for row in table.rows for trial in row.trials):
        said = "No verdicts were recorded."
    else:
        ill = [
            f"{row.name}: {_listed([f['id'] for f in row.findings() if f['verdict'] == grade])}"
            f" ({grade})"
            for grade in ("fail", "warn")
            for row in table.rows
            if any(f["verdict"] == grade for f in row.findings())
        ]
        said = "; ".join(ill) + "." if ill else "None was found in any run."
    failed = [trial.name for row in table.rows for trial in row.failures]
    return said + (f" Failed: {_listed(failed)}." if failed else "")


def measures(table: Table) -> list[str]:
    """Say what metrics were measured of, those of the same together."""
    kinds: dict[str, list[str]] = {}
    for column in table.columns:
        if column.measure:
            kinds.setdefault(column.measure, []).append(title_of(column.metric))
    return [f"Of {measure}: {', '.join(titles)}" for measure, titles in kinds.items()]


def apart(table: Table) -> list[str]:
    """Say of metrics that stand in several columns that these are not to be compared."""
    kinds: dict[str, list[str]] = {}
    for column in table.columns:
        kinds.setdefault(column.metric, []).append(column.measure or column.unit)
    return [
        f"Models differ in what their {title_of(metric)} is of: {', '.join(kind)}; such "
        "numbers stand in columns apart and cannot be compared across them"
        for metric, kind in kinds.items()
        if len(kind) > 1
    ]


def speed(comparison: Comparison) -> str:
    """Say how long a training took, or, where all had the same time, what was done in it."""
    asked = comparison.recipe.asked
    timed = [(row.seconds, row) for row in comparison.table.rows if row.seconds is not None]
    if asked is not None and asked.minutes is not None:
        rounds = [
            f"{row.name} {row.trials[0].steps:,}"
            for _, row in sorted(timed, key=lambda one: -one[1].trials[0].steps)
            if not row.classical
        ]
        return f"All had {asked.minutes:g} min a run. Rounds in it: {', '.join(rounds)}."
    ordered = [
        f"{_called(row)} {duration(seconds)}"
        for seconds, row in sorted(timed, key=lambda one: one[0])
    ]
    return f"A training took, on the mean over seeds: {', '.join(ordered)}."


def budget(comparison: Comparison) -> str:
    """Say what every model was given."""
    asked = comparison.recipe.asked
    if asked is None:
        return "each as its run says"
    length = f"{asked.steps:,} rounds" if asked.steps is not None else f"{asked.minutes:g} min"
    seeds = "one seed" if asked.seeds == 1 else f"{asked.seeds} seeds"
    return f"{length} of training, {seeds} each (classical models have exact moves of their own)"


def same_codes(subjects: Sequence[Subject]) -> str:
    """Say which models' pictures come from the same draws of z."""
    by_draw: dict[bytes, list[Subject]] = {}
    for subject in subjects:
        if any(factor.variable == "z" for factor in subject.run.model.p.factors):
            draw = subject.run.prior_codes(1, 0).tobytes()
            by_draw.setdefault(draw, []).append(subject)
    shared = [
        f"{_listed([s.name for s in group])} ({group[0].recipe.settings['latent_dim']} dimensions)"
        for group in by_draw.values()
        if len(group) > 1
    ]
    if not shared:
        return "Their codes differ in dimension, so that only the seed of the draws is the same."
    return f"At the same place the same draw of the latent went into {'; into '.join(shared)}."


def value(cell: Cell) -> str:
    """Return a mean and its interval."""
    if cell.mean is None:
        return "not finite"
    if cell.low is None or cell.high is None:
        return number(cell.mean)
    return measured(cell.mean, (cell.high - cell.low) / 2)


def _with_values(rows: Sequence[Row], answer: Answer, table: Table) -> str:
    cells = [table.cell(row, answer.column) for row in rows]
    return ", ".join(
        f"{_called(row)} {value(cell)}" for row, cell in zip(rows, cells, strict=True) if cell
    )


def _called(row: Row) -> str:
    """A row's name, and what a reader of the best numbers must know: few ills show in all."""
    told = [*(["classical"] if row.classical else []), *([] if is_sound(row) else ["ill"])]
    return f"{row.name} ({', '.join(told)})" if told else row.name


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
