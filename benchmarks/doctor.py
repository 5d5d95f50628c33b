"""The doctor tested as one tests a medical test: planted diseases, healthy samples, and how often.

    python benchmarks/doctor.py                           on these data the thresholds were set
    python benchmarks/doctor.py --check                   and on these they are checked
    python benchmarks/doctor.py --held-out                either with rows held out
    python benchmarks/doctor.py --data mixture:9 --check  or on any

The doctor sees what `kullback doctor --samples FILE --data DATA` sees: all rows of DATA count as
learnt from, and no others are known. With `--held-out` it is shown unseen rows too, as many as
samples are made from. Samples are made from rows that are in neither. A sick case is found if the
verdict of its disease says fail; a healthy one is cleared if none does. The tables are Markdown;
the intervals are Clopper and Pearson's at 95 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import planted

from kullback.data import Dataset, load
from kullback.data.cache import cache
from kullback.evaluation.intervals import binomial_interval
from kullback.evaluation.judge import can_judge, judge_of
from kullback.evaluation.ranges import fit
from kullback.evaluation.reference import Reference
from kullback.evaluation.verdicts import Verdict
from kullback.evaluation.verdicts.samples import samples_verdicts


@dataclass(frozen=True)
class Case:
    """One patient: name, data, samples asked for, disease (or none), and examination."""

    name: str
    data: str
    n: int
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
    name: str, sizes: Sequence[int], seed: int, *, check: bool, held_out: bool
) -> Iterator[Case]:
    """The cases of samples of one data set; those for checking have other parameters."""
    data = table(name) if name in TABLES else load(name)
    source = planted.Source.of(data, seed, held_out=held_out)
    learnt = Reference(source.space, source.train, None, data.label_names, data.truth)
    judge = judge_of(learnt, cache()) if can_judge(learnt) else None
    real = replace(learnt, held_out=source.held_out)

    def case(n: int, title: str, disease: str | None, make: planted.Maker, i: int) -> Case:
        def examine() -> Sequence[Verdict]:
            samples = make(source, n, np.random.default_rng([seed, i]))
            fitted = fit(samples, real.space, real.train.x)
            return samples_verdicts(fitted, real, judge)[1]

        return Case(title, name, n, disease, examine)

    makers = planted.makers(source, check=check)
    return (case(n, *each, i) for n in sizes for i, each in enumerate(makers))


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
        str(found.case.n),
        found.case.disease or "healthy",
        ", ".join(found.failed) or "–",
        ", ".join(found.warned) or "–",
        "yes" if found.right else "**no**",
    ]
    return f"| {' | '.join(cells)} |"


def overview(results: Sequence[Found], sizes: Sequence[int]) -> list[str]:
    """How many were right of each data set's cases, by disease, for each number of samples."""
    diseases = [*dict.fromkeys(f.case.disease for f in results if f.case.disease), None]

    def cell(data: str, disease: str | None) -> str:
        counts = []
        for n in sizes:
            which = [
                f.right
                for f in results
                if (f.case.data, f.case.disease, f.case.n) == (data, disease, n)
            ]
            counts += [f"{sum(which)}/{len(which)}"] if which else []
        return ", ".join(counts) or "–"

    lines = [f"| data | {' | '.join(d or 'healthy' for d in diseases)} |"]
    lines += [f"|{'---|' * (len(diseases) + 1)}"]
    for data in dict.fromkeys(f.case.data for f in results):
        lines.append(f"| `{data}` | {' | '.join(cell(data, d) for d in diseases)} |")
    return lines


def summary(results: Sequence[Found], sizes: Sequence[int]) -> list[str]:
    """Sensitivity and specificity with their intervals, for each number of samples."""
    lines = []
    for n in sizes:
        of_size = [f for f in results if f.case.n == n]
        for word, which in (
            ("sensitivity", [f.right for f in of_size if f.case.disease is not None]),
            ("specificity", [f.right for f in of_size if f.case.disease is None]),
        ):
            if which:
                low, high = binomial_interval(sum(which), len(which))
                lines.append(
                    f"{n} samples: {word} {sum(which)} of {len(which)} ({low:.3f} to {high:.3f})"
                )
    return lines


def main() -> None:
    """Examine all cases and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", nargs="+")
    parser.add_argument("--check", action="store_true", help="The cases for checking.")
    parser.add_argument("--held-out", action="store_true", help="The doctor sees unseen rows too.")
    parser.add_argument("-n", type=int, nargs="+", default=[300, 1000], help="Samples a case.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="Cases whose name contains this.")
    chosen = parser.parse_args()
    print("| data | samples | n | disease | fail | warn | right |\n|---|---|---|---|---|---|---|")
    results = []
    for name in chosen.data or (CHECKED_ON if chosen.check else SET_ON):
        for case in sample_cases(
            name, chosen.n, chosen.seed, check=chosen.check, held_out=chosen.held_out
        ):
            if chosen.only not in case.name:
                continue
            verdicts = case.examine()
            failed, warned = (
                tuple(v.id for v in verdicts if v.verdict == grade) for grade in ("fail", "warn")
            )
            results.append(Found(case, failed, warned))
            print(line(results[-1]), flush=True)
            if not results[-1].right:
                print(f"{name}, {case.name}, {case.n}", file=sys.stderr)
                for verdict in verdicts:
                    print(f"    {verdict.id}: {verdict.text}", file=sys.stderr, flush=True)
    print("\n" + "\n".join(overview(results, chosen.n)))
    print("\n" + "\n\n".join(summary(results, chosen.n)))


if __name__ == "__main__":
    main()
