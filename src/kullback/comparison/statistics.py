"""From a few seeds to an interval, and to whether two models differ by more than their seeds.

The mean of n results that scatter as a normal distribution lies within

    mean ± t(.975; n − 1) · s / √n,      s the standard deviation over seeds,

of the mean of all seeds in 95 of 100 comparisons (Student, 1908, Biometrika 6). Two models are
compared by the test of Welch (1947, Biometrika 34),

    t = (a − b) / √(s_a²/n_a + s_b²/n_b),

with the degrees of freedom of Welch and Satterthwaite: models scatter unequally, often by an order
of magnitude, and this test does not mind; it is what Colas, Sigaud & Oudeyer (2019, arXiv
1904.06979) recommend for few seeds. It is not paired: seed 3 of one model and seed 3 of another
share the order of the rows and nothing else, so a pairing would remove no variance, and with three
seeds it would halve the degrees of freedom.

Which model stands first is itself seen in the data, and any of them might have. So every pair in a
column is tested, and the p-values are adjusted by Holm's (1979, Scand. J. Statist. 6) step-down
rule, which holds whatever their dependence: where all models are equal, any of them is set apart in
at most 5 of 100 columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt

LEVEL = 0.95


@dataclass(frozen=True)
class Sample:
    """One number per seed; ``exact`` where every other seed would give the same."""

    values: tuple[float, ...]
    exact: bool = False

    @property
    def mean(self) -> float:
        """The mean over seeds."""
        return sum(self.values) / len(self.values) if self.values else nan

    @property
    def squared_error(self) -> float:
        """The squared standard error of the mean, s²/n; 0 for an exact number."""
        if self.exact:
            return 0.0
        n, mean = len(self.values), self.mean
        return sum((value - mean) ** 2 for value in self.values) / (n - 1) / n

    @property
    def has_spread(self) -> bool:
        """Whether anything is known of how other seeds would scatter."""
        return self.exact or len(self.values) > 1


def interval(sample: Sample, level: float = LEVEL) -> tuple[float, float] | None:
    """Return Student's interval of the mean; ``None`` for one seed, or for an exact number."""
    if sample.exact or len(sample.values) < 2:
        return None
    from scipy.stats import t

    half = t.ppf((1 + level) / 2, len(sample.values) - 1) * sqrt(sample.squared_error)
    return float(sample.mean - half), float(sample.mean + half)


def welch(a: Sample, b: Sample) -> float | None:
    """Return the two-sided p-value of equal means, ``None`` where the seeds cannot say.

    They cannot where one model has a single seed, nor where neither scatters at all, as counts of
    modes often do: no scatter in three seeds does not mean that there is none.
    """
    if not (a.has_spread and b.has_spread):
        return None
    errors = (a.squared_error, b.squared_error)
    whole = sum(errors)
    if whole == 0:
        return 0.0 if a.exact and b.exact and a.mean != b.mean else None
    parts = [
        error**2 / (len(sample.values) - 1)
        for sample, error in zip((a, b), errors, strict=True)
        if error > 0
    ]
    from scipy.stats import t

    return float(2 * t.sf(abs(a.mean - b.mean) / sqrt(whole), whole**2 / sum(parts)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number, in the order given.

    The i-th smallest of m is multiplied by m − i + 1; none is below one that was smaller.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    least = 0.0
    for rank, i in enumerate(order):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = least
    return adjusted
