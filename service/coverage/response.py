"""M11: how soon false claims are answered (``domain/metrics.md`` section 3).

Cases are opened, linked and closed by people. A case without an answer is right-censored at the
time of the report and stays in every denominator.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

import numpy as np

from service.coverage.answer import Figure, Interval, Panel
from service.coverage.answer import vietnamese_number as number
from service.coverage.intervals import LEVEL
from service.coverage.lags import NEVER, share_within
from service.coverage.moments import HOUR, Span, between, days_vi, duration_vi, now, span, span_of
from service.coverage.question import Answered, Question
from service.coverage.refusals import only_filters
from service.coverage.shares import SMALL_CELL, count_figure
from service.coverage.survival import kaplan_meier
from service.store.case_records import Case
from service.store.cases import CaseFilter, read_cases
from service.store.linked import linked_dated
from service.store.store import Store

_WITHIN = (24, 72)
_RULE = "không dựa trên danh sách nguồn: vụ việc và văn bản trả lời do người mở và nối"
_NOTES = (
    "Vụ việc do người mở, nối văn bản và đóng; máy không tự xác định. Không phải thông tin nào "
    "cũng cần trả lời, nên tỷ lệ trả lời thấp chưa chắc là yếu kém.",
    "Trung vị ước lượng theo Kaplan-Meier: vụ chưa trả lời được tính đến thời điểm lập báo cáo và "
    "luôn nằm trong mẫu số. Trung vị chỉ của các vụ đã trả lời sẽ ngắn hơn thực tế.",
    "Tỷ số lặp lại giảm có thể do văn bản trả lời có tác dụng, cũng có thể do hết thời sự.",
    "Thời điểm chỉ ghi ngày được coi là cả ngày đó, không tính ra giờ.",
    "Đây là chỉ số đầu ra, không đo nhận thức của công chúng.",
)


@dataclass(frozen=True)
class Waiting:
    """How long a case took to be answered, or has been waiting, in seconds."""

    lasted: Span
    answered: bool


def response(question: Question) -> Answered:
    """Cases whose first claim lies in the period, as they stand when asked."""
    only_filters(
        question, ("locality", "unit"), "Vụ việc làm rõ chỉ lọc được theo địa phương và đơn vị."
    )
    chosen = question.chosen
    every = read_cases(
        question.store,
        CaseFilter(last=question.last, locality=chosen.locality, unit=chosen.unit),
    )
    kept = [c for c in every if c.closed_as != "mistake"]
    first = question.period.first
    inside = [c for c in kept if first is None or _day(c) >= first]
    before = [c for c in kept if first is not None and _day(c) < first]
    report = now()
    waiting = [_waiting(case, report) for case in inside]
    lags = [w.lasted if w.answered else NEVER for w in waiting]
    figures = [
        *_counts(inside, before),
        _median(waiting),
        *(
            share_within(
                hours, lags, f"within_{hours}h", f"Trả lời trong {hours} giờ", "vụ",
                "vụ chỉ ghi ngày nên không rõ",
            )
            for hours in _WITHIN
        ),
        _echo(question.store, inside, report),
    ]  # fmt: skip
    mistakes = len(every) - len(kept)
    notes = [*_NOTES, *([f"Đã bỏ {number(mistakes)} vụ mở nhầm."] if mistakes else [])]
    return Answered(
        figures, notes, Panel(sources=0, rule=_RULE), counted=False, rows_url=_url(question)
    )


def _day(case: Case) -> date:
    at = case.claimed_at
    return at.date() if isinstance(at, datetime) else at


def _url(question: Question) -> str:
    first = question.period.first
    query = {
        **({"from": first.isoformat()} if first else {}),
        "to": max(question.last, first or question.last).isoformat(),
        **question.chosen.given(),
    }
    return f"/v1/cases?{urlencode(query)}"


def _waiting(case: Case, report: float) -> Waiting:
    claimed = span_of(case.claimed_at)
    end = Span(report, report) if case.answered_at is None else span_of(case.answered_at)
    lasted = between(claimed, end)
    # On one and the same bare day the answer came after the claim all the same.
    return Waiting(Span(max(0, lasted.low), max(0, lasted.high)), case.answered_at is not None)


def _counts(inside: Sequence[Case], before: Sequence[Case]) -> list[Figure]:
    answered = sum(c.answered_at is not None for c in inside)
    dropped = sum(c.closed_as == "no_answer" for c in inside)
    waiting = len(inside) - answered - dropped
    older = sum(c.answered_at is None and c.closed_as is None for c in before)
    return [
        count_figure(key, label, value, f"{label}: {number(value)} vụ")
        for key, label, value in (
            ("cases", "Vụ việc phát sinh trong kỳ", len(inside)),
            ("answered", "Đã trả lời", answered),
            ("open", "Còn mở", waiting),
            ("closed_unanswered", "Đóng mà không trả lời", dropped),
            ("open_before", "Phát sinh trước kỳ, còn mở", older),
        )
    ]


def _median(waiting: Sequence[Waiting]) -> Figure:
    """Kaplan-Meier median in hours, from the least and from the most the cases can have lasted."""
    label = "Thời gian trả lời trung vị (Kaplan-Meier, giờ)"
    n, happened = len(waiting), np.array([w.answered for w in waiting], dtype=bool)
    value = interval = None
    if not n:
        wording = "Không có vụ việc nào trong kỳ"
    else:
        least = kaplan_meier(np.array([w.lasted.low for w in waiting]), happened).median()
        most = kaplan_meier(np.array([w.lasted.high for w in waiting]), happened).median()
        known = Span(least[0], most[0])
        if math.isinf(known.high):
            wording = "Chưa xác định được trung vị: chưa đủ nửa số vụ được trả lời"
        elif not known.exact:
            wording = f"Trung vị {days_vi(known)}, vì có vụ chỉ ghi ngày"
        else:
            value = known.low / HOUR
            low, high = least[1], most[2]
            wording = f"Trung vị {duration_vi(known.low)}"
            if math.isinf(high):
                wording += f" (KTC 95 %: từ {duration_vi(low)}, chưa xác định được cận trên)"
            else:
                interval = Interval(
                    low=low / HOUR, high=high / HOUR, level=LEVEL, method="kaplan-meier-log-log"
                )
                wording += f" (KTC 95 %: {duration_vi(low)} đến {duration_vi(high)})"
        wording += f", tính trên {number(n)} vụ, {number(n - int(happened.sum()))} vụ chưa trả lời"
    return Figure(
        key="median_response",
        label_vi=label,
        value=value,
        numerator=None,
        denominator=None,
        n=n,
        interval=interval,
        corrected=False,
        wording=wording,
    )


def _echo(store: Store, inside: Sequence[Case], report: float) -> Figure:
    """Stories that repeat the claim after the answer, over those before it, in answered cases."""
    answered = [c for c in inside if c.answered_at is not None]
    ids = {i for c in answered for i in c.claim_document_ids}
    found = linked_dated(store, ids)
    after = before = unclear = 0
    for case in answered:
        assert case.answered_at is not None
        answer = span_of(case.answered_at)
        sides: tuple[set[int], set[int]] = (set(), set())
        for row in (found[i] for i in case.claim_document_ids if i in found):
            at = span(row.day, row.second)
            if at.low > answer.high and at.low <= report:
                sides[0].add(row.story)
            elif at.high <= answer.low:
                sides[1].add(row.story)
            else:
                unclear += 1
        after, before = after + len(sides[0]), before + len(sides[1])
    label = "Tỷ số lặp lại sau và trước khi trả lời"
    wording = f"Tin lặp lại thông tin sai: {number(after)} sau, {number(before)} trước khi trả lời"
    value = after / before if before and after + before >= SMALL_CELL else None
    if value is not None:
        wording += f", tỷ số {number(value, 2)}"
    elif answered:
        wording += f"; dưới {SMALL_CELL} tin gốc nên không tính tỷ số"
    if unclear:
        wording += f"; {number(unclear)} lượt đăng cùng ngày trả lời, không rõ trước hay sau"
    return Figure(
        key="echo",
        label_vi=label,
        value=value,
        numerator=after,
        denominator=before,
        n=after + before,
        interval=None,
        corrected=False,
        wording=wording,
    )
