"""M2: which themes, by incidence and by partition (``domain/metrics.md`` section 3)."""

from __future__ import annotations

import numpy as np

from data.taxonomy import taxonomy
from service.coverage.answer import Figure
from service.coverage.correction import as_counted, corrected_themes, share_figure
from service.coverage.question import Answered, Question
from service.coverage.selection import Rows
from service.coverage.shares import enough, share_figures

_NOTE = (
    "Một tin có thể thuộc nhiều chủ đề nên tỷ lệ các chủ đề cộng lại có thể quá 100 %; "
    "các dòng (chủ đề chính) cộng lại bằng 100 %, và chỉ các dòng này vẽ được biểu đồ tròn."
)


def themes(question: Question) -> Answered:
    """Incidence (may sum to over 100 %) and, but for outlets, partition by primary theme.

    Incidence is corrected for the classifier's errors where it can be, and counted beside; the
    partition is counted.
    """
    rows, basis = question.rows(("source_type",)), question.basis
    named = [(t.id, t.name_vi) for t in taxonomy().themes]
    figures, notes = _incidence(question, rows)
    if basis != "outlets":
        partition = np.eye(len(named), dtype=np.int64)[rows.primary]
        labels = [(f"partition:{i}", f"{v} (chủ đề chính)") for i, v in named]
        figures += share_figures(rows, partition, labels, basis)
    return Answered(figures, [_NOTE, *notes])


def _incidence(question: Question, rows: Rows) -> tuple[list[Figure], list[str]]:
    basis = question.basis
    named = [(f"incidence:{t.id}", t.name_vi) for t in taxonomy().themes]
    counted = share_figures(rows, rows.themes, named, basis)
    if basis == "outlets" or not enough(rows, basis):
        return counted, []
    corrected, notes = corrected_themes(question, rows)
    if corrected is None:
        return counted, notes
    figures, beside = [], []
    for (key, label), plain, found in zip(named, counted, corrected.estimates, strict=True):
        if found is None:
            figures.append(plain)
            continue
        figures.append(share_figure(key, label, found, corrected, plain.n))
        beside.append(as_counted(plain))
    return [*figures, *beside], corrected.notes
