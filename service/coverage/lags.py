"""Times from one moment to another that may be known to the day alone, or not have come yet."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from service.coverage.answer import Figure, Interval
from service.coverage.answer import vietnamese_number as number
from service.coverage.intervals import LEVEL, wilson
from service.coverage.moments import HOUR, Span
from service.coverage.shares import SMALL_CELL

NEVER = Span(math.inf, math.inf)
"""What has not come: longer than any lag, and still one of the denominator."""


def share_within(
    hours: int, lags: Sequence[Span], key: str, label: str, unit: str, unclear: str
) -> Figure:
    """Share of ``lags`` of at most so many hours; :data:`NEVER` is in the denominator.

    A lag that rests on a bare day may be inside or outside: then only the two bounds are said.
    """
    n = len(lags)
    sure = sum(lag.high <= hours * HOUR for lag in lags)
    possible = sum(lag.low <= hours * HOUR for lag in lags)
    wording = f"{label}: {number(sure)}/{number(n)} {unit}"
    value = interval = None
    if possible > sure:
        wording = f"{label}: từ {number(sure)} đến {number(possible)} trên {number(n)} {unit}"
        if n >= SMALL_CELL:
            wording += f" ({number(100 * sure / n, 1)} % đến {number(100 * possible / n, 1)} %)"
        wording += f"; {number(possible - sure)} {unclear}"
    elif n >= SMALL_CELL:
        value = sure / n
        low, high = wilson(sure, n)
        interval = Interval(low=low, high=high, level=LEVEL, method="wilson")
        wording += (
            f" ({number(100 * value, 1)} %), KTC 95 %: {number(100 * low, 1)} % "
            f"đến {number(100 * high, 1)} %"
        )
    if n < SMALL_CELL:
        wording += f"; dưới {SMALL_CELL} {unit} nên không tính tỷ lệ"
    return Figure(
        key=key,
        label_vi=label,
        value=value,
        numerator=sure,
        denominator=n,
        n=n,
        interval=interval,
        corrected=False,
        wording=wording,
    )


def quantile(values: NDArray[np.float64], q: float) -> float:
    """Quantile between the two nearest values; infinite when it falls on what has not come."""
    ordered = np.sort(values)
    at = q * (len(ordered) - 1)
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return float(low if low == high else low + (high - low) * (at % 1))
