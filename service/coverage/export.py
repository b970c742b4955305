"""A coverage answer as a table: every row carries all it takes to defend its figure."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal

from data.writing import csv_bytes, xlsx_bytes
from service.coverage.answer import Coverage, Figure
from service.coverage.figures import METRIC_NAMES

TableFormat = Literal["csv", "xlsx"]
SEPARATOR = " | "
_COLUMNS = {
    "metric": "Chỉ số",
    "period": "Kỳ",
    "from": "Từ ngày",
    "to": "Đến hết ngày",
    "timezone": "Múi giờ",
    "filter": "Bộ lọc",
    "basis": "Cách đếm",
    "key": "Mã",
    "label": "Tên",
    "value": "Giá trị",
    "numerator": "Tử số",
    "denominator": "Mẫu số",
    "n": "Số quan sát",
    "low": "Cận dưới",
    "high": "Cận trên",
    "level": "Độ tin cậy",
    "method": "Phương pháp",
    "corrected": "Đã hiệu chỉnh",
    "wording": "Diễn đạt",
    "panel_sources": "Số nguồn",
    "panel_rule": "Quy tắc chọn nguồn",
    "model_version": "Phiên bản mô hình",
    "taxonomy_version": "Phiên bản hệ chủ đề",
    "threshold_set": "Bộ ngưỡng",
    "notes": "Ghi chú",
    "rows_url": "Các dòng dữ liệu",
}
HEADER = tuple(_COLUMNS)
"""Names of the columns in CSV, where programs read them; a workbook has them in Vietnamese."""
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def table(answer: Coverage) -> list[list[Any]]:
    """One row a figure, cells in the order of :data:`HEADER`; an answer without figures has one."""
    context = _context(answer)
    rows = [{**context, **_figure(f)} for f in answer.figures] or [context]
    return [[row.get(name) for name in HEADER] for row in rows]


def table_file(answer: Coverage, kind: TableFormat) -> bytes:
    """The table as a file: dates in ISO form and decimal points in CSV, typed cells in XLSX."""
    if kind == "csv":
        return csv_bytes(HEADER, table(answer))
    return xlsx_bytes(list(_COLUMNS.values()), table(answer))


def file_names(answer: Coverage, kind: TableFormat) -> tuple[str, str]:
    """What to call the file: plain ASCII, and Vietnamese."""
    ends = (answer.period["from"] or "dau", answer.period["to"] or "nay")
    label = METRIC_NAMES.get(answer.metric, answer.metric)
    name = _NOT_IN_NAMES.sub("-", f"{label}, {answer.period['label']}")
    return f"ttdn-{answer.metric}-{'_'.join(ends)}.{kind}", f"{name}.{kind}"


def _context(answer: Coverage) -> dict[str, Any]:
    first, last = answer.period["from"], answer.period["to"]
    return {
        "metric": answer.metric,
        "period": answer.period["label"],
        "from": date.fromisoformat(first) if first else None,
        "to": date.fromisoformat(last) if last else None,
        "timezone": answer.period["timezone"],
        "filter": SEPARATOR.join(f"{k}={v}" for k, v in answer.filter.items()),
        "basis": answer.basis,
        "panel_sources": answer.panel.sources,
        "panel_rule": answer.panel.rule,
        **{name: SEPARATOR.join(used) for name, used in answer.versions.items()},
        "notes": SEPARATOR.join(answer.notes),
        "rows_url": answer.rows_url,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    interval = figure.interval
    return {
        "key": figure.key,
        "label": figure.label_vi,
        "value": _number(figure.value),
        "numerator": _number(figure.numerator),
        "denominator": _number(figure.denominator),
        "n": figure.n,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "level": interval.level if interval else None,
        "method": interval.method if interval else None,
        "corrected": figure.corrected,
        "wording": figure.wording,
    }


def _number(value: float | None) -> float | int | None:
    """A count without ".0"."""
    return int(value) if value is not None and value.is_integer() else value
