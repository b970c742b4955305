"""M5: growth of positive stories over twelve months, with its interval (``domain/metrics.md``)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from service.coverage.answer import Figure, Interval
from service.coverage.answer import vietnamese_number as number
from service.coverage.intervals import LEVEL, Z
from service.coverage.question import Answered, Question
from service.coverage.selection import Rows
from service.coverage.shares import SMALL_CELL, count_figure
from service.coverage.year_before import Compared, Span, compared
from service.store.days import day_number

Ints = NDArray[np.int64]
TARGET = 0.20
"""Growth a year that QĐ 173/QĐ-TTg asks for."""
WEEK = 7


def growth(question: Question) -> Answered:
    """Positive stories against the same period a year earlier."""
    question.stories_only()
    both = compared(question, ("story", "tone", "target"))
    days = (_positive_days(both.now), _positive_days(both.before))
    notes = [
        "Tin tích cực là tin gốc có sắc thái tích cực đối với Việt Nam hoặc địa phương; nhãn của "
        "tin là nhãn của bản đăng sớm nhất.",
        *both.notes,
    ]
    figures = growth_figures(both, days, "Tin tích cực", "positive")
    return Answered(figures, [*notes, *dispersion_notes(both, days)], both.panel.shown())


def growth_figures(both: Compared, days: tuple[Ints, Ints], what: str, key: str) -> list[Figure]:
    """Counts of both periods and the growth between them.

    ``days``: the day of each story that counts, now and a year before.
    """
    now, before = len(days[0]), len(days[1])
    where = " trên nguồn nước ngoài cố định" if both.foreign else " trên nguồn cố định"
    figures = [
        count_figure(
            f"{key}:now", f"{what} trong kỳ{where}", now, f"{number(now)} tin gốc trong kỳ"
        ),
        count_figure(
            f"{key}:before",
            f"{what} cùng kỳ năm trước{where}",
            before,
            f"{number(before)} tin gốc cùng kỳ năm trước",
        ),
    ]
    label = f"{what}: tăng trưởng so với cùng kỳ năm trước{where}"
    counts = f"{what}: {number(now)} tin gốc, cùng kỳ năm trước {number(before)}"
    value, interval = None, None
    if not both.panel.count:
        wording = f"-; không có nguồn nào thu thập đủ cả hai kỳ nên {_NOT_ENOUGH} tăng hay giảm"
    elif min(now, before) < SMALL_CELL:
        wording = f"{counts}; có kỳ dưới {SMALL_CELL} tin gốc nên không tính tỷ lệ"
    elif len(both.versions) > 1:
        wording = (
            f"{counts}; nhãn của hai kỳ do các phiên bản mô hình, hệ chủ đề hoặc ngưỡng khác nhau "
            f"gán nên {_NOT_ENOUGH} tăng hay giảm"
        )
    else:
        value = now / before - 1
        phi = overdispersion(both, days) or 1.0
        interval = growth_interval(now, before, phi)
        wording = f"{counts}: {growth_wording(value, interval)}"
    figures.append(
        Figure(
            key=f"{key}:growth",
            label_vi=label,
            value=value,
            numerator=now,
            denominator=before,
            n=now + before,
            interval=interval,
            corrected=False,
            wording=wording,
        )
    )
    return figures


_NOT_ENOUGH = "chưa đủ cơ sở kết luận"


def growth_interval(now: int, before: int, phi: float) -> Interval:
    """Log interval of ``now / before - 1`` for counts above 0 with overdispersion ``phi``."""
    spread = math.exp(Z * math.sqrt(phi * (1 / now + 1 / before)))
    ratio = now / before
    return Interval(
        low=ratio / spread - 1,
        high=ratio * spread - 1,
        level=LEVEL,
        method=f"log-ratio, phi = {phi:.2f}",
    )


def growth_wording(value: float, interval: Interval) -> str:
    """A change is called one, and a target met, only where the interval says so."""
    places = 0 if interval.high - interval.low > 0.02 else 1
    low, high = (signed(x, places) for x in (interval.low, interval.high))
    text = f"{signed(value, places)} % (KTC 95 %: {low} % đến {high} %)"
    if interval.low > 0:
        change = "có tăng"
    elif interval.high < 0:
        change = "có giảm"
    else:
        change = f"{_NOT_ENOUGH} có thay đổi"
    aim = f"mục tiêu tăng ít nhất {100 * TARGET:.0f} % một năm"
    if interval.low > TARGET:
        return f"{text}; {change}; đạt {aim} (cận dưới vượt {100 * TARGET:.0f} %)"
    return f"{text}; {change}; {_NOT_ENOUGH} đạt {aim}"


def signed(share: float, places: int = 0) -> str:
    """A share in points with its sign, never "-0"."""
    points = round(100 * share, places)
    return f"{'+' if points > 0 else ''}{number(points + 0.0, places)}"


def overdispersion(both: Compared, days: tuple[Ints, Ints]) -> float | None:
    """Variance over mean of weekly counts, 1 at least; None with no two whole weeks.

    Pooled over both periods about each one's own mean, so that growth itself adds nothing.
    """
    total, freedom = 0.0, 0
    for own, span in zip(days, both.spans, strict=True):
        counts = weekly_counts(own, span)
        if len(counts) > 1 and counts.sum():
            total += float(((counts - counts.mean()) ** 2).sum() / counts.mean())
            freedom += len(counts) - 1
    return max(1.0, total / freedom) if freedom else None


def weekly_counts(days: Ints, span: Span) -> Ints:
    """Stories in each whole week, weeks counted from the first day of the span."""
    weeks = ((span[1] - span[0]).days + 1) // WEEK
    which = (days - day_number(span[0])) // WEEK
    return np.bincount(which[which < weeks], minlength=weeks)


def dispersion_notes(both: Compared, days: tuple[Ints, Ints]) -> list[str]:
    """How the interval was widened, and which labels were compared."""
    notes = []
    if len(both.versions) > 1:
        notes.append(
            "Các phiên bản nhãn trong hai kỳ (mô hình / hệ chủ đề / ngưỡng): "
            f"{'; '.join(both.versions)}. Hãy gán nhãn lại kỳ trước bằng mô hình đang dùng rồi so."
        )
    phi = overdispersion(both, days)
    if phi is None:
        notes.append(
            "Kỳ ngắn hơn hai tuần hoặc không có tin nên không ước được mức phân tán theo tuần; "
            "KTC có thể hẹp hơn thực tế."
        )
    else:
        notes.append(
            f"KTC của tăng trưởng đã nhân mức phân tán theo tuần {number(phi, 2)} "
            "(phương sai / trung bình, ít nhất bằng 1)."
        )
    return notes


def story_days(rows: Rows) -> Ints:
    """Day of each story: of its earliest item."""
    return rows.numbers["day"][rows.firsts]


def _positive_days(rows: Rows) -> Ints:
    positive = (rows.tone[rows.firsts] > 0) & rows.target[rows.firsts]
    return story_days(rows)[positive]
