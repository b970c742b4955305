"""M8: opportunities to see, from supplied audience figures alone (``domain/metrics.md``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from service.coverage.answer import Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.question import Answered, Question
from service.store.counting import counted
from service.store.hashing import number as source_number
from service.store.reference import AudienceRow, read
from service.store.tables import facts

Ints = NDArray[np.int64]
SOCIAL = ("social_page", "forum", "video")
_NOTES = (
    "Cơ hội tiếp xúc không phải số người đã xem: mười bài trên một báo có 1.000 độc giả là 10.000 "
    "cơ hội, nhưng vẫn nhiều nhất 1.000 người. Không nhân hệ số.",
    "Tính theo lượt đăng. Người theo dõi nhiều nguồn bị cộng nhiều lần, nên tiếp cận tối đa là mức "
    "trần.",
)
_NONE = (
    "Không có số công chúng cho nguồn nào của kỳ: hãy nhập bảng audience. Hệ thống không ước lượng "
    "thay."
)


def reach(question: Question) -> Answered:
    """OTS over items and the ceiling of people reached; null where no audience was supplied."""
    rows = question.rows()
    named = rows.sources[rows.sources >= 0]
    sources, items = np.unique(named, return_counts=True)
    supplied = _latest(read(question.store, AudienceRow), question.last)
    known = np.isin(sources, np.array(list(supplied), dtype=np.int64))
    pages = known & np.isin(sources, _social(question))
    known &= ~pages
    used = [supplied[int(s)] for s in sources[known]]
    audience = np.array([row.audience for row in used])
    notes = [*_NOTES] if used else [_NONE]
    lacking = len(sources) - int(known.sum()) - int(pages.sum())
    if lacking or len(named) < len(rows):
        without = len(rows) - len(named) + int(items[~known & ~pages].sum())
        notes.append(
            f"Chưa có số công chúng: {number(lacking)}/{number(len(sources))} nguồn, kể cả nguồn "
            f"không ghi tên là {number(without)}/{number(len(rows))} lượt đăng; không tính vào."
        )
    if pages.any():
        notes.append(
            "Không cộng người theo dõi giữa các nền tảng: bỏ ra "
            f"{number(int(pages.sum()))} trang mạng xã hội, diễn đàn, kênh video. Muốn tính, hãy "
            "chọn một channel."
        )
    if used:
        notes.append(_origin(used))
    return Answered(
        [
            _figure("ots", "Cơ hội tiếp xúc (OTS)", audience, items[known], "cơ hội tiếp xúc"),
            _figure("reach_max", "Tiếp cận tối đa", audience, np.ones_like(items[known]), "người"),
        ],
        notes,
        basis="items",
    )


def _latest(rows: Sequence[AudienceRow], last: date) -> dict[int, AudienceRow]:
    """The figure of each source: the latest up to a day, else the earliest after it."""
    later = sorted((r for r in rows if r.as_of > last), key=lambda r: r.as_of, reverse=True)
    until = sorted((r for r in rows if r.as_of <= last), key=lambda r: r.as_of)
    return {source_number(row.source_id): row for row in (*later, *until)}


def _social(question: Question) -> Ints:
    """Sources whose audience is a count of followers, unless one platform or source is chosen."""
    if question.chosen.channel or question.chosen.source_id:
        return np.empty(0, dtype=np.int64)
    query = select(facts.c.source).where(
        *counted(question.chosen, question.period.first, question.last),
        facts.c.source_type.in_(SOCIAL),
        facts.c.source.is_not(None),
    )
    return np.array([s for (s,) in question.store.tuples(query.distinct())], dtype=np.int64)


def _origin(used: list[AudienceRow]) -> str:
    publishers = ", ".join(sorted({row.publisher for row in used}))
    days = sorted({row.as_of for row in used})
    first, last = (f"{d.day}-{d.month}-{d.year}" for d in (days[0], days[-1]))
    when = first if first == last else f"{first} đến {last}"
    return f"Số công chúng do {publishers} công bố, thời điểm {when}."


def _figure(key: str, label: str, audience: NDArray[np.float64], times: Ints, unit: str) -> Figure:
    total = float((audience * times).sum()) if len(audience) else None
    n = int(times.sum())
    of = "lượt đăng" if key == "ots" else "nguồn"
    most = "" if key == "ots" else "nhiều nhất "
    wording = "-" if total is None else f"{most}{number(total)} {unit}, từ {number(n)} {of}"
    return Figure(
        key=key,
        label_vi=label,
        value=total,
        numerator=total,
        denominator=None,
        n=n,
        interval=None,
        corrected=False,
        wording=wording,
    )
