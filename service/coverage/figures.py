"""M1 volume, M2 themes and M4 sentiment (``domain/metrics.md`` section 3)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from data.problems import Place, Problem
from data.taxonomy import taxonomy
from service.coverage.answer import BASIS_VI, Basis, Coverage, Figure, Interval, Panel
from service.coverage.answer import vietnamese_number as number
from service.coverage.intervals import LEVEL, cluster_bootstrap, net_normal, wilson
from service.coverage.period import Period
from service.coverage.selection import Rows, rows_url, select_rows
from service.store.filters import Filter
from service.store.store import Store

SMALL_CELL = 30
"""Fewer stories than this: counts are printed, no percentage (``domain/metrics.md`` 4.3)."""

NET_FORMULA = "(tích cực - tiêu cực) / tổng"
_OUTPUT_NOTE = "Đây là chỉ số đầu ra, không đo nhận thức của công chúng."
_RAW_NOTE = (
    "Số liệu đếm theo nhãn máy, chưa hiệu chỉnh sai số phân loại; khoảng tin cậy (KTC) chỉ "
    "phản ánh sai số do chọn mẫu."
)
_STORY_NOTE = "Tin gốc được gộp theo văn bản trùng khớp; bản viết lại còn được tính là tin khác."

Floats = NDArray[np.float64]
Metric = Callable[[Rows, Basis], list[Figure]]


def _count(key: str, label: str, value: int, wording: str) -> Figure:
    return Figure(
        key=key,
        label_vi=label,
        value=value,
        numerator=value,
        denominator=None,
        n=value,
        interval=None,
        corrected=False,
        wording=wording,
    )


def _shares(
    rows: Rows, hits: NDArray[np.int64], labels: list[tuple[str, str]], basis: Basis
) -> list[Figure]:
    """Shares of the columns of ``hits`` [items, figures] among the units of a basis."""
    if basis == "outlets":
        named = rows.sources >= 0
        n = rows.source_count
        totals = [len(np.unique(rows.sources[named & (h > 0)])) for h in hits.T]
    else:
        units = rows.units(basis)
        n = len(units)
        totals = [int(t) for t in hits[units].sum(0)]
    enough = _enough(rows, basis)
    if basis == "items" and enough:
        low, high = cluster_bootstrap(rows.stories, hits)
    result = []
    for k, (key, label) in enumerate(labels):
        interval = None
        if enough and (basis == "stories" or (basis == "items" and totals[k] in (0, n))):
            # Drawing stories again never leaves 0 or 100 %: those cells take Wilson's.
            first_hits = int(hits[rows.firsts, k].sum())
            a, b = wilson(first_hits, len(rows.firsts))
            interval = Interval(low=a, high=b, level=LEVEL, method="wilson")
        elif enough and basis == "items":
            interval = Interval(
                low=float(low[k]),
                high=float(high[k]),
                level=LEVEL,
                method="cluster-bootstrap-by-story",
            )
        result.append(_share(key, label, totals[k], n, interval, basis, enough))
    return result


def _enough(rows: Rows, basis: Basis) -> bool:
    """Whether a cell is large enough for percentages: in stories, or in sources for outlets.

    Forty reprints of one text are one story, however many items they make.
    """
    return (rows.source_count if basis == "outlets" else len(rows.firsts)) >= SMALL_CELL


def _share(
    key: str,
    label: str,
    hits: int,
    n: int,
    interval: Interval | None,
    basis: Basis,
    enough: bool,
) -> Figure:
    unit = BASIS_VI[basis]
    wording = f"{label}: {number(hits)}/{number(n)} {unit}"
    value = None
    if enough:
        value = hits / n
        wording += f" ({number(100 * value, 1)} %)"
        if interval:
            wording += (
                f", KTC 95 %: {number(100 * interval.low, 1)} % "
                f"đến {number(100 * interval.high, 1)} %"
            )
    else:
        least = BASIS_VI["outlets" if basis == "outlets" else "stories"]
        wording += f"; dưới {SMALL_CELL} {least} nên không tính tỷ lệ"
    return Figure(
        key=key,
        label_vi=label,
        value=value,
        numerator=hits,
        denominator=n,
        n=n,
        interval=interval,
        corrected=False,
        wording=wording,
    )


def volume(rows: Rows, basis: Basis) -> list[Figure]:
    """M1: items, stories, duplication factor and outlets, whatever the basis asked for."""
    items, stories = len(rows), len(rows.firsts)
    outlets = rows.source_count
    factor = items / stories if stories else None
    return [
        _count("items", "Lượt đăng", items, f"{number(items)} lượt đăng"),
        _count("stories", "Tin gốc", stories, f"{number(stories)} tin gốc"),
        Figure(
            key="duplication",
            label_vi="Hệ số trùng",
            value=factor,
            numerator=items,
            denominator=stories,
            n=stories,
            interval=None,
            corrected=False,
            wording="-" if factor is None else f"hệ số trùng {number(factor, 1)}",
        ),
        _count("outlets", "Nguồn", outlets, f"{number(outlets)} nguồn"),
    ]


def themes(rows: Rows, basis: Basis) -> list[Figure]:
    """M2: incidence (may sum to over 100 %) and, but for outlets, partition by primary theme."""
    named = [(t.id, t.name_vi) for t in taxonomy().themes]
    figures = _shares(rows, rows.themes, [(f"incidence:{i}", v) for i, v in named], basis)
    if basis != "outlets":
        partition = np.eye(len(named), dtype=np.int64)[rows.primary]
        labels = [(f"partition:{i}", f"{v} (chủ đề chính)") for i, v in named]
        figures += _shares(rows, partition, labels, basis)
    return figures


def sentiment(rows: Rows, basis: Basis) -> list[Figure]:
    """M4 on documents that portray Vietnam or a locality: three shares and net sentiment."""
    if basis == "outlets":
        raise Problem(
            "invalid-parameter",
            "Sắc thái chỉ tính theo lượt đăng hoặc tin gốc. Hãy chọn basis khác.",
            [Place("/basis", "cần items hoặc stories")],
        )
    kept = np.flatnonzero(rows.target)
    on_target = Rows(
        stories=rows.stories[kept],
        sources=rows.sources[kept],
        themes=rows.themes[kept],
        primary=rows.primary[kept],
        tone=rows.tone[kept],
        target=rows.target[kept],
        undated=rows.undated,
        versions=rows.versions,
    )
    hits = np.stack([on_target.tone == v for v in (1, 0, -1)], axis=1).astype(np.int64)
    labels = [("positive", "Tích cực"), ("neutral", "Trung lập"), ("negative", "Tiêu cực")]
    return [*_shares(on_target, hits, labels, basis), _net(on_target, basis)]


def _net(rows: Rows, basis: Basis) -> Figure:
    tone = rows.tone[rows.units(basis)]
    n, positive, negative = len(tone), int((tone > 0).sum()), int((tone < 0).sum())
    label = f"Sắc thái thuần = {NET_FORMULA}"
    value, interval = None, None
    wording = f"Dưới {SMALL_CELL} tin gốc nên không tính sắc thái thuần"
    if _enough(rows, basis):
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


_METRICS: dict[str, tuple[Metric, list[str]]] = {
    "volume": (volume, []),
    "themes": (
        themes,
        [
            "Một tin có thể thuộc nhiều chủ đề nên tỷ lệ các chủ đề cộng lại có thể quá 100 %; "
            "các dòng (chủ đề chính) cộng lại bằng 100 %."
        ],
    ),
    "sentiment": (
        sentiment,
        ["Sắc thái của văn bản, không phải đúng sai hay thái độ của người viết."],
    ),
}
METRICS = tuple(_METRICS)
METRIC_NAMES = {"volume": "Khối lượng", "themes": "Cơ cấu chủ đề", "sentiment": "Sắc thái"}


def coverage(
    store: Store, metric: str, period: Period, chosen: Filter, basis: Basis = "stories"
) -> Coverage:
    """One metric. Raises :class:`Problem` for an unknown metric or basis."""
    if metric not in _METRICS:
        raise Problem(
            "not-found",
            f"Chưa có chỉ số {metric!r}. Các chỉ số hiện có: {', '.join(METRICS)}.",
        )
    compute, notes = _METRICS[metric]
    rows = select_rows(store, period, chosen)
    return Coverage(
        metric=metric,
        period=period.as_json(),
        filter=chosen.given(),
        basis=basis,
        figures=compute(rows, basis),
        panel=Panel(sources=rows.source_count, rule="mọi nguồn có tin trong kỳ"),
        versions=rows.versions,
        notes=[
            *notes,
            f"Không rõ ngày hoặc ghi ngày trong tương lai: {number(rows.undated)} lượt đăng, "
            "không tính vào số liệu.",
            _RAW_NOTE,
            _STORY_NOTE,
            _OUTPUT_NOTE,
        ],
        rows_url=rows_url(period, chosen),
    )
