"""Events that units reported, with the documents that people linked to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.coverage.moments import Span, span, span_of
from service.coverage.question import Question
from service.store.days import day_number, vietnamese_day
from service.store.filters import Filter
from service.store.linked import linked
from service.store.reference import EventRow, read


@dataclass(frozen=True)
class Event:
    """An event: its official time and the times of the linked documents that count."""

    name: str
    at: Span
    published: Sequence[Span]


def events(question: Question, chosen: Filter) -> list[Event]:
    """Events of the period; documents in the filter count, whenever they were published.

    Rows with one name and one official time are one event. Under a filter an event stays, even with
    no document left: that it was not covered there is what the filter asks.
    """
    documents: dict[tuple[str, str], list[str]] = {}
    times: dict[tuple[str, str], Span] = {}
    first = None if question.period.first is None else day_number(question.period.first)
    for row in read(question.store, EventRow):
        day = day_number(vietnamese_day(row.occurred_at))
        if (first is None or first <= day) and day <= day_number(question.last):
            key = (row.event, row.occurred_at.isoformat())
            documents.setdefault(key, []).append(row.document_id)
            times[key] = span_of(row.occurred_at)
    ids = {i for listed in documents.values() for i in listed}
    found = linked(question.store, ids, chosen, question.today)
    return [
        Event(
            name=key[0],
            at=times[key],
            published=[span(found[i].day, found[i].second) for i in listed if i in found],
        )
        for key, listed in documents.items()
    ]
