"""M17: how good the measurement itself is, printed with every report (``domain/metrics.md``)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import numpy as np

from service.coverage.answer import Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.drift import FEWEST, LIMIT, stability_index
from service.coverage.question import Answered, Question
from service.coverage.refusals import no_outlets
from service.coverage.shares import SMALL_CELL, count_figure, share_figures
from service.store.audit_labels import Audited, audited
from service.store.counting import VERSIONS
from service.store.feeds import Feed, feeds, undated_collected
from service.store.reference import SourceRow, read
from service.store.samples import primary_scores

_LEAST_FETCHED = 0.9
_MOST_NAMED = 10
_NOT_NAMED = ("social_page", "forum", "video")
_VERSION_VI = {
    "model_version": "Phiên bản mô hình",
    "taxonomy_version": "Phiên bản hệ chủ đề",
    "threshold_set": "Bộ ngưỡng",
}
_NOTE = (
    f"Chỉ số dịch chuyển điểm trên {number(LIMIT, 1)} thì phải kiểm tra lại mẫu trước khi công bố."
)


def quality(question: Question) -> Answered:
    """Audit, review, feeds, dates, versions and drift of the period."""
    no_outlets(question, "Chất lượng đo")
    rows = question.rows()
    hits = np.stack([rows.numbers["needs_review"], rows.numbers["human"]], axis=1)
    labels = [("needs_review", "Cần người rà soát"), ("human_label", "Có nhãn của người")]
    sample = audited(question.store, question.chosen, question.last)
    figures = [
        _audit(question, sample),
        *share_figures(rows, hits, labels, question.basis),
        *_feeds(question),
        _undated(question, len(rows)),
        *_versions(question),
        _drift(question, sample),
    ]
    return Answered(figures, [_NOTE])


def _audit(question: Question, sample: list[Audited]) -> Figure:
    first = question.period.first
    inside = [a for a in sample if first is None or a.day >= first]
    wording = "Chưa có mẫu kiểm tra trong kỳ: sai số phân loại của kỳ này chưa được đo"
    if inside:
        when = _vn(max(a.labelled for a in inside))
        wording = f"Mẫu kiểm tra {number(len(inside))} văn bản, gán nhãn xong ngày {when}"
    size = len(inside) or None
    return _figure("audit_size", "Mẫu kiểm tra", size, size, None, len(inside), wording)


def _feeds(question: Question) -> list[Figure]:
    rows = read(question.store, SourceRow)
    found = feeds(question.store, {r.source_id for r in rows}, question.period.first, question.last)
    expected, fetched = sum(f.expected for f in found), sum(f.fetched for f in found)
    if not expected:
        wording = (
            "Chưa có bảng ngày thu thập (source-days) cho kỳ này nên không biết nguồn có đứt không"
        )
        return [_figure("feed_uptime", "Nguồn hoạt động", None, None, None, 0, wording)]
    share = fetched / expected if expected >= SMALL_CELL else None
    percent = "" if share is None else f" ({number(100 * share, 1)} %)"
    poor = [f for f in found if f.fetched < _LEAST_FETCHED * f.expected]
    return [
        _figure(
            "feed_uptime",
            "Nguồn hoạt động",
            share,
            fetched,
            expected,
            expected,
            f"Thu thập thành công {number(fetched)}/{number(expected)} lượt nguồn × ngày "
            f"của {number(len(found))} nguồn{percent}",
        ),
        _figure(
            "feeds_with_gaps",
            "Nguồn bị đứt quãng",
            len(poor),
            len(poor),
            len(found),
            len(found),
            _gaps(poor, rows),
        ),
    ]


def _gaps(poor: list[Feed], rows: list[SourceRow]) -> str:
    """Names the worst, but no page of an account."""
    percent = number(100 * _LEAST_FETCHED)
    text = f"{number(len(poor))} nguồn thu thập được dưới {percent} % số ngày"
    accounts = {r.source_id for r in rows if r.source_type in _NOT_NAMED}
    named = [f for f in poor if f.source_id not in accounts]
    named.sort(key=lambda f: (f.fetched / f.expected, f.source_id))
    if named:
        listed = ", ".join(
            f"{f.source_id} ({number(f.fetched)}/{number(f.expected)} ngày)"
            for f in named[:_MOST_NAMED]
        )
        text += f": {listed}{' …' if len(named) > _MOST_NAMED else ''}"
    return text


def _undated(question: Question, dated: int) -> Figure:
    """Of the items of the period and the undated ones that came in during it, the undated ones."""
    undated = undated_collected(
        question.store, question.chosen, question.period.first, question.last, question.today
    )
    n = dated + undated
    value = undated / n if n >= SMALL_CELL else None
    wording = f"Không rõ ngày: {number(undated)}/{number(n)} lượt đăng"
    if value is not None:
        wording += f" ({number(100 * value, 1)} %)"
    return _figure("undated", "Không rõ ngày", value, undated, n, n, wording)


def _versions(question: Question) -> list[Figure]:
    figures = []
    for name in VERSIONS:
        used = question.versions[name]
        wording = f"{_VERSION_VI[name]}: {', '.join(used) if used else 'chưa có tin trong kỳ'}"
        if len(used) > 1:
            wording += "; số liệu của kỳ ghép từ nhiều phiên bản"
        figures.append(count_figure(name, _VERSION_VI[name], len(used), wording))
    return figures


def _drift(question: Question, sample: list[Audited]) -> Figure:
    """Scores of the period against the month of the latest audit, or else the month before."""
    label = "Dịch chuyển điểm (PSI)"
    start = question.period.first or question.last
    before = start.replace(day=1) - timedelta(days=1)
    month = max((a.day for a in sample), default=before)
    first = month.replace(day=1)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    which = f"tháng {month.month}-{month.year}"
    which += (
        " (tháng có mẫu kiểm tra)" if sample else " (chưa có mẫu kiểm tra, so với tháng liền trước)"
    )
    reference = primary_scores(question.store, question.chosen, first, last)
    current = primary_scores(question.store, question.chosen, question.period.first, question.last)
    value = stability_index(reference, current)
    n = min(len(reference), len(current))
    if value is None:
        wording = f"{label}: chưa đủ {FEWEST} văn bản ở kỳ này hoặc ở {which}"
    else:
        verdict = (
            f"trên {number(LIMIT, 1)}, phải kiểm tra lại mẫu trước khi công bố"
            if value > LIMIT
            else "ổn định"
        )
        wording = f"{label}: {number(value, 2)} so với {which}, {verdict}"
    return _figure("drift_psi", label, value, None, None, n, wording)


def _vn(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"


def _figure(
    key: str,
    label: str,
    value: float | None,
    numerator: float | None,
    denominator: float | None,
    n: int,
    wording: str,
) -> Figure:
    return Figure(
        key=key,
        label_vi=label,
        value=value,
        numerator=numerator,
        denominator=denominator,
        n=n,
        interval=None,
        corrected=False,
        wording=wording,
    )
