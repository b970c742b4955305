"""M7: share of voice among comparable localities, with tone beside (``domain/metrics.md``)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.sql import Select

from data.localities import MERGED, current_name, names_of
from data.problems import Place, Problem
from service.coverage.answer import Figure, Interval, Panel
from service.coverage.growth import signed
from service.coverage.intervals import LEVEL, net_normal
from service.coverage.plain_share import plain_share
from service.coverage.question import Answered, Question
from service.coverage.selection import Rows, select_rows
from service.coverage.shares import SMALL_CELL
from service.coverage.tone import NET_FORMULA
from service.store.counting import LABELS, counted
from service.store.tables import document_places, facts

LEAST, MOST = 2, 63
_RULE = "mọi nguồn có tin về các địa phương được so sánh"
_NOTES = (
    "Tin nhắc tới nhiều địa phương trong nhóm được chia đều cho các địa phương đó.",
    "Chỉ so được các địa phương thu thập bằng cùng cách truy vấn và cùng nguồn; báo của địa phương "
    "nào thường đưa nhiều tin về địa phương ấy.",
    "Địa phương lấy theo dữ liệu gửi vào; đội bóng, doanh nghiệp mang tên tỉnh không phải là tỉnh.",
    "Thị phần tiếng nói không cho biết khen hay chê: xem sắc thái thuần ở cùng bảng.",
    "rows_url liệt kê mọi dòng theo bộ lọc; dòng của một địa phương lấy bằng bộ lọc locality.",
)


def share_of_voice(question: Question) -> Answered:
    """Each locality's part of the stories that name any of them, and its net sentiment."""
    question.stories_only()
    places = _checked(question)
    every = [name for place in places for name in names_of(place)]
    rows = select_rows(
        question.store,
        question.chosen,
        question.period.first,
        question.last,
        numbers=LABELS,
        where=[_places_of_row(every).exists()],
    )
    items, which = _named(question, places, every, rows)
    stories, story_of = np.unique(rows.stories, return_inverse=True)
    names = np.zeros((len(stories), len(places)), dtype=bool)
    names[story_of[items], which] = True
    weights = names / np.maximum(1, names.sum(1, keepdims=True))
    figures = []
    for k, place in enumerate(places):
        own = rows.take(np.unique(items[which == k]))
        label, part = f"{place}: thị phần tiếng nói", float(weights[:, k].sum())
        figures.append(plain_share(f"share:{place}", label, part, len(stories), "tin gốc"))
        figures.append(_net(place, own))
    merged = [f"{', '.join(MERGED[p])} tính vào {p}" for p in places if p in MERGED]
    notes = [*_NOTES, *([f"Tên trước sáp nhập: {'; '.join(merged)}."] if merged else [])]
    return Answered(figures, notes, Panel(sources=rows.source_count, rule=_RULE))


def _checked(question: Question) -> list[str]:
    """The localities to compare. Raises :class:`Problem` when they cannot be compared."""
    places = list(question.among)
    fault = None
    if old := [p for p in places if current_name(p) != p]:
        now = ", ".join(f"{p} nay thuộc {current_name(p)}" for p in old)
        fault = f"{now}; hãy dùng tên hiện nay"
    elif not LEAST <= len(places) <= MOST:
        fault = f"cần từ {LEAST} đến {MOST} địa phương"
    elif len(set(places)) < len(places):
        fault = "có địa phương ghi hai lần"
    elif question.chosen.locality is not None:
        fault = "không dùng cùng bộ lọc locality"
    if fault:
        raise Problem(
            "invalid-parameter",
            "Hãy cho biết các địa phương cần so sánh bằng among, mỗi địa phương một lần, ví dụ "
            "among=Gia Lai&among=Đắk Lắk.",
            [Place("/among", fault)],
        )
    return places


def _places_of_row(names: list[str]) -> Select[Any]:
    """Looked up row by row: among the days of a period that is faster than from the names."""
    return select(document_places.c.name).where(
        document_places.c.document_id == facts.c.document_id,
        document_places.c.kind == "locality",
        document_places.c.name.in_(names),
    )


def _named(
    question: Question, places: list[str], every: list[str], rows: Rows
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of a row's place and a locality's place: this item names that locality."""
    joined = select(facts.c.number, document_places.c.name).join_from(
        facts, document_places, document_places.c.document_id == facts.c.document_id
    )
    found = question.store.tuples(
        joined.where(
            *counted(question.chosen, question.period.first, question.last),
            document_places.c.kind == "locality",
            document_places.c.name.in_(every),
        )
    )
    position = {name: k for k, place in enumerate(places) for name in names_of(place)}
    numbers = np.array([n for n, _ in found], dtype=np.int64)
    which = np.array([position[name] for _, name in found], dtype=np.int64)
    items = rows.find(numbers)
    # Duplicates that were left out are in no row.
    return items[items >= 0], which[items >= 0]


def _net(place: str, rows: Rows) -> Figure:
    """Net sentiment of the stories that name a locality, as M4 has it for that locality."""
    rows = rows.take(np.flatnonzero(rows.target))
    tone = rows.tone[rows.firsts]
    n, positive, negative = len(tone), int((tone > 0).sum()), int((tone < 0).sum())
    value, interval = None, None
    wording = f"{place}: dưới {SMALL_CELL} tin gốc nên không tính sắc thái thuần"
    if n >= SMALL_CELL:
        value = (positive - negative) / n
        low, high = net_normal(positive, negative, n)
        interval = Interval(low=low, high=high, level=LEVEL, method="normal")
        wording = (
            f"{place}: sắc thái thuần {signed(value)} điểm (KTC 95 %: {signed(low)} đến "
            f"{signed(high)}; công thức {NET_FORMULA})"
        )
    return Figure(
        key=f"net_sentiment:{place}",
        label_vi=f"{place}: sắc thái thuần = {NET_FORMULA}",
        value=value,
        numerator=positive - negative,
        denominator=n,
        n=n,
        interval=interval,
        corrected=False,
        wording=wording,
    )
