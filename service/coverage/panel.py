"""The constant panel: sources collected without a gap in every span that is compared.

``domain/metrics.md`` section 2: at least 90 % of the days of each span with a successful fetch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select, union
from sqlalchemy.sql import Select

from service.coverage.answer import Panel
from service.coverage.answer import vietnamese_number as number
from service.store.days import day_number
from service.store.reference_tables import source_days
from service.store.store import Store
from service.store.tables import facts

Ints = NDArray[np.int64]
LEAST_PERCENT = 90
RULE = f"nguồn cố định: thu thập thành công ít nhất {LEAST_PERCENT} % số ngày của mỗi kỳ so sánh"
NO_DATA = "-; chưa thu thập được dữ liệu nào trong kỳ, không phải là không có tin"
_FROM_FETCHES = "Số ngày thu thập lấy từ bảng source-days."
_FROM_DOCUMENTS = (
    "Bảng source-days chưa có dữ liệu cho {which}, nên ngày nào nguồn có bài đăng thì coi là đã "
    "thu thập; nguồn ít đăng bài có thể bị loại khỏi nguồn cố định."
)


@dataclass(frozen=True)
class PanelSources:
    """Sources of the panel by their numbers in ``facts``, ascending; ``note`` is never empty."""

    sources: Ints
    rule: str
    note: str

    @property
    def count(self) -> int:
        """How many sources there are."""
        return len(self.sources)

    def holds(self, sources: Ints) -> NDArray[np.bool_]:
        """Whether each of these sources is of the panel."""
        return np.isin(sources, self.sources)

    def shown(self) -> Panel:
        """The ``panel`` member of an answer."""
        return Panel(sources=self.count, rule=self.rule)


def constant_panel(store: Store, spans: Sequence[tuple[date, date]]) -> PanelSources:
    """Sources fetched on at least 90 % of the days of every span, ends included.

    A span for which ``source-days`` holds nothing takes a day with a document for a fetched one,
    and the note says so. A source that the table leaves out of a span was not fetched there.
    """
    found: list[Ints] = []
    from_documents = 0
    for first, last in spans:
        rows = _fetched_days(store, first, last)
        if rows is None:
            rows = _days_with_documents(store, first, last)
            from_documents += 1
        days = (last - first).days + 1
        found.append(np.unique(rows[100 * rows[:, 1] >= LEAST_PERCENT * days, 0]))
    sources = reduce(np.intersect1d, found) if found else np.empty(0, dtype=np.int64)
    note = f"Nguồn cố định: {number(len(sources))} nguồn. {_basis_note(from_documents, len(spans))}"
    return PanelSources(sources, RULE, note)


def collected_days(store: Store, first: date, last: date) -> int:
    """Days with a successful fetch of any source, or a document.

    Where it is 0, nothing was looked at: a count of 0 would say more than is known.
    """
    fetched = select(source_days.c.day).where(
        *_inside(source_days.c.day, first, last), source_days.c.fetched.is_(True)
    )
    published = select(facts.c.day).where(*_inside(facts.c.day, first, last))
    days = union(fetched, published).subquery()
    return int(store.tuples(select(func.count()).select_from(days))[0][0])


def _basis_note(from_documents: int, spans: int) -> str:
    if from_documents == 0:
        return _FROM_FETCHES
    which = (
        "các kỳ so sánh"
        if from_documents == spans
        else f"{from_documents} trong {spans} kỳ so sánh"
    )
    return _FROM_DOCUMENTS.format(which=which)


def _fetched_days(store: Store, first: date, last: date) -> Ints | None:
    """[sources, (source, fetched days)], None when the table holds nothing of the span."""
    inside = _inside(source_days.c.day, first, last)
    total = func.sum(source_days.c.fetched.cast(source_days.c.day.type))
    rows = _table(
        store,
        select(source_days.c.source, total).where(*inside).group_by(source_days.c.source),
    )
    return rows if len(rows) else None


def _days_with_documents(store: Store, first: date, last: date) -> Ints:
    """[sources, (source, days with a document of it)], themes or not."""
    named = (*_inside(facts.c.day, first, last), facts.c.source.is_not(None))
    days = select(facts.c.source, facts.c.day).where(*named).distinct().subquery()
    return _table(store, select(days.c.source, func.count()).group_by(days.c.source))


def _inside(day: ColumnElement[int], first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return day >= day_number(first), day <= day_number(last)


def _table(store: Store, query: Select[tuple[int, int]]) -> Ints:
    return np.array(store.tuples(query), dtype=np.int64).reshape(-1, 2)
