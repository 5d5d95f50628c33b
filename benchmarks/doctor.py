"""The doctor tested as one tests a medical test: planted diseases, healthy samples, and how often.

    python benchmarks/doctor.py                           on these data the thresholds were set
    python benchmarks/doctor.py --check                   and on these they are checked
    python benchmarks/doctor.py --data mixture:9 --check  or on any

A sick case is found if the verdict of its disease says fail; a healthy one is cleared if none does.
The tables are Markdown; the intervals are Clopper and Pearson's at 95 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import planted

from kullback.data import Dataset, load
from kullback.evaluation.intervals import binomial_interval
from kullback.evaluation.judge import can_judge, judge_of
from kullback.evaluation.reference import Reference
from kullback.evaluation.verdicts import Verdict
from kullback.evaluation.verdicts.samples import samples_verdicts


@dataclass(frozen=True)
class Case:
    """One patient: name, data, the disease it has (or none), and its examination."""

    name: str
    data: str
    disease: str | None
    examine: Callable[[], Sequence[Verdict]]


@dataclass(frozen=True)
class Found:
    """What the doctor said of one patient."""

    case: Case
    failed: tuple[str, ...]
    warned: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether a disease was found, or a healthy patient cleared."""
        return not self.failed if self.case.disease is None else self.case.disease in self.failed


def sample_cases(
    name: str, n: int, seed: int, *, check: bool = False, alone: bool = False
) -> list[Case]:
    """The cases of samples of one data set; those for checking have other parameters.

    The doctor is shown the unseen rows, unless the training rows are to stand ``alone``.
    """
    source = planted.Source.of(table(name) if name in TABLES else load(name))
    kept = None if alone else source.unseen
    real = Reference(source.space, source.train, kept, source.data.label_names, source.data.truth)
    judge = judge_of(real, CACHE) if can_judge(real) else None

    def case(title: str, disease: str | None, make: planted.Maker, i: int) -> Case:
        def examine() -> Sequence[Verdict]:
            samples = make(source, n, np.random.default_rng([seed, i]))
            return samples_verdicts(samples, real, judge, seed)[1]

        return Case(title, name, disease, examine)

    makers = planted.makers(source, check=check)
    return [case(*each, i) for i, each in enumerate(makers)]


CACHE = Path.home() / ".cache" / "kullback"
SET_ON = ("digits", "mnist5k", "ring", "grid", "mixture:3", "breast_cancer")
CHECKED_ON = ("fashion-mnist", "mixture:7", "diabetes", "wine")
TABLES = ("breast_cancer", "wine", "diabetes")


def table(name: str) -> Dataset:
    """A table of scikit-learn as it is read from a file: numbers, without labels."""
    from sklearn import datasets

    return load(np.asarray(getattr(datasets, f"load_{name}")().data))


def line(found: Found) -> str:
    """The table's line of one case."""
    cells = [
        found.case.data,
        found.case.name,
        found.case.disease or "healthy",
        ", ".join(found.failed) or "–",
        ", ".join(found.warned) or "–",
        "yes" if found.right else "**no**",
    ]
    return f"| {' | '.join(cells)} |"


def summary(results: Sequence[Found]) -> list[str]:
    """Sensitivity and specificity with their intervals."""
    lines = []
    for word, which in (
        ("sensitivity", [f for f in results if f.case.disease is not None]),
        ("specificity", [f for f in results if f.case.disease is None]),
    ):
        if which:
            right = sum(f.right for f in which)
            low, high = binomial_interval(right, len(which))
            share = right / len(which)
            lines.append(f"{word}: {right} of {len(which)}, {share:.3f} ({low:.3f} to {high:.3f})")
    return lines


def main() -> None:
    """Examine all cases and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", nargs="+")
    parser.add_argument("--check", action="store_true", help="The cases for checking.")
    parser.add_argument("--alone", action="store_true", help="Nothing is held out.")
    parser.add_argument("-n", type=int, default=1000, help="Samples a case.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="Cases whose name contains this.")
    chosen = parser.parse_args()
    print("| data | samples | disease | fail | warn | right |\n|---|---|---|---|---|---|")
    results = []
    for name in chosen.data or (CHECKED_ON if chosen.check else SET_ON):
        cases = sample_cases(name, chosen.n, chosen.seed, check=chosen.check, alone=chosen.alone)
        for case in cases:
            if chosen.only not in case.name:
                continue
            verdicts = case.examine()
            failed, warned = (
                tuple(v.id for v in verdicts if v.verdict == grade) for grade in ("fail", "warn")
            )
            results.append(Found(case, failed, warned))
            print(line(results[-1]), flush=True)
            if not results[-1].right:
                for verdict in verdicts:
                    print(f"    {verdict.id}: {verdict.text}", file=sys.stderr)
    print("\n" + "\n".join(summary(results)))


if __name__ == "__main__":
    main()
