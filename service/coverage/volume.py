"""M1: how much was published (``domain/metrics.md`` section 3)."""

from __future__ import annotations

from service.coverage.answer import Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.question import Answered, Question
from service.coverage.shares import count_figure


def volume(question: Question) -> Answered:
    """Items, stories, duplication factor and outlets, whatever the basis asked for."""
    rows = question.rows()
    items, stories = len(rows), len(rows.firsts)
    outlets = rows.source_count
    factor = items / stories if stories else None
    figures = [
        count_figure("items", "Lượt đăng", items, f"{number(items)} lượt đăng"),
        count_figure("stories", "Tin gốc", stories, f"{number(stories)} tin gốc"),
        Figure(
            key="duplication",
            label_vi="Hệ số trùng",
            value=factor,
            numerator=items,
            denominator=stories,
            n=stories,
            interval=None,
            corrected=False,
            wording="-" if factor is None else f"hệ số trùng {number(factor, 1)}",
        ),
        count_figure("outlets", "Nguồn", outlets, f"{number(outlets)} nguồn"),
    ]
    return Answered(figures)
