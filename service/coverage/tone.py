"""M4: tone shares and net sentiment (``domain/metrics.md`` section 3)."""

from __future__ import annotations

import numpy as np

from data.problems import Place, Problem
from service.coverage.answer import Basis, Figure, Interval
from service.coverage.answer import vietnamese_number as number
from service.coverage.intervals import LEVEL, cluster_bootstrap, net_normal
from service.coverage.question import Answered, Question
from service.coverage.selection import Rows
from service.coverage.shares import SMALL_CELL, enough, share_figures

NET_FORMULA = "(tích cực - tiêu cực) / tổng"
_NOTE = "Sắc thái của văn bản, không phải đúng sai hay thái độ của người viết."


def sentiment(question: Question) -> Answered:
    """Three shares and net sentiment, on documents that portray Vietnam or a locality."""
    basis = question.basis
    if basis == "outlets":
        raise Problem(
            "invalid-parameter",
            "Sắc thái chỉ tính theo lượt đăng hoặc tin gốc. Hãy chọn basis khác.",
            [Place("/basis", "cần items hoặc stories")],
        )
    rows = question.rows()
    rows = rows.take(np.flatnonzero(rows.target))
    hits = np.stack([rows.tone == v for v in (1, 0, -1)], axis=1).astype(np.int64)
    labels = [("positive", "Tích cực"), ("neutral", "Trung lập"), ("negative", "Tiêu cực")]
    return Answered([*share_figures(rows, hits, labels, basis), _net(rows, basis)], [_NOTE])


def _net(rows: Rows, basis: Basis) -> Figure:
    tone = rows.tone[rows.units(basis)]
    n, positive, negative = len(tone), int((tone > 0).sum()), int((tone < 0).sum())
    label = f"Sắc thái thuần = {NET_FORMULA}"
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
        wording = (
            f"Sắc thái thuần {_points(value)} điểm (KTC 95 %: {_points(low)} đến {_points(high)}; "
            f"công thức {NET_FORMULA})"
        )
    return Figure(
        key="net_sentiment",
        label_vi=label,
        value=value,
        numerator=positive - negative,
        denominator=n,
        n=n,
        interval=interval,
        corrected=False,
        wording=wording,
    )


def _points(value: float) -> str:
    return f"{'+' if value > 0 else ''}{number(100 * value)}"
