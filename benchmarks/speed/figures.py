"""The line of a table of throughput."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from contest import Found, middle, rate

HEAD = ["who", "batch", "steps/s", "rows/s", "ms a step", "GFLOP/s", "of the peak", "compiling"]


def line(
    who: str, batch_size: int, found: Sequence[Found], flops: int, peak: Sequence[Found]
) -> list[str]:
    """Return medians over rounds: speed, and the share of the peak at ``flops`` a step."""
    speed = median(rate(each) for each in found)
    best = median(rate(each) * each["flops"] for each in peak)
    compiling = f"{middle(found, 'compiling'):.1f} s" if "compiling" in found[0] else ""
    return [
        who,
        str(batch_size),
        f"{speed:.1f}",
        f"{speed * batch_size:,.0f}",
        f"{1000 / speed:.2f}",
        f"{speed * flops / 1e9:.1f}",
        f"{speed * flops / best:.0%}",
        compiling,
    ]
