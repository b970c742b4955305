"""Rows of figures of documents that people linked to something."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from service.store.counting import counted
from service.store.facts import chunks
from service.store.filters import Filter
from service.store.store import Store
from service.store.tables import facts


@dataclass(frozen=True, slots=True)
class Linked:
    """When a document was published and of which story it is."""

    day: int
    second: int | None
    story: int


def linked(store: Store, ids: Collection[str], chosen: Filter, last: date) -> dict[str, Linked]:
    """Of these documents, the ones that figures count: in the filter, dated, not after ``last``."""
    return _read(store, ids, counted(chosen, None, last))


def linked_dated(store: Store, ids: Collection[str]) -> dict[str, Linked]:
    """Of these documents, the ones with a known day, whatever the machine says they are about."""
    return _read(store, ids, [facts.c.day >= 0])


def _read(
    store: Store, ids: Collection[str], where: list[ColumnElement[bool]]
) -> dict[str, Linked]:
    found: dict[str, Linked] = {}
    query = select(facts.c.document_id, facts.c.day, facts.c.second, facts.c.story).where(*where)
    for part in chunks(sorted(ids)):
        rows = store.tuples(query.where(facts.c.document_id.in_(part)))
        found |= {i: Linked(day, second, story) for i, day, second, story in rows}
    return found
