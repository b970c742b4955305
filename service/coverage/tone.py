"""M4: tone shares and net sentiment (``domain/metrics.md`` section 3)."""

from __future__ import annotations

import numpy as np

from data.problems import Place, Problem
from service.coverage.answer import Basis, Figure, Interval
from service.coverage.correction import (
    Corrected,
    as_counted,
    corrected_tones,
    net_figure,
    share_figure,
)
from service.coverage.intervals import LEVEL, cluster_bootstrap, net_normal
from service.coverage.question import Answered, Question
from service.coverage.rounding import points
from service.coverage.selection import Rows
from service.coverage.shares import SMALL_CELL, enough, share_figures

NET_FORMULA = "(tích cực - tiêu cực) / tổng"
_NET_LABEL = f"Sắc thái thuần = {NET_FORMULA}"
_LABELS = [("positive", "Tích cực"), ("neutral", "Trung lập"), ("negative", "Tiêu cực")]
_NOTE = "Sắc thái của văn bản, không phải đúng sai hay thái độ của người viết."


def sentiment(question: Question) -> Answered:
    """Three shares and net sentiment, on documents that portray Vietnam or a locality.

    Corrected for the classifier's errors where that can be, with the plain counts beside.
    """
    basis = question.basis
    if basis == "outlets":
        raise Problem(
            "invalid-parameter",
            "Sắc thái chỉ tính theo lượt đăng hoặc tin gốc. Hãy chọn basis khác.",
            [Place("/basis", "cần items hoặc stories")],
        )
    rows = question.rows(("source_type",))
    rows = rows.take(np.flatnonzero(rows.target))
    hits = np.stack([rows.tone == v for v in (1, 0, -1)], axis=1).astype(np.int64)
    counted = [*share_figures(rows, hits, _LABELS, basis), _net(rows, basis)]
    if not enough(rows, basis):
        return Answered(counted, [_NOTE])
    corrected, notes = corrected_tones(question, rows)
    if corrected is None:
        return Answered(counted, [_NOTE, *notes])
    figures = [*_figures(corrected, counted[0].n), *map(as_counted, counted)]
    return Answered(figures, [_NOTE, *corrected.notes])


def _figures(corrected: Corrected, n: int) -> list[Figure]:
    *shares, net = [e for e in corrected.estimates if e is not None]
    return [
        *(
            share_figure(key, label, found, corrected, n)
            for (key, label), found in zip(_LABELS, shares, strict=True)
        ),
        net_figure(_NET_LABEL, NET_FORMULA, net, corrected, n),
    ]


def _net(rows: Rows, basis: Basis) -> Figure:
    tone = rows.tone[rows.units(basis)]
    n, positive, negative = len(tone), int((tone > 0).sum()), int((tone < 0).sum())
    value, interval = None, None
    wording = f"Dưới {SMALL_CELL} tin gốc nên không tính sắc thái thuần"
    if enough(rows, basis):
        value = (positive - negative) / n
        if basis == "stories":
            low, high = net_normal(positive, negative, n)
            method = "normal"
        else:
            a, b = cluster_bootstrap(rows.stories, rows.tone[:, None])
            low, high, method = float(a[0]), float(b[0]), "cluster-bootstrap-by-story"
        interval = Interval(low=low, high=high, level=LEVEL, method=method)
        half = (high - low) / 2
        wording = (
            f"Sắc thái thuần {points(value, half)} điểm (KTC 95 %: {points(low, half)} đến "
            f"{points(high, half)}; công thức {NET_FORMULA})"
        )
    return Figure(
        key="net_sentiment",
        label_vi=_NET_LABEL,
        value=value,
        numerator=positive - negative,
        denominator=n,
        n=n,
        interval=interval,
        corrected=False,
        wording=wording,
    )
