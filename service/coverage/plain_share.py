"""A share of stories that takes no account of the classifier: counts of places or human codings."""

from __future__ import annotations

from service.coverage.answer import Figure, Interval
from service.coverage.answer import vietnamese_number as number
from service.coverage.intervals import LEVEL, wilson
from service.coverage.shares import SMALL_CELL


def plain_share(key: str, label: str, part: float, n: int, unit: str) -> Figure:
    """``part / n`` with Wilson's interval; under 30 stories counts alone.

    Where stories are split, ``part`` is no whole number: a part of a story varies less than a whole
    one, so that the interval is wide enough.
    """
    value, interval = None, None
    wording = f"{label}: {number(part, 0 if part == int(part) else 1)}/{number(n)} {unit}"
    if n >= SMALL_CELL:
        value = part / n
        low, high = wilson(part, n)  # type: ignore[arg-type]
        interval = Interval(low=low, high=high, level=LEVEL, method="wilson")
        wording += (
            f" ({number(100 * value, 1)} %), KTC 95 %: {number(100 * low, 1)} % "
            f"đến {number(100 * high, 1)} %"
        )
    else:
        wording += f"; dưới {SMALL_CELL} tin gốc nên không tính tỷ lệ"
    return Figure(
        key=key,
        label_vi=label,
        value=value,
        numerator=part,
        denominator=n,
        n=n,
        interval=interval,
        corrected=False,
        wording=wording,
    )
