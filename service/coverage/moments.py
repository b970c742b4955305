"""Times as intervals of seconds in Vietnam: a bare day is any second of that day.

``domain/metrics.md`` M10: a date-only time is the interval [00:00, 24:00), and no hours are printed
for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from data.schema import Moment
from service.coverage.answer import vietnamese_number as number
from service.store.days import clock, day_number, second_of_day, vietnamese_day

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Span:
    """From ``low`` to ``high``, both included: seconds, of the clock or between two times.

    Of the clock: since 1970-01-01 00:00 in Vietnam.
    """

    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether it is known to the second."""
        return self.low == self.high


def span(day: int, second: int | None) -> Span:
    """The time of a day's number and the second of that day, or of the whole day."""
    start = day * DAY
    if second is None:
        return Span(start, start + DAY - 1)
    return Span(start + second, start + second)


def span_of(moment: Moment) -> Span:
    """The time of a moment; its day is the day in Vietnam."""
    return span(day_number(vietnamese_day(moment)), second_of_day(clock(moment)))


def now() -> float:
    """The present second."""
    return span_of(datetime.now(UTC)).low


def between(start: Span, end: Span) -> Span:
    """How long from ``start`` to ``end``: the least and the most it can have been."""
    return Span(end.low - start.high, end.high - start.low)


def duration_vi(seconds: float) -> str:
    """A duration in words: minutes below an hour, hours up to three days, then days."""
    size = abs(seconds)
    if size < HOUR:
        return f"{number(seconds / MINUTE)} phút"
    if size <= 3 * DAY:
        return f"{number(seconds / HOUR, 1)} giờ"
    return f"{number(seconds / DAY, 1)} ngày"


def days_vi(known: Span) -> str:
    """A duration that rests on bare days: whole days, outwards; no hours."""
    low, high = int(known.low // DAY), int(-(-known.high // DAY))
    return (
        f"{number(max(0, low))} đến {number(high)} ngày" if high > low else f"{number(high)} ngày"
    )
