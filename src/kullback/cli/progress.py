"""What is seen while training: a bar in a terminal, elsewhere a line a minute."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kullback.runs.recipe import Recipe
    from kullback.training import Report

_SECONDS_BETWEEN_LINES = 60.0


class Progress:
    """Watches a training; call it with every report."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._last_line = -_SECONDS_BETWEEN_LINES
        self._first: Report | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, recipe: Recipe, report: Report) -> None:
        self._first = self._first or report
        if sys.stderr.isatty():
            self._show_bar(recipe, report)
        elif time.monotonic() - self._last_line >= _SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            print(
                f"{recipe.model} on {recipe.data.name}: {100 * report.progress:.0f} %, "
                f"step {report.step:,}, {self._speed(report)}{_left(report)}, {_terms(report)}",
                file=sys.stderr,
                flush=True,
            )

    def _show_bar(self, recipe: Recipe, report: Report) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.percentage:>3.0f} %"),
                TextColumn("{task.fields[facts]}"),
                console=Console(stderr=True),
            )
            self._task = self._bar.add_task(f"{recipe.model} on {recipe.data.name}", total=1.0)
            self._bar.start()
        facts = f"step {report.step:,}  {self._speed(report)}{_left(report)}\n{_terms(report)}"
        self._bar.update(self._task, completed=report.progress, facts=facts.replace("\n", "  "))

    def _speed(self, report: Report) -> str:
        first = self._first
        if first is None or report.seconds <= first.seconds:
            return f"{report.samples / max(report.seconds, 1e-9):,.0f} rows/s"
        rows = report.samples - first.samples
        return f"{rows / (report.seconds - first.seconds):,.0f} rows/s"


def _left(report: Report) -> str:
    left = report.seconds * (1 / report.progress - 1)
    return f", {left // 60:.0f}:{left % 60:02.0f} left"


def _terms(report: Report) -> str:
    losses = [(n, v) for n, v in report.terms.items() if not n.endswith("gradient_norm")]
    return "  ".join(f"{name.split('/')[1]} {value:.3f}" for name, value in losses)
