"""Full texts are kept for some days, then an excerpt; what finds a re-sent item stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from data.schema import TEXT_FIELDS, Document
from model.preparation import prepare
from service.store.tables import documents

EXCERPT = 300
"""Longest excerpt, in code points of prepared text: enough to recognise a text by."""


def cut_texts(connection: Connection, now: datetime, keep_days: int, most: int) -> int:
    """Cut up to ``most`` texts that were stored over ``keep_days`` days before ``now``; how many.

    The title stays, up to the length of an excerpt; the start of the running text becomes ``text``.
    """
    wanted = (documents.c.id, *(documents.c[n] for n in TEXT_FIELDS))
    query = (
        select(*wanted)
        .where(
            documents.c.text_cut_at.is_(None),
            documents.c.stored_at < now.astimezone(UTC) - timedelta(days=keep_days),
        )
        .order_by(documents.c.stored_at)
        .limit(most)
    )
    rows = [_excerpt(dict(row)) for row in connection.execute(query).mappings()]
    if rows:
        connection.execute(
            update(documents)
            .where(documents.c.id == bindparam("b_id"))
            .values(
                title=bindparam("b_title"),
                text=bindparam("b_text"),
                sapo=None,
                body=None,
                text_cut_at=now.astimezone(UTC),
            ),
            rows,
        )
    return len(rows)


def _excerpt(row: dict[str, str | None]) -> dict[str, str | None]:
    prepared = prepare(Document.model_construct(**{"locality": [], **row}))  # type: ignore[arg-type]
    running = "\n".join(s.mapped.text for s in prepared.segments if s.field != "title")
    title = row["title"]
    return {
        "b_id": row["id"],
        "b_title": None if title is None else title[:EXCERPT],
        "b_text": running[:EXCERPT] or None,
    }
