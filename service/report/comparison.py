"""What changed against the period before, on the sources that were collected in both.

A change is called one only where the 95 % interval of the difference leaves 0 out; anything else
is not enough to conclude (``domain/metrics.md`` sections 2 and 5). Both periods are counted by the
machine's own labels: where people have audited one of them, their corrections would read as a
change. Nothing is corrected here, so what the machine misses it misses in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from service.coverage.answer import Figure, Interval
from service.coverage.answer import vietnamese_number as number
from service.coverage.audit_frame import LABEL_FILTERS, has_target
from service.coverage.change import UNCLEAR_VI, Change, difference
from service.coverage.growth import growth_interval
from service.coverage.intervals import LEVEL, net_normal
from service.coverage.panel import PanelSources, constant_panel
from service.coverage.selection import Rows
from service.coverage.shares import SMALL_CELL
from service.report.spans import Span
from service.report.words import points
from service.store.counting import LABELS, MACHINE, columns, tagged, versions
from service.store.days import day_number
from service.store.facts import TONES, theme_bits
from service.store.filters import Filter
from service.store.store import Store

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
    """Items of the panel that the machine tagged, chosen by its labels."""
    wide = chosen.model_copy(update=dict.fromkeys(LABEL_FILTERS))
    found = columns(
        store, wide, first, last, (*LABELS, *MACHINE), sources=panel.sources, population=tagged
    )
    rows = Rows(found, {})
    themes = rows.numbers["machine_themes"]
    kept = themes != 0
    if chosen.theme is not None:
        kept &= themes & theme_bits([chosen.theme]) != 0
    if chosen.sentiment is not None:
        kept &= rows.numbers["machine_tone"] == TONES[chosen.sentiment]
    return rows.take(np.flatnonzero(kept))


def tally(rows: Rows) -> Counted:
    """Stories, items, sources and tones of these rows, by the machine's labels."""
    firsts = rows.firsts
    tone = rows.numbers["machine_tone"][firsts]
    tone = tone[has_target(rows.numbers["machine_themes"][firsts])]
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
        why = f"{UNCLEAR_VI}: có kỳ dưới {SMALL_CELL} tin gốc nên không tính tỷ lệ"
        return Change(None, None, False, why)
    plain = growth_interval(a, b, spread or 1.0)
    longer = days_b / days_a
    value, low, high = (longer * (1 + x) - 1 for x in (a / b - 1, plain.low, plain.high))
    interval = plain.model_copy(update={"low": low, "high": high})
    each = "" if days_a == days_b else "tính bình quân mỗi ngày, "
    size = f"{points(value, interval)} %"
    span = f"KTC 95 %: {points(low, interval)} % đến {points(high, interval)} %"
    if low <= 0 <= high:
        return Change(value, interval, False, f"{each}{UNCLEAR_VI} ({size}, {span})")
    word = "tăng" if value > 0 else "giảm"
    return Change(value, interval, True, f"{each}{word} {size.lstrip('+-')} ({span})")


def net_change(now: Counted, before: Counted) -> Change:
    """Difference of net sentiment."""
    return difference(_net(now), _net(before))


def _net(one: Counted) -> Figure:
    large = one.toned >= SMALL_CELL
    low, high = net_normal(one.positive, one.negative, one.toned)
    net = one.positive - one.negative
    return Figure(
        key="net_sentiment",
        label_vi="Sắc thái thuần theo nhãn máy",
        value=net / one.toned if large else None,
        numerator=net,
        denominator=one.toned,
        n=one.toned,
        interval=Interval(low=low, high=high, level=LEVEL, method="normal") if large else None,
        corrected=False,
        wording="",
    )


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
