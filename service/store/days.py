"""Days and clock times as the store keeps them: in Asia/Ho_Chi_Minh."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
UNDATED = -1
EPOCH = date(1970, 1, 1)
"""Day 0; no day before it is counted."""


def vietnamese_day(moment: datetime | date | None) -> str | None:
    """ISO day in Asia/Ho_Chi_Minh; a bare day is taken as that day there."""
    if isinstance(moment, datetime):
        return moment.astimezone(VIETNAM).date().isoformat()
    return moment.isoformat() if moment is not None else None


def clock(moment: datetime | date | None) -> datetime | None:
    """The moment in UTC when it has a clock time."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) else None


def day_number(day: date | str | None) -> int:
    """Days since 1970-01-01, :data:`UNDATED` for None."""
    if day is None:
        return UNDATED
    return ((date.fromisoformat(day) if isinstance(day, str) else day) - EPOCH).days


def day_of(number: int) -> date:
    """The day of a number that :func:`day_number` gave."""
    return date.fromordinal(EPOCH.toordinal() + number)


def second_of_day(moment: datetime | None) -> int | None:
    """Seconds after midnight in Vietnam."""
    if moment is None:
        return None
    local = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(VIETNAM)
    return local.hour * 3600 + local.minute * 60 + local.second
