"""The constant panel, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from service.coverage.panel import LEAST_PERCENT, constant_panel
from service.store.hashing import number
from service.store.reference import SourceDayRow, replace
from service.store.store import Store
from tests.service.test_store import document, prediction

MARCH = (date(2026, 3, 1), date(2026, 3, 10))
YEAR_BEFORE = (date(2025, 3, 1), date(2025, 3, 10))


def fetched(source: str, span: tuple[date, date], days: int) -> list[SourceDayRow]:
    """Of the days of a span, the first ``days`` were fetched and the others failed."""
    length = (span[1] - span[0]).days + 1
    return [
        SourceDayRow(source_id=source, day=span[0] + timedelta(k), fetched=k < days)
        for k in range(length)
    ]


def published(store: Store, source: str, span: tuple[date, date], days: int) -> None:
    for k in range(days):
        day = span[0] + timedelta(k)
        name = f"{source} {day}"
        fields = {"source_id": source, "published_at": day.isoformat()}
        store.save([(document(name, name, **fields), prediction(name))])


def test_nine_fetched_days_of_ten_in_both_spans(store: Store) -> None:
    assert LEAST_PERCENT == 90
    replace(
        store,
        SourceDayRow,
        [
            *fetched("đủ", MARCH, 9), *fetched("đủ", YEAR_BEFORE, 10),
            *fetched("hụt", MARCH, 8), *fetched("hụt", YEAR_BEFORE, 10),
            *fetched("mới", MARCH, 10),
        ],
    )  # fmt: skip
    found = constant_panel(store, [MARCH, YEAR_BEFORE])
    assert found.sources.tolist() == [number("đủ")]
    assert found.sources.dtype == np.int64
    assert (found.count, found.shown().sources) == (1, 1)
    assert found.holds(np.array([number("hụt"), number("đủ"), -1])).tolist() == [False, True, False]
    assert "1 nguồn" in found.note
    assert "source-days" in found.note
    assert constant_panel(store, [MARCH]).count == 2


def test_days_with_documents_stand_in_where_no_fetches_were_given(store: Store) -> None:
    published(store, "ngày nào cũng đăng", MARCH, 10)
    published(store, "đăng thưa", MARCH, 8)
    store.save([(document("x", published_at="2026-03-01"), prediction("x"))])
    found = constant_panel(store, [MARCH])
    assert found.sources.tolist() == [number("ngày nào cũng đăng")]
    assert "coi là đã thu thập" in found.note


def test_each_span_is_read_from_what_there_is_of_it(store: Store) -> None:
    published(store, "Báo", YEAR_BEFORE, 10)
    published(store, "Báo", MARCH, 10)
    replace(store, SourceDayRow, fetched("Báo", MARCH, 8))
    assert constant_panel(store, [YEAR_BEFORE]).count == 1
    # Documents came in on every day, but the table says on which days the fetch worked.
    both = constant_panel(store, [MARCH, YEAR_BEFORE])
    assert both.count == 0
    assert "1 trong 2 kỳ" in both.note


@pytest.mark.parametrize("spans", [[], [MARCH], [MARCH, YEAR_BEFORE]])
def test_an_empty_store_has_an_empty_panel(store: Store, spans: list[tuple[date, date]]) -> None:
    assert constant_panel(store, spans).count == 0
