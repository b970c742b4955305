"""M10: how soon events are covered and texts arrive (``domain/metrics.md`` section 3)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from service.coverage.answer import Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.events import Event, events
from service.coverage.lags import NEVER, quantile, share_within
from service.coverage.moments import HOUR, Span, between, duration_vi
from service.coverage.question import Answered, Question
from service.coverage.shares import SMALL_CELL, count_figure
from service.store.samples import cut, freshness

_WITHIN = (24, 72)
_NOTES = (
    "Độ trễ của một sự kiện tính từ giờ chính thức đến tin đăng sớm nhất do người nối với sự kiện; "
    "sự kiện chưa có tin vẫn nằm trong mẫu số.",
    "Thời điểm chỉ ghi ngày được coi là cả ngày đó (0 giờ đến 24 giờ), không tính ra giờ.",
)


def timeliness(question: Question) -> Answered:
    """Lags of the events of the period, and freshness of the documents published in it."""
    found = events(question, question.chosen)
    lags = [lag(event) for event in found]
    clocked = np.array([of.low for of, e in zip(lags, found, strict=True) if _has_clock(of, e)])
    covered = sum(of is not NEVER for of in lags)
    figures = [
        count_figure("events", "Sự kiện", len(lags), f"{number(len(lags))} sự kiện trong kỳ"),
        count_figure(
            "events_uncovered",
            "Sự kiện chưa có tin",
            len(lags) - covered,
            f"{number(len(lags) - covered)} sự kiện chưa có tin trong phạm vi đang xem",
        ),
        _lag_quantile("median_lag", "Độ trễ trung vị", 0.5, clocked, len(lags)),
        _lag_quantile("p90_lag", "Độ trễ bách phân vị 90", 0.9, clocked, len(lags)),
        *(
            share_within(
                hours, lags, f"within_{hours}h", f"Có tin trong {hours} giờ", "sự kiện",
                "sự kiện chỉ ghi ngày nên không rõ",
            )
            for hours in _WITHIN
        ),
        *_freshness(question),
    ]  # fmt: skip
    return Answered(figures, list(_NOTES))


def lag(event: Event) -> Span:
    """From the official time to the earliest document, :data:`NEVER` without one."""
    if not event.published:
        return NEVER
    earliest = Span(min(p.low for p in event.published), min(p.high for p in event.published))
    return between(event.at, earliest)


def _has_clock(of: Span, event: Event) -> bool:
    return event.at.exact if of is NEVER else of.exact


def _lag_quantile(
    key: str, label: str, q: float, clocked: NDArray[np.float64], events_in_all: int
) -> Figure:
    value = None
    of = f"trên {number(len(clocked))}/{number(events_in_all)} sự kiện có ghi giờ"
    if not len(clocked):
        wording = f"{label}: chưa có sự kiện nào ghi giờ"
    elif math.isinf(seconds := quantile(clocked, q)):
        wording = f"{label}: chưa xác định được vì còn nhiều sự kiện chưa có tin ({of})"
    else:
        value = seconds / HOUR
        wording = f"{label}: {duration_vi(seconds)} ({of})"
    return _hours(key, label, value, len(clocked), wording)


def _hours(key: str, label: str, value: float | None, n: int, wording: str) -> Figure:
    return Figure(
        key=key,
        label_vi=f"{label} (giờ)",
        value=value,
        numerator=None,
        denominator=None,
        n=n,
        interval=None,
        corrected=False,
        wording=wording,
    )


def _freshness(question: Question) -> list[Figure]:
    """Percentiles of ``collected - published`` and ``first tagged - collected``, over items."""
    counted = question.rows().numbers["number"]
    numbers, times = freshness(
        question.store, question.chosen, question.period.first, question.last, cut(len(counted))
    )
    times = times[np.isin(numbers, counted)]
    figures = []
    for name, label, delays in (
        ("collect", "Thu thập sau khi đăng", times[:, 1] - times[:, 0]),
        ("process", "Gán nhãn sau khi thu thập", times[:, 2] - times[:, 1]),
    ):
        known = delays[~np.isnan(delays)]
        of = f"trên {number(len(known))} lượt đăng có đủ giờ"
        if len(times) < len(counted):
            of += ", mẫu ngẫu nhiên"
        for percent in (50, 95):
            value, wording = None, f"{label}: chỉ {number(len(known))} lượt đăng có đủ giờ"
            if len(known) >= SMALL_CELL:
                seconds = quantile(known, percent / 100)
                value = seconds / HOUR
                wording = f"{label}: {percent} % trong vòng {duration_vi(seconds)} ({of})"
            figures.append(
                _hours(f"{name}_p{percent}", f"{label}, p{percent}", value, len(known), wording)
            )
    return figures
