"""Counts and shares as figures, with the interval of their basis and the rule for small cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from service.coverage.answer import BASIS_VI, Basis, Figure, Interval
from service.coverage.answer import vietnamese_number as number
from service.coverage.intervals import LEVEL, cluster_bootstrap, wilson
from service.coverage.rounding import percent
from service.coverage.selection import Rows

SMALL_CELL = 30
"""Fewer stories than this: counts are printed, no percentage (``domain/metrics.md`` 4.3)."""


def count_figure(key: str, label: str, value: int, wording: str) -> Figure:
    """A plain count."""
    return Figure(
        key=key,
        label_vi=label,
        value=value,
        numerator=value,
        denominator=None,
        n=value,
        interval=None,
        corrected=False,
        wording=wording,
    )


def share_figures(
    rows: Rows, hits: NDArray[np.int64], labels: list[tuple[str, str]], basis: Basis
) -> list[Figure]:
    """Shares of the columns of ``hits`` [items, figures] among the units of a basis."""
    if basis == "outlets":
        named = rows.sources >= 0
        n = rows.source_count
        totals = [len(np.unique(rows.sources[named & (h > 0)])) for h in hits.T]
    else:
        units = rows.units(basis)
        n = len(units)
        totals = [int(t) for t in hits[units].sum(0)]
    large = enough(rows, basis)
    if basis == "items" and large:
        low, high = cluster_bootstrap(rows.stories, hits)
    result = []
    for k, (key, label) in enumerate(labels):
        interval = None
        if large and (basis == "stories" or (basis == "items" and totals[k] in (0, n))):
            # Drawing stories again never leaves 0 or 100 %: those cells take Wilson's.
            first_hits = int(hits[rows.firsts, k].sum())
            a, b = wilson(first_hits, len(rows.firsts))
            interval = Interval(low=a, high=b, level=LEVEL, method="wilson")
        elif large and basis == "items":
            interval = Interval(
                low=float(low[k]),
                high=float(high[k]),
                level=LEVEL,
                method="cluster-bootstrap-by-story",
            )
        result.append(_share(key, label, totals[k], n, interval, basis, large))
    return result


def enough(rows: Rows, basis: Basis) -> bool:
    """Whether a cell is large enough for percentages: in stories, or in sources for outlets.

    Forty reprints of one text are one story, however many items they make.
    """
    return (rows.source_count if basis == "outlets" else len(rows.firsts)) >= SMALL_CELL


def _share(
    key: str,
    label: str,
    hits: int,
    n: int,
    interval: Interval | None,
    basis: Basis,
    large: bool,
) -> Figure:
    unit = BASIS_VI[basis]
    wording = f"{label}: {number(hits)}/{number(n)} {unit}"
    value = None
    if large:
        value = hits / n
        half = (interval.high - interval.low) / 2 if interval else None
        wording += f" ({percent(value, half)})"
        if interval:
            wording += (
                f", KTC 95 %: {percent(interval.low, half)} đến {percent(interval.high, half)}"
            )
    else:
        least = BASIS_VI["outlets" if basis == "outlets" else "stories"]
        wording += f"; dưới {SMALL_CELL} {least} nên không tính tỷ lệ"
    return Figure(
        key=key,
        label_vi=label,
        value=value,
        numerator=hits,
        denominator=n,
        n=n,
        interval=interval,
        corrected=False,
        wording=wording,
    )
