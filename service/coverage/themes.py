"""M2: which themes, by incidence and by partition (``domain/metrics.md`` section 3)."""

from __future__ import annotations

import numpy as np

from data.taxonomy import taxonomy
from service.coverage.question import Answered, Question
from service.coverage.shares import share_figures

_NOTE = (
    "Một tin có thể thuộc nhiều chủ đề nên tỷ lệ các chủ đề cộng lại có thể quá 100 %; "
    "các dòng (chủ đề chính) cộng lại bằng 100 %."
)


def themes(question: Question) -> Answered:
    """Incidence (may sum to over 100 %) and, but for outlets, partition by primary theme."""
    rows, basis = question.rows(), question.basis
    named = [(t.id, t.name_vi) for t in taxonomy().themes]
    figures = share_figures(rows, rows.themes, [(f"incidence:{i}", v) for i, v in named], basis)
    if basis != "outlets":
        partition = np.eye(len(named), dtype=np.int64)[rows.primary]
        labels = [(f"partition:{i}", f"{v} (chủ đề chính)") for i, v in named]
        figures += share_figures(rows, partition, labels, basis)
    return Answered(figures, [_NOTE])
