"""Which correction a figure gets, and how a corrected figure reads (``domain/metrics.md`` 4.3).

On stories, the difference estimator where an audit speaks for the question; else adjusted counting,
marked as an estimate; else none, and the notes say why.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.taxonomy import taxonomy
from service.coverage.adjusted import (
    Tallies,
    adjusted_incidence,
    adjusted_tones,
    class_notes,
    known_errors,
)
from service.coverage.answer import Figure, Interval
from service.coverage.answer import vietnamese_number as number
from service.coverage.audit_use import InUse, audit_in_use
from service.coverage.audited import Estimate
from service.coverage.intervals import LEVEL
from service.coverage.quantify import Adjusted
from service.coverage.question import Question
from service.coverage.rounding import percent, points
from service.coverage.selection import Rows

AUDITED = "difference-estimator"
ADJUSTED = "adjusted-counting-bootstrap"
COUNTED_NOTE = "Các dòng (đếm) là số đếm theo nhãn, chưa hiệu chỉnh sai số phân loại."
_TAGGED_NOTE = (
    "Chỉ tính tin đã được gán vào TTĐN; tin bị bỏ sót không nằm trong số liệu hay mẫu kiểm tra."
)
_ADJUSTED_NOTE = (
    "Số ước tính giả định mô hình vẫn sai như khi đo; nếu cách viết thay đổi (ví dụ sau một sự cố) "
    "thì cần mẫu kiểm tra ngẫu nhiên của kỳ."
)


@dataclass(frozen=True)
class Corrected:
    """Estimates in the order asked for, None where one figure cannot be corrected."""

    estimates: list[Estimate | None]
    method: str
    how: str
    notes: list[str]

    @property
    def estimated(self) -> bool:
        """Whether the figures rest on errors measured elsewhere."""
        return self.method == ADJUSTED


def corrected_tones(question: Question, rows: Rows) -> tuple[Corrected | None, list[str]]:
    """Positive, neutral, negative, net sentiment; ``rows`` with ``source_type``, of a target.

    Second: what has to be said when there is no correction.
    """
    if question.chosen.sentiment is not None:
        return None, ["Đã lọc theo sắc thái nên không hiệu chỉnh được tỷ lệ sắc thái."]
    used, notes = _audit(question)
    if used is not None and (found := used.tones()):
        return _audited(used, list(found), notes), []
    notes += _too_few(used)
    errors, why = known_errors(question)
    if errors is None:
        return None, [*notes, *why]
    tallies = Tallies(rows, question.basis)
    adjusted = adjusted_tones(tallies, rows.tone[rows.units(question.basis)], errors)
    if adjusted is None:
        return None, [*notes, "Sai số đã đo của mô hình chưa đủ để hiệu chỉnh sắc thái."]
    said = [*notes, *class_notes(tallies, errors)]
    return _adjusted(_estimates(adjusted, len(tallies.human)), said), []


def corrected_themes(question: Question, rows: Rows) -> tuple[Corrected | None, list[str]]:
    """Incidence of each theme, in the order of the taxonomy; as :func:`corrected_tones`."""
    used, notes = _audit(question)
    if used is not None and (found := used.incidences()):
        return _audited(used, list(found), notes), []
    notes += _too_few(used)
    if question.chosen.theme is not None:
        return None, [
            *notes,
            "Đã lọc theo chủ đề nên chưa hiệu chỉnh được tỷ lệ chủ đề khi không có mẫu kiểm tra.",
        ]
    errors, why = known_errors(question)
    if errors is None:
        return None, [*notes, *why]
    tallies = Tallies(rows, question.basis)
    tagged = rows.themes[rows.units(question.basis)]
    estimates: list[Estimate | None] = []
    for k in range(len(taxonomy().ids)):
        adjusted = adjusted_incidence(tallies, tagged[:, k], k, errors)
        estimates += [None] if adjusted is None else _estimates(adjusted, len(tagged))
    return _adjusted(estimates, [*notes, *class_notes(tallies, errors)]), []


def _audit(question: Question) -> tuple[InUse | None, list[str]]:
    return audit_in_use(question) if question.basis == "stories" else (None, [])


def _too_few(used: InUse | None) -> list[str]:
    if used is None:
        return []
    return [
        f"Mẫu kiểm tra số {used.names} có quá ít tin thuộc bộ lọc này nên không dùng để hiệu chỉnh."
    ]


def _audited(used: InUse, estimates: list[Estimate | None], notes: list[str]) -> Corrected:
    how = f"hiệu chỉnh theo mẫu kiểm tra {number(used.audited)} tin"
    said = f"Số đã hiệu chỉnh theo mẫu kiểm tra ngẫu nhiên số {used.names}, do người gán nhãn."
    return Corrected(estimates, AUDITED, how, [said, *notes, COUNTED_NOTE, _TAGGED_NOTE])


def _adjusted(estimates: list[Estimate | None], notes: list[str]) -> Corrected:
    how = "hiệu chỉnh theo sai số đã đo của mô hình"
    return Corrected(estimates, ADJUSTED, how, [_ADJUSTED_NOTE, *notes, COUNTED_NOTE, _TAGGED_NOTE])


def _estimates(adjusted: Adjusted, n: int) -> list[Estimate | None]:
    rows = zip(adjusted.point, adjusted.low, adjusted.high, strict=True)
    return [Estimate(float(p), float(a), float(b), float(p) * n, n) for p, a, b in rows]


def as_counted(figure: Figure) -> Figure:
    """A counted figure that stands beside its corrected one, under a key of its own."""
    label = f"{figure.label_vi} (đếm)"
    return figure.model_copy(
        update={
            "key": f"{figure.key}:counted",
            "label_vi": label,
            "wording": figure.wording.replace(figure.label_vi, label, 1),
        }
    )


def share_figure(key: str, label: str, found: Estimate, corrected: Corrected, n: int) -> Figure:
    """A corrected share; ``n``: units counted."""
    half = (found.high - found.low) / 2
    marked = "ước tính " if corrected.estimated else ""
    wording = (
        f"{label}: {marked}{percent(found.value, half)} (KTC 95 %: {percent(found.low, half)} đến "
        f"{percent(found.high, half)}; {corrected.how})"
    )
    return _figure(key, label, found, corrected, n, wording)


def net_figure(label: str, formula: str, found: Estimate, corrected: Corrected, n: int) -> Figure:
    """Corrected net sentiment, with its formula; ``n``: units counted."""
    half = (found.high - found.low) / 2
    marked = "ước tính " if corrected.estimated else ""
    wording = (
        f"Sắc thái thuần {marked}{points(found.value, half)} điểm (KTC 95 %: "
        f"{points(found.low, half)} đến {points(found.high, half)}; công thức {formula}; "
        f"{corrected.how})"
    )
    return _figure("net_sentiment", label, found, corrected, n, wording)


def _figure(
    key: str, label: str, found: Estimate, corrected: Corrected, n: int, wording: str
) -> Figure:
    return Figure(
        key=key,
        label_vi=label,
        value=found.value,
        numerator=found.numerator,
        denominator=found.denominator,
        n=n,
        interval=Interval(low=found.low, high=found.high, level=LEVEL, method=corrected.method),
        corrected=True,
        wording=wording,
    )
