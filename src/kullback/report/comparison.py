"""The page of a comparison: which model, why, and everything that this rests on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kullback.comparison import Cell, Column, Comparison, Row, Table
from kullback.report import sections
from kullback.report.diagnosis import findings as listed
from kullback.report.elements import Html, element, together
from kullback.report.page import document
from kullback.report.sections import section
from kullback.report.sentences import (
    apart,
    budget,
    findings,
    in_words,
    measures,
    proposed,
    question,
    same_codes,
    speed,
    value,
)
from kullback.report.subject import Subject, group_by_data
from kullback.report.tradeoff import tradeoff
from kullback.report.words import duration, meaning, number, title_of, why_absent
from kullback.runs.folder import write_whole

_AIMS = {"up": "↑ higher is better", "down": "↓ lower is better", "real": "→ as real data"}


def write_comparison(comparison: Comparison, out: Path) -> None:
    """Write a comparison into one HTML file that needs nothing but itself.

    It begins with answers in words, each with the numbers it was drawn from; then come the table,
    quality against diversity, what the doctor found, samples of all models from the same draws of
    the latent beside real rows, what each model minimised, and every seed's numbers. Pictures are
    of each model's first seed. The file is written whole or not at all.
    """
    text = page(comparison)
    write_whole(Path(out), lambda temporary: temporary.write_text(text, "utf-8"))


def page(comparison: Comparison) -> Html:
    """Return the page."""
    table = comparison.table
    subjects = [Subject(runs[0], name) for name, runs in comparison.runs.items() if runs]
    groups = group_by_data(subjects)
    names = [row.name for row in table.rows if not row.classical]
    about = comparison.recipe.runs[0].recipe.data
    title = f"{', '.join(names)} on {about.name}"
    found = [
        _answers(comparison),
        _table(comparison),
        _plane(table),
        _doctor(table),
        sections.samples(groups, f" Every model has the first seed here. {same_codes(subjects)}"),
        sections.reconstructions(groups),
        sections.trained(subjects),
        _seeds(table),
        sections.curves(subjects),
        _again(comparison),
        sections.recipes(subjects),
    ]
    lede = (
        f"A comparison by Kullback of generative models trained on {about.name} under the same "
        f"conditions: the same {about.rows['train']:,} training rows, {budget(comparison)}. All "
        f"were measured on the same {about.rows['test']:,} held-out rows."
    )
    return document(title, lede, found, _footer(comparison), many=True)


def _answers(comparison: Comparison) -> Html:
    table = comparison.table
    rows: list[str] = []
    for answer in comparison.answers:
        rows += [element("dt", question(answer)), element("dd", in_words(answer, table))]
    rows += [element("dt", "Fastest"), element("dd", speed(comparison))]
    rows += [element("dt", "Any disease?"), element("dd", findings(table))]
    note = (
        "Each answer is the best mean over seeds of the metric that is named. A model is behind "
        "only where it differs by more than the seeds do, and ill where the doctor failed it or a "
        "run of it failed. The proposal is, of the models without a "
        "disease, the one with the best mean place over the questions about samples; weigh the "
        "questions otherwise if you need something else."
    )
    return section(
        "Which model?",
        note,
        element("div", element("p", proposed(comparison)), class_="proposal"),
        element("dl", *rows, class_="answers"),
    )


def _table(comparison: Comparison) -> Html:
    table = comparison.table
    several = any(len(row.trials) > 1 for row in table.rows)
    interval = (
        "± is a 95 % interval of the mean over seeds (Student's t; a classical model that is exact "
        "has none). Bold is the best mean; ≈ the seeds do not tell apart from it, * they do "
        "(Welch's test, p < .05 after Holm's correction for all pairs of the column); without a "
        "mark they cannot say, because they do not scatter."
        if several
        else "There is one seed: ± is a 95 % interval over test points, and nothing here says how "
        "another seed would come out, so no model is told apart from the best, in bold."
    )
    notes = [*comparison.recipe.notes]
    notes += [f"No row for {name}: {why}" for name, why in comparison.recipe.left_out.items()]
    notes += [*measures(table), *apart(table)]
    return section(
        "The table",
        f"{interval} Real data are training rows, or draws of the true density, judged as samples "
        "are: nobody need do better. Point at a number for its seeds, at a dash for the reason.",
        element("div", _whole(table), class_="scroll wide"),
        *(element("p", f"{note}.", class_="small") for note in notes),
    )


def _whole(table: Table) -> Html:
    costs = ("training", "rounds", "rows seen")
    head = [element("th", cost, element("span", "mean", class_="small")) for cost in costs]
    head += [_head(column) for column in table.columns]
    body = [
        element(
            "tr",
            element("th", row.name, element("span", _about(row), class_="small"), scope="row"),
            *(element("td", cost) for cost in _costs(row)),
            *(element("td", _cell(table, row, column)) for column in table.columns),
            class_="added" if row.classical else "asked",
        )
        for row in table.rows
    ]
    real = [
        element("td", "–" if column.real is None else number(column.real))
        for column in table.columns
    ]
    body.append(
        element(
            "tr",
            element("th", "real data", scope="row"),
            *(element("td", "") for _ in costs),
            *real,
            class_="real",
        )
    )
    return element(
        "table",
        element("thead", element("tr", element("td"), *head)),
        element("tbody", *body),
    )


def _head(column: Column) -> Html:
    several = column.name != column.metric
    told = [column.unit, *([column.measure] if several else []), _AIMS.get(column.aim or "", "")]
    small = element("span", "; ".join(filter(None, told)), class_="small")
    title = element("abbr", title_of(column.metric), title=meaning(column.metric, ()))
    return element("th", title, small, scope="col")


def _about(row: Row) -> str:
    failed = f"; {len(row.failures)} of {len(row.trials)} seeds failed" if row.failures else ""
    return (f"classical: {row.about}" if row.classical else row.about) + failed


def _cell(table: Table, row: Row, column: Column) -> Html:
    cell = table.cell(row, column)
    if cell is None:
        failed = row.failures and len(row.failures) == len(row.trials)
        return (
            element("abbr", "–", title=row.trials[0].failure or "")
            if failed
            else _dash(row, column)
        )
    text = element("abbr", value(cell), title=_by_seed(row, cell))
    marks = {"level": " ≈", "worse": " *"}
    if cell.mark == "best":
        return element("strong", text)
    return together(text, marks.get(cell.mark or "", ""))


def _dash(row: Row, column: Column) -> Html:
    from kullback.models.catalogue import find

    if column.name != column.metric and any(column.metric in t.metrics for t in row.trials):
        return element("abbr", "–", title="measured otherwise, in another column")
    return element(
        "abbr", "–", title=why_absent(column.metric, row.model, find(row.model).capabilities)
    )


def _by_seed(row: Row, cell: Cell) -> str:
    pairs = zip(row.trials, cell.values, strict=True)
    told = [f"seed {t.seed}: {'–' if v is None else number(v)}" for t, v in pairs]
    return ", ".join(told) + ("; the same for every seed" if row.exact else "")


def _costs(row: Row) -> Sequence[str]:
    done = [trial for trial in row.trials if trial.steps]
    if not done or row.seconds is None:
        return ("–", "–", "–")
    steps = sum(trial.steps for trial in done) / len(done)
    seen = sum(trial.rows_seen for trial in done) / len(done)
    return duration(row.seconds), f"{steps:,.0f}", f"{seen:,.0f}"


def _plane(table: Table) -> Html | None:
    figure = tradeoff(table)
    if figure is None:
        return None
    note = (
        "Samples can fail in two ways: they do not look like data, or they look like some of the "
        "data only. A model that repeats a few perfect rows stands high and to the left."
    )
    return section("Quality against diversity", note, figure)


def _doctor(table: Table) -> Html | None:
    cards = []
    for row in table.rows:
        lines = [element("p", f"{t.name} failed: {t.failure}") for t in row.failures]
        if ill := row.findings():
            lines.append(listed(ill))
        if lines:
            cards.append(element("article", element("h3", row.name), *lines, class_="card"))
    if not cards:
        return None
    note = "Every verdict that is not ok, by the seeds in which it was found."
    return section(
        "What the doctor found", note, element("div", *cards, class_="side-by-side wide")
    )


def _seeds(table: Table) -> Html:
    folded = []
    for row in table.rows:
        head = element("tr", element("td"), *(element("th", t.name) for t in row.trials))
        lines = [
            element(
                "tr",
                element("th", column.name, scope="row"),
                *(element("td", "–" if v is None else number(v)) for v in cell.values),
            )
            for column in table.columns
            if (cell := table.cell(row, column))
        ]
        times = [None if t.seconds is None else duration(t.seconds) for t in row.trials]
        lines.append(
            element(
                "tr",
                element("th", "training time", scope="row"),
                *(element("td", time or "–") for time in times),
            )
        )
        grid = element("table", element("thead", head), element("tbody", *lines))
        folded.append(
            element(
                "details",
                element("summary", row.name),
                element("div", grid, class_="scroll"),
            )
        )
    return section("Every seed", "What each run scored, unfold by model.", *folded)


def _again(comparison: Comparison) -> Html | None:
    command = comparison.command
    if command is None:
        return None
    note = "The command that makes this comparison; stopped anywhere, the same command goes on."
    return section("The whole again", note, element("pre", element("code", command)))


def _footer(comparison: Comparison) -> Html:
    recipe = comparison.recipe.runs[0].recipe
    versions = ", ".join(f"{name} {version}" for name, version in recipe.versions.items())
    threads = f"{recipe.threads} thread{'s' * (recipe.threads != 1)}"
    notes = "".join(f" {note}" for note in recipe.data.notes)
    text = f"On {recipe.device}, {threads}; {versions}.{notes}"
    return element("footer", element("p", text, class_="small"))
