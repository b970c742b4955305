"""M9: message pull-through, from people's codings alone (``domain/metrics.md`` section 3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.problems import Place, Problem
from service.coverage.answer import Figure, Panel
from service.coverage.answer import vietnamese_number as number
from service.coverage.panel import NO_DATA, collected_days
from service.coverage.plain_share import plain_share
from service.coverage.question import Answered, Question
from service.coverage.selection import Rows, select_rows
from service.coverage.shares import count_figure
from service.store.counting import LABELS
from service.store.days import EPOCH
from service.store.hashing import number as document_number
from service.store.reference import MessageRow, read

Ints = NDArray[np.int64]
UNCODED = -1
_RULE = "mọi nguồn có tin trong kỳ trên kênh khác tự đưa (earned)"
_EARNED = (
    "Chỉ tính tin do kênh khác tự đưa (media_type là earned); kênh của ta lặp lại thông điệp là "
    "đương nhiên."
)
_NONE = (
    "Chưa có tin nào của kỳ được người mã hóa theo thông điệp: hãy nhập bảng messages. Không lấy "
    "tỷ trọng chủ đề thay cho thông điệp."
)


def messages(question: Question) -> Answered:
    """Share of earned stories that carry each message, and any of them."""
    question.stories_only()
    chosen = question.chosen
    if chosen.media_type not in (None, "earned"):
        raise Problem(
            "invalid-parameter",
            "Thông điệp chỉ tính trên tin do kênh khác tự đưa. Hãy bỏ media_type hoặc chọn earned.",
            [Place("/media_type", "cần earned")],
        )
    rows = select_rows(
        question.store,
        chosen.model_copy(update={"media_type": "earned"}),
        question.period.first,
        question.last,
        numbers=LABELS,
    )
    names, found = _codings(question, rows)
    panel = Panel(sources=rows.source_count, rule=_RULE)
    n = len(rows.firsts)
    earned = count_figure("earned", "Tin gốc kênh khác tự đưa", n, f"{number(n)} tin gốc")
    if not n and _nothing_collected(question):
        earned = _undefined("earned", earned.label_vi, NO_DATA)
    if not names:
        return Answered(
            [earned, _figure("any", _ANY, np.empty(0, np.int64))], [_EARNED, _NONE], panel
        )
    figures = [
        _figure(f"message:{key}", wording, column)
        for (key, wording), column in zip(names.items(), found.T, strict=True)
    ]
    whole = found[(found != UNCODED).all(1)]
    figures.append(_figure("any", _ANY, whole.max(1)))
    notes = [_EARNED, "Thông điệp do người mã hóa; tin mang thông điệp khi có bản đăng mang nó."]
    if len(whole) < n:
        notes.append(
            f"Mới mã hóa đủ mọi thông điệp cho {number(len(whole))}/{number(n)} tin; tỷ lệ tính "
            "trên tin đã mã hóa và chỉ đúng cho mọi tin khi tin được chọn ngẫu nhiên để mã hóa."
        )
    return Answered([earned, *figures], notes, panel)


_ANY = "Có ít nhất một thông điệp"


def _codings(question: Question, rows: Rows) -> tuple[dict[str, str], Ints]:
    """Wording by message, and [stories, messages]: 1 carried, 0 not, :data:`UNCODED`.

    Only messages that were looked for in these rows. A story is coded through any of its items.
    """
    stories, story_of = np.unique(rows.stories, return_inverse=True)
    codings = read(question.store, MessageRow)
    numbers = np.array([document_number(row.document_id) for row in codings], dtype=np.int64)
    places = rows.find(numbers)
    used = [(codings[k], story_of[places[k]]) for k in np.flatnonzero(places >= 0)]
    names: dict[str, str] = {}
    for row, _ in used:
        names.setdefault(row.message, row.wording)
    column = {message: k for k, message in enumerate(names)}
    found = np.full((len(stories), len(names)), UNCODED, dtype=np.int64)
    for row, story in used:
        cell = story, column[row.message]
        found[cell] = max(found[cell], int(row.hit))
    return names, found


def _figure(key: str, label: str, column: Ints) -> Figure:
    """A share among the coded stories of a column of 1, 0 and :data:`UNCODED`."""
    coded = column[column != UNCODED]
    if len(coded):
        return plain_share(key, label, int(coded.sum()), len(coded), "tin đã mã hóa")
    return _undefined(key, label, f"{label}: -; chưa có tin nào được mã hóa")


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


def _nothing_collected(question: Question) -> bool:
    first = question.period.first or EPOCH
    return not collected_days(question.store, first, question.last)
