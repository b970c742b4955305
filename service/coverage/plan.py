"""M3: theme coverage against plan (``domain/metrics.md`` section 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.problems import Problem
from data.taxonomy import taxonomy
from service.coverage.answer import ALL_SOURCES, Figure, Panel
from service.coverage.answer import vietnamese_number as number
from service.coverage.panel import NO_DATA, collected_days
from service.coverage.period import Period, parse_period
from service.coverage.question import Answered, Question
from service.coverage.selection import Rows, select_rows
from service.coverage.shares import SMALL_CELL
from service.store.counting import LABELS
from service.store.reference import PlanRow, read

Ints = NDArray[np.int64]
_APART = (("earned", "kênh khác tự đưa"), ("owned", "kênh của ta"))
_NOTES = (
    "Mức hoàn thành của các chủ đề không cộng lại với nhau: một tin có thể thuộc nhiều chủ đề.",
    "Độ cân đối so cơ cấu theo chủ đề chính với cơ cấu của kế hoạch; bằng 1 khi trùng khớp.",
)


@dataclass(frozen=True)
class _Scope:
    """Stories of one kind of media: how many of each theme, and of each primary theme."""

    key: str
    label: str
    stories: int
    of_theme: Ints
    of_primary: Ints


def plan(question: Question) -> Answered:
    """Done by theme, themes that reached their number, and balance; earned and owned apart."""
    question.stories_only()
    targets, notes = _targets(question)
    if not targets:
        return Answered([_undefined(*c, "-; chưa có kế hoạch") for c in _SUMMARIES], notes)
    first, last = question.elapsed()
    media = () if question.chosen.media_type else ("media_type",)
    rows = select_rows(question.store, question.chosen, first, last, media, numbers=LABELS)
    panel = Panel(sources=rows.source_count, rule=ALL_SOURCES)
    if question.unfinished:
        notes.append(f"Kỳ chưa kết thúc: mới tính đến {last.day}-{last.month}-{last.year}.")
    if not (len(rows) or collected_days(question.store, first, last)):
        return Answered([_undefined(*c, NO_DATA) for c in _SUMMARIES], notes, panel)
    figures: list[Figure] = []
    for scope in _scopes(question, rows):
        figures += _of_scope(scope, targets, balanced=question.chosen.theme is None)
    return Answered(figures, [*notes, *_NOTES, *_unsaid(question, rows)], panel)


_SUMMARIES = (("coverage", "Số chủ đề đạt kế hoạch"), ("balance", "Độ cân đối so với kế hoạch"))


def _targets(question: Question) -> tuple[dict[str, int], list[str]]:
    """Target by theme for the days of the period and the unit of the filter; what to say of it."""
    chosen = question.chosen
    of_period = [
        row for row in read(question.store, PlanRow) if _same_days(row.period, question.period)
    ]
    found = {
        row.theme: row.target
        for row in of_period
        if row.unit == chosen.unit and chosen.theme in (None, row.theme)
    }
    if found:
        whose = f"đơn vị {chosen.unit}" if chosen.unit else "chung"
        return found, [f"So với kế hoạch {whose} của kỳ; đơn vị tính là tin gốc."]
    units = sorted({row.unit for row in of_period if row.unit})
    if units and not chosen.unit:
        return {}, [
            f"Kế hoạch của kỳ này chỉ có theo đơn vị: {', '.join(units)}. Hãy chọn unit; không "
            "cộng chỉ tiêu các đơn vị vì một tin có thể của nhiều đơn vị."
        ]
    return {}, [
        "Chưa có kế hoạch khớp với kỳ và bộ lọc này. Hãy nhập bảng plan (ttdn reference import plan"
        " TỆP) với cột period là tên kỳ, ví dụ 2026-03, 2026-Q1, admin-2026-03."
    ]


def _same_days(name: str, period: Period) -> bool:
    try:
        planned = parse_period(name)
    except Problem:
        return False
    return (planned.first, planned.last) == (period.first, period.last)


def _scopes(question: Question, rows: Rows) -> list[_Scope]:
    if question.chosen.media_type:
        return [_scope("", f" ({question.chosen.media_type})", rows)]
    media = rows.names["media_type"]
    apart = [
        _scope(f":{kind}", f" ({label})", rows.take(np.flatnonzero(media == kind)))
        for kind, label in _APART
    ]
    return [_scope("", "", rows), *apart]


def _scope(key: str, label: str, rows: Rows) -> _Scope:
    firsts = rows.firsts
    return _Scope(
        key,
        label,
        len(firsts),
        rows.themes[firsts].sum(0),
        np.bincount(rows.primary[firsts], minlength=len(taxonomy().ids)),
    )


def _of_scope(scope: _Scope, targets: dict[str, int], balanced: bool) -> list[Figure]:
    themes = [t for t in taxonomy().themes if t.id in targets]
    place = taxonomy().ids.index
    figures = [
        _done(scope, t.id, t.name_vi, int(scope.of_theme[place(t.id)]), targets[t.id])
        for t in themes
    ]
    meant = [t.id for t in themes if targets[t.id] > 0]
    reached = sum(int(scope.of_theme[place(t)]) >= targets[t] for t in meant)
    wording = "-"
    if meant:
        wording = f"{reached}/{len(meant)} chủ đề có chỉ tiêu đã đạt{scope.label}"
    key, label = _SUMMARIES[0]
    figures.append(
        Figure(
            key=f"{key}{scope.key}",
            label_vi=f"{label}{scope.label}",
            value=reached / len(meant) if meant else None,
            numerator=reached,
            denominator=len(meant),
            n=scope.stories,
            interval=None,
            corrected=False,
            wording=wording,
        )
    )
    if balanced:
        figures.append(_balance(scope, targets))
    return figures


def _done(scope: _Scope, theme: str, name: str, stories: int, target: int) -> Figure:
    wording = f"{name}: -; không đặt chỉ tiêu, có {number(stories)} tin gốc{scope.label}"
    if target:
        wording = f"{name}: {number(stories)}/{number(target)} tin gốc theo kế hoạch{scope.label}"
        if stories >= SMALL_CELL:
            wording += f" ({number(100 * stories / target)} %)"
    return Figure(
        key=f"done:{theme}{scope.key}",
        label_vi=f"{name}{scope.label}",
        value=stories / target if target else None,
        numerator=stories,
        denominator=target,
        n=stories,
        interval=None,
        corrected=False,
        wording=wording,
    )


def _balance(scope: _Scope, targets: dict[str, int]) -> Figure:
    """``1 - 0.5 * sum |A_m - g_m / sum g|`` over all themes; A by primary theme."""
    planned = np.array([targets.get(t, 0) for t in taxonomy().ids], dtype=float)
    value = None
    wording = "-"
    if scope.stories < SMALL_CELL:
        wording = f"-; dưới {SMALL_CELL} tin gốc nên không tính cơ cấu{scope.label}"
    elif planned.sum():
        mix = scope.of_primary / scope.stories
        value = float(1 - 0.5 * np.abs(mix - planned / planned.sum()).sum())
        wording = f"Độ cân đối {number(value, 2)}{scope.label}"
    key, label = _SUMMARIES[1]
    return Figure(
        key=f"{key}{scope.key}",
        label_vi=f"{label}{scope.label}",
        value=value,
        numerator=None,
        denominator=None,
        n=scope.stories,
        interval=None,
        corrected=False,
        wording=wording,
    )


def _undefined(key: str, label: str, wording: str) -> Figure:
    return Figure(
        key=key,
        label_vi=label,
        value=None,
        numerator=None,
        denominator=None,
        n=0,
        interval=None,
        corrected=False,
        wording=wording,
    )


def _unsaid(question: Question, rows: Rows) -> list[str]:
    if question.chosen.media_type:
        return []
    media = rows.names["media_type"]
    elsewhere = int((~np.isin(media.astype(str), [kind for kind, _ in _APART])).sum())
    return [
        "Dòng không ghi loại kênh gồm mọi kênh. Chỉ tăng bài trên kênh của ta không có nghĩa là "
        "được đưa tin nhiều hơn: xem riêng hai loại kênh. Lượt đăng trả tiền, chia sẻ hoặc không "
        f"ghi media_type chỉ nằm trong dòng chung: {number(elsewhere)}."
    ]
