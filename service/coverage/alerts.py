"""M15: days on which a theme has unusually many negative stories (``domain/metrics.md``).

An alert shows stories for people to read; it triggers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data.problems import Place, Problem
from data.taxonomy import taxonomy
from service.coverage.answer import Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.baseline import HISTORY, LEAST, Baseline, Ints, baseline
from service.coverage.panel import PanelSources, constant_panel
from service.coverage.period import Period
from service.coverage.question import Answered, Question
from service.coverage.selection import Rows, rows_url, select_rows
from service.store.counting import versions
from service.store.days import day_number, day_of
from service.store.filters import Filter

MOST_DAYS = 366
_OPEN_DAYS = 30
_NEEDED = ("story", "source", "themes", "tone", "target")
_NOTES = (
    "Cảnh báo để đọc tin, không phải để xử lý. “Tiêu cực” là sắc thái của văn bản, không phải đúng "
    "sai hay thái độ của người viết.",
    f"Báo khi số tin gốc tiêu cực của một chủ đề trong một ngày đạt từ {LEAST} tin và từ phân vị "
    "99,5 % của phân phối nhị thức âm trở lên; mức thường là trung bình cùng thứ trong 8 tuần "
    "trước, đã bỏ ngày đột biến, trên nguồn cố định.",
)

_CHANGED = (
    "Mô hình, hệ chủ đề hoặc ngưỡng đã đổi trong kỳ hoặc trong 8 tuần trước: cảnh báo, cũng như sự "
    "im lặng, có thể do đổi phiên bản."
)


@dataclass(frozen=True)
class Judged:
    """Negative stories [themes, days] of the judged days, and what is usual for each."""

    counts: Ints
    usual: Baseline


def alerts(question: Question) -> Answered:
    """Alerts of the period by theme and day, after how many false ones to expect."""
    question.stories_only()
    if question.chosen.sentiment is not None:
        raise Problem(
            "invalid-parameter",
            "Cảnh báo đã chỉ xét tin tiêu cực. Hãy bỏ bộ lọc sentiment.",
            [Place("/sentiment", "không dùng với chỉ số này")],
        )
    first, notes = _first_day(question)
    last = question.last
    if first > last:
        return Answered([_none("Kỳ này chưa bắt đầu")], [*_NOTES, *notes])
    before = first - timedelta(days=HISTORY)
    panel = constant_panel(question.store, [(before, first - timedelta(days=1)), (first, last)])
    notes.append(panel.note)
    if not panel.count:
        why = "Không có nguồn nào thu thập đủ 8 tuần trước kỳ và trong kỳ nên chưa thể cảnh báo"
        return Answered([_none(why)], [*_NOTES, *notes], panel.shown())
    if any(
        len(used) > 1 for used in versions(question.store, question.chosen, before, last).values()
    ):
        notes.append(_CHANGED)
    judged = _judge(question, panel, before, last)
    themes = [k for k, i in enumerate(taxonomy().ids) if question.chosen.theme in (None, i)]
    figures = [*_summary(judged, themes), *_alerts(question, judged, themes, first)]
    return Answered(figures, [*_NOTES, *notes], panel.shown())


def _first_day(question: Question) -> tuple[date, list[str]]:
    """First judged day; a period without one, or of more than a year, is cut."""
    given = question.period.first
    if given is None:
        first = question.last - timedelta(days=_OPEN_DAYS - 1)
        return first, [f"Kỳ không có ngày đầu nên chỉ xét {_OPEN_DAYS} ngày cuối."]
    earliest = question.last - timedelta(days=MOST_DAYS - 1)
    if given < earliest:
        return earliest, [f"Chỉ xét {MOST_DAYS} ngày cuối của kỳ."]
    return given, []


def _judge(question: Question, panel: PanelSources, before: date, last: date) -> Judged:
    # The same alert with or without a filter of themes: dispersion is learnt from all themes.
    chosen = question.chosen.model_copy(update={"theme": None})
    rows = select_rows(question.store, chosen, before, last, numbers=_NEEDED, sources=panel.sources)
    counts = negative_stories(rows, day_number(before), (last - before).days + 1)
    return Judged(counts[:, HISTORY:], baseline(counts))


def negative_stories(rows: Rows, first: int, days: int) -> Ints:
    """Stories [themes, days] whose earliest item portrays Vietnam negatively, by its day."""
    at = rows.firsts[(rows.tone[rows.firsts] < 0) & rows.target[rows.firsts]]
    day = rows.numbers["day"][at] - first
    return np.stack([np.bincount(day[of > 0], minlength=days) for of in rows.themes[at].T]).astype(
        np.int64
    )


def _summary(judged: Judged, themes: list[int]) -> list[Figure]:
    chance = judged.usual.chance[themes]
    reached = judged.counts[themes] >= judged.usual.threshold[themes]
    found, checked, expected = int(reached.sum()), reached.size, float(chance.sum())
    return [
        _figure("alerts", "Số cảnh báo", found, f"{number(found)} cảnh báo trong kỳ", checked),
        _figure(
            "checked",
            "Số lượt kiểm tra",
            checked,
            f"{number(checked)} lượt kiểm tra (chủ đề × ngày)",
            checked,
        ),
        _figure(
            "expected_false",
            "Số báo nhầm dự kiến",
            expected,
            f"Dự kiến khoảng {number(expected, 1)} báo nhầm trong kỳ dù không có gì bất thường "
            f"({number(100 * expected / checked, 2)} % số lượt kiểm tra)",
            checked,
        ),
    ]


def _alerts(question: Question, judged: Judged, themes: list[int], first: date) -> list[Figure]:
    usual = judged.usual
    figures = []
    for at, k in np.argwhere((judged.counts >= usual.threshold)[themes].T):
        theme, day = themes[k], day_of(day_number(first) + int(at))
        count = int(judged.counts[theme, at])
        name = taxonomy().themes[theme].name_vi
        when = f"{day.day}-{day.month}-{day.year}"
        figures.append(
            _figure(
                f"alert:{taxonomy().ids[theme]}:{day.isoformat()}",
                f"{name}, ngày {when}",
                count,
                f"{name}, ngày {when}: {number(count)} tin gốc tiêu cực; mức thường "
                f"{number(float(usual.mean[theme, at]), 1)}, ngưỡng "
                f"{number(int(usual.threshold[theme, at]))}. Cần đọc: "
                f"{_stories(question.chosen, taxonomy().ids[theme], day)}",
                count,
            )
        )
    return figures


def _stories(chosen: Filter, theme: str, day: date) -> str:
    narrowed = chosen.model_copy(update={"theme": theme, "sentiment": "negative"})
    return rows_url(Period(day, day, ""), narrowed, day)


def _none(why: str) -> Figure:
    return _figure("alerts", "Số cảnh báo", None, f"{why}; không có nghĩa là không có gì", 0)


def _figure(key: str, label: str, value: float | None, wording: str, n: int) -> Figure:
    return Figure(
        key=key,
        label_vi=label,
        value=value,
        numerator=value,
        denominator=None,
        n=n,
        interval=None,
        corrected=False,
        wording=wording,
    )
