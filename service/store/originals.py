"""From which language translated documents were made."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from service.store.counting import counted
from service.store.filters import Filter
from service.store.store import Store
from service.store.tables import documents, facts


def original_languages(
    store: Store, chosen: Filter, first: date | None, last: date
) -> list[tuple[int, str | None]]:
    """``facts.number`` and original language of each document that is given as a translation."""
    query = (
        select(facts.c.number, documents.c.original_language)
        .join_from(facts, documents, documents.c.id == facts.c.document_id)
        .where(*counted(chosen, first, last), facts.c.is_translation.is_(True))
    )
    return [(number, name) for number, name in store.tuples(query)]
