"""Which periods a report may be on, and the one that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from data.problems import Place, Problem
from data.schema import FIRST_YEAR
from service.coverage.period import Period, parse_period
from service.report.blocks import Kind

_EXAMPLES = {"weekly": "2026-W12", "monthly": "2026-03 hoặc admin-2026-03"}
_KINDS_VI = {"weekly": "tuần", "monthly": "tháng"}


@dataclass(frozen=True)
class Span:
    """A week or a month; ``of`` is what it is called without its days."""

    period: Period
    first: date
    last: date
    of: str

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def spans(kind: Kind, name: str) -> tuple[Span, Span]:
    """The span of a report and the one before. Raises :class:`Problem` for another period."""
    period = parse_period(name)
    first, last = period.first, period.last
    if (
        first is None
        or last is None
        or first.year < FIRST_YEAR
        or not _fits(kind, name, first, last)
    ):
        raise Problem(
            "invalid-parameter",
            f"Báo cáo {_KINDS_VI[kind]} cần kỳ là một {_KINDS_VI[kind]}. Hãy ghi period, ví dụ "
            f"{_EXAMPLES[kind]}.",
            [Place("/period", f"{name!r} không phải một {_KINDS_VI[kind]}")],
        )
    earlier = parse_period(_before(kind, first, last, name.startswith("admin-")))
    return _span(kind, period), _span(kind, earlier)


def _fits(kind: Kind, name: str, first: date, last: date) -> bool:
    days = (last - first).days + 1
    return "W" in name if kind == "weekly" else 28 <= days <= 31


def _before(kind: Kind, first: date, last: date, admin: bool) -> str:
    if kind == "weekly":
        year, week, _ = (first - timedelta(days=7)).isocalendar()
        return f"{year}-W{week:02}"
    # A month of the office closes in the month that it is named after.
    month = date(last.year, last.month, 1) - timedelta(days=1)
    return f"{'admin-' if admin else ''}{month.year}-{month.month:02}"


def _span(kind: Kind, period: Period) -> Span:
    assert period.first is not None
    assert period.last is not None
    if kind == "weekly":
        year, week, _ = period.first.isocalendar()
        name = f"tuần {week} năm {year}"
    else:
        name = f"tháng {period.last.month} năm {period.last.year}"
    return Span(period, period.first, period.last, name)


def file_names(kind: Kind, name: str) -> tuple[str, str]:
    """What to call the file: plain ASCII, and Vietnamese. Raises as :func:`spans`."""
    now, _ = spans(kind, name)
    days = f"{now.first.isoformat()}_{now.last.isoformat()}"
    return f"ttdn-{kind}-{days}.docx", f"Báo cáo thông tin đối ngoại {now.of}.docx"
