"""M12: real space, cyberspace and channels (``domain/metrics.md`` section 3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from service.coverage.answer import Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.events import events
from service.coverage.kinds import kind_figures, kinds, unseen
from service.coverage.question import Answered, Question
from service.coverage.shares import count_figure
from service.store.filters import Filter

_SPACES = (("real", "Không gian thực"), ("cyber", "Không gian mạng"))
_MOST_CHANNELS = 30
_NOTES = (
    "Một tin gốc vừa ra ở không gian thực vừa có trên mạng được tính cho cả hai, nên tỷ lệ cộng "
    "lại có thể quá 100 %.",
    "Không gian thực gồm báo in, phát thanh, truyền hình, sự kiện, triển lãm, ấn phẩm; máy chỉ "
    "thấy những gì có văn bản, còn sự kiện thì do đơn vị báo cáo.",
)


def space(question: Question) -> Answered:
    """Shares of the two spaces and of the channels; real space is never said to be 0 %."""
    rows, basis = question.rows(("space", "channel")), question.basis
    spaces, channels = kinds(rows.names["space"]), kinds(rows.names["channel"])
    figures: list[Figure] = []
    for name, label in _SPACES:
        hits = spaces.is_(name)[:, None].astype(np.int64)
        [figure] = kind_figures(rows, hits, [(f"space:{name}", label)], basis)
        figures.append(figure if figure.numerator else unseen(figure))
    reported = _reported(question)
    by_units = f"sự kiện do đơn vị báo cáo: {number(reported)}"
    figures[0] = figures[0].model_copy(update={"wording": f"{figures[0].wording}; {by_units}"})
    figures.append(
        count_figure(
            "events_reported",
            "Sự kiện do đơn vị báo cáo",
            reported,
            f"Sự kiện do đơn vị báo cáo: {number(reported)}",
        )
    )
    shown = channels.known[:_MOST_CHANNELS]
    unsaid = [channels.is_(None), spaces.is_(None)]
    figures += kind_figures(
        rows,
        np.concatenate([channels.hits(shown), np.stack(unsaid, axis=1)], axis=1),
        [
            *((f"channel:{c}", f"Kênh {c}") for c in shown),
            ("channel:unknown", "Không ghi kênh"),
            ("space:unknown", "Không ghi không gian"),
        ],
        basis,
    )
    notes = list(_NOTES)
    if len(channels.known) > len(shown):
        rest = len(channels.known) - len(shown)
        notes.append(f"Chỉ liệt kê {len(shown)} kênh nhiều nhất; còn {number(rest)} kênh khác.")
    return Answered(figures, notes)


def _reported(question: Question) -> int:
    """Events of the period; under a filter those with a linked document in it.

    The filter's own space and channel say nothing about events.
    """
    given: dict[str, Any] = {
        k: v for k, v in question.chosen.given().items() if k not in ("space", "channel")
    }
    found = events(question, Filter(**given))
    return sum(bool(e.published) for e in found) if given else len(found)
