"""M14: which unit leads what, and what has no lead or no story (``domain/metrics.md``)."""

from __future__ import annotations

import numpy as np

from data.taxonomy import taxonomy
from service.coverage.answer import BASIS_VI, Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.question import Answered, Question
from service.coverage.refusals import no_outlets
from service.coverage.shares import count_figure
from service.store.reference import UnitRow, read

_ROLES = (("lead", "Chủ trì"), ("support", "Phối hợp"))
_NOTES = (
    "Không phải bảng xếp hạng đơn vị: số tin cho thấy tính thời sự nhiều hơn là khối lượng công "
    "việc. Dùng để tìm chủ đề chưa có đơn vị chủ trì hoặc chưa có tin.",
    "Mỗi tin tính theo chủ đề chính; một chủ đề có nhiều đơn vị chủ trì thì tính cho từng đơn vị.",
)
_EMPTY = (
    "Chưa có bảng phân vai nên chưa biết đơn vị nào chủ trì. Hãy nhập bằng "
    "ttdn reference import units."
)


def units(question: Question) -> Answered:
    """Units of the basis whose primary theme a unit leads or supports, and the gap list."""
    no_outlets(question, "Phân vai theo đơn vị")
    rows, basis = question.rows(), question.basis
    at = rows.units(basis)
    ids = taxonomy().ids
    primary = np.bincount(rows.primary[at], minlength=len(ids))
    with_theme = rows.themes[at].sum(0)
    table = read(question.store, UnitRow)
    figures: list[Figure] = []
    for role, word in _ROLES:
        of_unit: dict[str, set[str]] = {}
        for row in table:
            if row.role == role:
                of_unit.setdefault(row.unit, set()).add(row.theme)
        for unit, led in sorted(of_unit.items()):
            total = int(sum(primary[ids.index(theme)] for theme in led))
            wording = f"{unit}, {word.lower()}: {number(total)} {BASIS_VI[basis]}"
            figures.append(count_figure(f"{role}:{unit}", f"{word}: {unit}", total, wording))
    leads = {row.theme for row in table if row.role == "lead"}
    asked = question.chosen.theme
    gaps = [
        _gap(theme, theme in leads, int(with_theme[k]), BASIS_VI[basis])
        for k, theme in enumerate(ids)
        if (theme not in leads or not with_theme[k]) and asked in (None, theme)
    ]
    total = len(ids) if asked is None else 1
    figures.append(
        count_figure(
            "gaps",
            "Chủ đề còn trống",
            len(gaps),
            f"{number(len(gaps))}/{total} chủ đề chưa có đơn vị chủ trì hoặc chưa có tin",
        )
    )
    return Answered([*figures, *gaps], [*_NOTES, *([] if table else [_EMPTY])])


def _gap(theme: str, led: bool, found: int, unit: str) -> Figure:
    name = taxonomy().theme(theme).name_vi
    why = " và ".join(
        reason
        for reason, true in (
            ("chưa có đơn vị chủ trì", not led),
            ("chưa có tin trong kỳ", not found),
        )
        if true
    )
    return count_figure(
        f"gap:{theme}", f"Còn trống: {name}", found, f"{name}: {why} ({number(found)} {unit})"
    )
