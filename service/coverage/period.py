"""Periods of figures: days in Asia/Ho_Chi_Minh, presets of the calendar and of office reports."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from data.problems import Place, Problem

TIMEZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both included; None is open."""

    first: date | None
    last: date | None
    label: str

    def as_json(self) -> dict[str, str | None]:
        """The ``period`` member of an answer."""
        return {
            "from": self.first.isoformat() if self.first else None,
            "to": self.last.isoformat() if self.last else None,
            "timezone": TIMEZONE,
            "label": self.label,
        }


def _bad(pointer: str, value: str, example: str) -> Problem:
    return Problem(
        "invalid-parameter",
        "Kỳ số liệu không đọc được. Hãy sửa lại rồi gọi lại.",
        [Place(pointer, f"{value!r} không hợp lệ; {example}")],
    )


def _vn(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"


def _between(first: date, last: date, label: str) -> Period:
    return Period(first, last, f"{label} ({_vn(first)} đến {_vn(last)})")


def _shift(year: int, month: int, day: int) -> date:
    """A day of a month that may be 0, the December before."""
    return date(year - 1, 12, day) if month == 0 else date(year, month, day)


def _preset(value: str) -> Period | None:
    if m := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value):
        day = date(*map(int, m.groups()))
        return Period(day, day, f"ngày {_vn(day)}")
    if m := re.fullmatch(r"(\d{4})-W(\d{2})", value):
        monday = date.fromisocalendar(int(m[1]), int(m[2]), 1)
        return _between(monday, monday + timedelta(days=6), f"tuần {int(m[2])} năm {m[1]}")
    if m := re.fullmatch(r"(admin-)?(\d{4})(?:-(?:(\d{2})|Q([1-4])))?", value):
        year = int(m[2])
        months = (
            (int(m[3]), int(m[3]))
            if m[3]
            else (3 * int(m[4]) - 2, 3 * int(m[4]))
            if m[4]
            else (1, 12)
        )
        name = f"tháng {int(m[3])} năm {year}" if m[3] else f"quý {m[4]} năm {year}" if m[4] else ""
        name = name or f"năm {year}"
        if m[1]:
            # Office reports close on the 14th and begin on the 15th before.
            last = date(year, months[1], 14)
            return _between(_shift(year, months[0] - 1, 15), last, f"{name}, kỳ báo cáo")
        last = date(year, months[1], monthrange(year, months[1])[1])
        return _between(date(year, months[0], 1), last, name)
    return None


def parse_period(
    period: str | None = None, first: str | None = None, last: str | None = None
) -> Period:
    """A preset, or two days, or everything. Raises :class:`Problem`."""
    if period and (first or last):
        raise _bad("/period", period, "chỉ dùng period, hoặc chỉ dùng from và to")
    if period:
        try:
            found = _preset(period)
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise _bad(
                "/period",
                period,
                "ví dụ 2026-03-15, 2026-W12, 2026-03, 2026-Q1, 2026, admin-2026-03",
            )
        return found
    days: list[date | None] = []
    for pointer, value in (("/from", first), ("/to", last)):
        try:
            days.append(date.fromisoformat(value) if value else None)
        except ValueError:
            raise _bad(pointer, value or "", "cần ngày dạng 2026-03-15") from None
    a, b = days
    if a and b and a > b:
        raise _bad("/from", str(first), "ngày đầu phải trước hoặc trùng ngày cuối")
    if a and b:
        return Period(a, b, f"{_vn(a)} đến {_vn(b)}")
    if a:
        return Period(a, None, f"từ {_vn(a)}")
    if b:
        return Period(None, b, f"đến {_vn(b)}")
    return Period(None, None, "toàn bộ dữ liệu có ngày")
