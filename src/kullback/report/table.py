"""The comparison: a column a run, what it was given above what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from kullback.report.elements import Html, element, together
from kullback.report.subject import Subject
from kullback.report.words import METRICS, duration, meaning, measured, number, role, why_absent


def comparison(subjects: Sequence[Subject]) -> Html:
    """Return the table."""
    head = [element("th", s.name, scope="col") for s in subjects]
    rows = [
        _row("model", "", subjects, lambda s: s.recipe.model),
        _row("data", "", subjects, lambda s: s.recipe.data.name),
        *_second(subjects),
        _row("trained for", "", subjects, _budget),
        _row("rows seen", "training rows drawn, repeats counted", subjects, _samples),
        _row("time", "", subjects, _seconds),
        _row("parameters", "", subjects, _parameters),
        element(
            "tr",
            element("th", _measured_title(subjects), colspan=str(len(subjects) + 1), scope="row"),
            class_="group",
        ),
    ]
    for name in _metric_names(subjects):
        title = METRICS[name].title if name in METRICS else name.replace("_", " ")
        labelled = ["y" in s.run.model.given for s in subjects if name in s.metrics]
        rows.append(_row(title, meaning(name, labelled), subjects, partial(_metric, name)))
    if any(s.evaluation is None for s in subjects):
        rows.append(_row("evaluation", "", subjects, _evaluated))
    table = element(
        "table",
        element("thead", element("tr", element("td"), *head)),
        element("tbody", *rows),
    )
    return element("div", table, class_="scroll")


def _row(
    title: str, meaning: str, subjects: Sequence[Subject], cell: Callable[[Subject], str]
) -> Html:
    explained = [element("span", meaning, class_="small")] if meaning else []
    return element(
        "tr",
        element("th", title, *explained, scope="row"),
        *(element("td", cell(subject)) for subject in subjects),
    )


def _second(subjects: Sequence[Subject]) -> list[Html]:
    if not any(s.recipe.source for s in subjects):
        return []
    return [_row("second data", "what is made into rows of the first", subjects, _source)]


def _source(subject: Subject) -> Html:
    source = subject.recipe.source
    if source is None:
        return element("abbr", "–", title=f"{subject.recipe.model} learns from one data set")
    how = "row for row" if subject.recipe.paired else "rows do not correspond"
    return together(source.name, element("span", how, class_="small"))


def _measured_title(subjects: Sequence[Subject]) -> str:
    if not any(s.metrics for s in subjects):
        return "What was measured"
    return "What was measured: value ± standard error, and what real data score by the same measure"


def _metric_names(subjects: Sequence[Subject]) -> list[str]:
    found = {name: None for s in subjects for name in s.metrics}
    known = [name for name in METRICS if name in found]
    return known + [name for name in found if name not in METRICS]


def _metric(name: str, subject: Subject) -> Html:
    if subject.evaluation is None:
        return element("abbr", "–", title="not evaluated yet")
    if name not in subject.metrics:
        why = why_absent(name, subject.recipe.model, subject.recipe.entry.capabilities)
        return element("abbr", "–", title=why)
    metric = subject.metrics[name]
    if metric["value"] is None:
        value = element("abbr", "–", title="not a finite number")
    else:
        text = f"{measured(metric['value'], metric['stderr'])} {metric['unit']}".rstrip()
        value = element("abbr", text, title=f"n = {metric['n']:,}")
    if metric["floor"] is None:
        return value
    return together(value, element("span", f"real data {number(metric['floor'])}", class_="small"))


def _budget(subject: Subject) -> Html:
    recipe = subject.recipe
    done = subject.lines[-1]["step"] if subject.lines else 0
    steps = f"{done:,} step{'s' * (done != 1)}"
    if recipe.steps is not None and done < recipe.steps:
        steps = f"{done:,} of {recipe.steps:,} steps"
    batch = element("span", f"batches of {recipe.batch_size:,}", class_="small")
    return together(steps, batch)


def _samples(subject: Subject) -> str:
    if not subject.lines:
        return "–"
    seen, rows = subject.lines[-1]["samples"], subject.recipe.data.rows["train"]
    return together(
        f"{seen:,}", element("span", f"{seen / rows:.3g} passes over {rows:,}", class_="small")
    )


def _seconds(subject: Subject) -> Html:
    time = duration(subject.lines[-1]["seconds"]) if subject.lines else "–"
    threads = subject.recipe.threads
    where = f"{subject.recipe.device}, {threads} thread{'s' * (threads != 1)}"
    return together(time, element("span", where, class_="small"))


def _parameters(subject: Subject) -> Html:
    model = subject.run.model
    modules = {**model.networks, **model.objective.modules}
    encodes = subject.run.can("encode")
    counts = {name: sum(p.numel() for p in m.parameters()) for name, m in modules.items()}
    lines = [
        element("span", f"{role(name, encodes)} {count:,}", class_="small")
        for name, count in counts.items()
        if count
    ]
    return together(f"{sum(counts.values()):,}", *lines)


def _evaluated(subject: Subject) -> Html:
    if subject.evaluation is not None:
        return together("done")
    return together("not evaluated yet: ", element("code", f"kullback evaluate {subject.run.path}"))
