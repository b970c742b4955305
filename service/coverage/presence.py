"""M6: on how many days, in how many outlets, and how it grew (``domain/metrics.md`` section 3)."""

from __future__ import annotations

import numpy as np

from service.coverage.answer import Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.growth import dispersion_notes, growth_figures, story_days
from service.coverage.panel import NO_DATA, collected_days
from service.coverage.question import Answered, Question
from service.coverage.selection import Rows, select_rows
from service.coverage.shares import SMALL_CELL
from service.coverage.year_before import compared

_SCOPES = (
    "Số ngày và số nguồn tính trên mọi nguồn theo bộ lọc; phần tăng trưởng chỉ tính nguồn cố định."
)


def presence(question: Question) -> Answered:
    """Days with a story, outlets, and growth of stories as in M5."""
    question.stories_only()
    first, last = question.elapsed()
    rows = select_rows(question.store, question.chosen, first, last, numbers=("story", "source"))
    length = (last - first).days + 1
    collected = collected_days(question.store, first, last)
    both = compared(question, ("story",))
    days = (story_days(both.now), story_days(both.before))
    notes = [_SCOPES, *both.notes, *dispersion_notes(both, days)]
    if blank := length - collected:
        notes.append(
            f"{number(blank)}/{number(length)} ngày không thu thập được nguồn nào: những ngày đó "
            "không có số liệu, không phải là không có tin."
        )
    if unnamed := int((rows.sources < 0).sum()):
        notes.append(f"Lượt đăng không ghi nguồn nên không tính vào số nguồn: {number(unnamed)}.")
    figures = [
        _days(rows, length, collected > 0),
        _outlets(rows, collected > 0),
        *growth_figures(both, days, "Tin gốc", "stories"),
    ]
    return Answered(figures, notes, both.panel.shown())


def _days(rows: Rows, length: int, collected: bool) -> Figure:
    """Days with a story over days of the period so far; a story is of its earliest item's day."""
    stories = len(rows.firsts)
    with_story = len(np.unique(story_days(rows)))
    value = None
    wording = NO_DATA
    if collected:
        wording = f"{number(with_story)}/{number(length)} ngày có tin"
        if stories >= SMALL_CELL:
            value = with_story / length
            wording += f" ({number(100 * value)} %)"
        else:
            wording += f"; dưới {SMALL_CELL} tin gốc nên không tính tỷ lệ"
    return Figure(
        key="days",
        label_vi="Số ngày có tin",
        value=value,
        numerator=with_story if collected else None,
        denominator=length,
        n=stories,
        interval=None,
        corrected=False,
        wording=wording,
    )


def _outlets(rows: Rows, collected: bool) -> Figure:
    outlets = rows.source_count
    return Figure(
        key="outlets",
        label_vi="Số nguồn có tin",
        value=outlets if collected else None,
        numerator=outlets if collected else None,
        denominator=None,
        n=outlets,
        interval=None,
        corrected=False,
        wording=f"{number(outlets)} nguồn có tin" if collected else NO_DATA,
    )
