"""What changed against the period before, on the sources that were collected in both.

A change is called one only where the 95 % interval of the difference leaves 0 out; anything else
is not enough to conclude (``domain/metrics.md`` sections 2 and 5). Counts are of the labels in
force, not corrected for the classifier's errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from service.coverage.answer import Interval
from service.coverage.answer import vietnamese_number as number
from service.coverage.intervals import LEVEL, Z, net_normal
from service.coverage.panel import PanelSources, constant_panel
from service.coverage.selection import Rows, select_rows
from service.coverage.shares import SMALL_CELL
from service.report.spans import Span
from service.report.words import points, points_interval
from service.store.counting import versions
from service.store.days import day_number
from service.store.filters import Filter
from service.store.store import Store

UNCLEAR = "chưa đủ cơ sở kết luận có thay đổi"
WEEK = 7
HISTORY_WEEKS = 8
"""Weeks before the period from which the spread of weekly counts is learnt."""
LEAST_WEEKS = 3


@dataclass(frozen=True)
class Counted:
    """What one period holds on the panel; tones are of stories that portray a target."""

    stories: int
    items: int
    sources: int
    positive: int
    neutral: int
    negative: int

    @property
    def toned(self) -> int:
        """Stories that have a tone."""
        return self.positive + self.neutral + self.negative


@dataclass(frozen=True)
class Change:
    """A difference with its interval; ``value`` is None where none can be told."""

    value: float | None
    interval: Interval | None
    wording: str

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out, so that it may be called a change."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high


@dataclass(frozen=True)
class Comparison:
    """The two periods on the panel, or ``why_not`` where they cannot be compared."""

    panel: PanelSources
    why_not: str
    now: Counted | None = None
    before: Counted | None = None
    stories: Change | None = None
    net: Change | None = None
    dispersion: float | None = None


def compare(store: Store, chosen: Filter, now: Span, before: Span, today: date) -> Comparison:
    """The period against the one before it."""
    panel = constant_panel(store, [(s.first, min(s.last, today)) for s in (now, before)])
    if now.last >= today:
        return Comparison(panel, "kỳ chưa kết thúc")
    if not panel.count:
        return Comparison(panel, "không có nguồn nào được thu thập đủ trong cả hai kỳ")
    used = [versions(store, chosen, s.first, s.last) for s in (now, before)]
    if any(len(names) > 1 for names in _merged(used)):
        why = "nhãn của hai kỳ do các phiên bản mô hình, hệ chủ đề hoặc ngưỡng khác nhau gán"
        return Comparison(panel, why)
    rows = [_on_panel(store, chosen, s.first, s.last, panel) for s in (now, before)]
    counts = [tally(r) for r in rows]
    if not counts[0].stories and not counts[1].stories:
        return Comparison(panel, "cả hai kỳ không có tin nào từ nguồn cố định")
    spread = dispersion(store, chosen, panel, now.first)
    return Comparison(
        panel,
        "",
        counts[0],
        counts[1],
        stories_change((counts[0].stories, now.days), (counts[1].stories, before.days), spread),
        net_change(counts[0], counts[1]),
        spread,
    )


def _merged(used: list[dict[str, list[str]]]) -> list[set[str]]:
    return [{v for one in used for v in one[name]} for name in used[0]]


def _on_panel(store: Store, chosen: Filter, first: date, last: date, panel: PanelSources) -> Rows:
    rows = select_rows(store, chosen, first, last)
    return rows.take(np.flatnonzero(panel.holds(rows.sources)))


def tally(rows: Rows) -> Counted:
    """Stories, items, sources and tones of these rows."""
    firsts = rows.firsts
    tone = rows.tone[firsts][rows.target[firsts]]
    return Counted(
        len(firsts),
        len(rows),
        rows.source_count,
        int((tone > 0).sum()),
        int((tone == 0).sum()),
        int((tone < 0).sum()),
    )


def dispersion(store: Store, chosen: Filter, panel: PanelSources, first: date) -> float | None:
    """Variance over mean of the weekly stories before ``first``, 1 at least.

    None with fewer than :data:`LEAST_WEEKS` weeks since the first document: not known.
    """
    start = first - timedelta(days=WEEK * HISTORY_WEEKS)
    rows = _on_panel(store, chosen, start, first - timedelta(days=1), panel)
    if not len(rows):
        return None
    ago = day_number(first) - 1 - rows.numbers["day"][rows.firsts]
    weeks = np.bincount(ago // WEEK)
    # The week of the first document may be a part of one.
    weeks = weeks if len(weeks) == HISTORY_WEEKS else weeks[:-1]
    if len(weeks) < LEAST_WEEKS:
        return None
    return max(1.0, float(weeks.var(ddof=1) / weeks.mean()))


def stories_change(now: tuple[int, int], before: tuple[int, int], spread: float | None) -> Change:
    """Growth of stories a day; each period is ``(stories, days)``. Log interval as in M5."""
    (a, days_a), (b, days_b) = now, before
    if min(a, b) < SMALL_CELL:
        why = f"có kỳ dưới {SMALL_CELL} tin gốc nên không tính tỷ lệ, {UNCLEAR}"
        return Change(None, None, why)
    ratio = (a / days_a) / (b / days_b)
    factor = math.exp(Z * math.sqrt((spread or 1.0) * (1 / a + 1 / b)))
    interval = Interval(
        low=ratio / factor - 1, high=ratio * factor - 1, level=LEVEL, method="log-ratio"
    )
    each = "" if days_a == days_b else "tính bình quân mỗi ngày "
    size = f"{each}{points(ratio - 1, interval)} %"
    span = f"KTC 95 %: {points(interval.low, interval)} % đến {points(interval.high, interval)} %"
    return Change(ratio - 1, interval, f"{size} ({span}), {_verdict(interval)}")


def net_change(now: Counted, before: Counted) -> Change:
    """Difference of net sentiment, from the intervals of both (Zou and Donner 2008)."""
    if min(now.toned, before.toned) < SMALL_CELL:
        return Change(None, None, f"có kỳ dưới {SMALL_CELL} tin gốc nên {UNCLEAR}")
    values, lows, highs = [], [], []
    for one in (now, before):
        low, high = net_normal(one.positive, one.negative, one.toned)
        values.append((one.positive - one.negative) / one.toned)
        lows.append(low)
        highs.append(high)
    value = values[0] - values[1]
    interval = Interval(
        low=value - math.hypot(values[0] - lows[0], highs[1] - values[1]),
        high=value + math.hypot(highs[0] - values[0], values[1] - lows[1]),
        level=LEVEL,
        method="mover",
    )
    text = f"chênh lệch {points(value, interval)} điểm"
    span = f"KTC 95 %: {points_interval(interval)}"
    return Change(value, interval, f"{text} ({span}), {_verdict(interval)}")


def _verdict(interval: Interval) -> str:
    if interval.low > 0:
        return "có tăng"
    return "có giảm" if interval.high < 0 else UNCLEAR


def spread_note(spread: float | None) -> str:
    """How the interval of a change of counts was widened."""
    if spread is None:
        return (
            "Chưa có đủ các tuần trước kỳ để ước mức dao động theo tuần nên khoảng tin cậy của "
            "thay đổi số tin có thể hẹp hơn thực tế."
        )
    return (
        "Khoảng tin cậy của thay đổi số tin đã nhân mức dao động theo tuần "
        f"{number(spread, 1)} (phương sai / trung bình của {HISTORY_WEEKS} tuần trước kỳ, ít nhất "
        "bằng 1)."
    )
