"""Back-fills: tags of stored documents under another model, beside the old ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from data.schema import TEXT_FIELDS, Document
from model.prediction import Prediction
from service.store.facts import chunks
from service.store.filters import within
from service.store.store import Store
from service.store.tables import documents, facts, retags
from service.store.writing import refresh, remove_predictions, write_predictions


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored document to tag again, as it was when it was read."""

    document: Document
    content: str
    version: str
    day: int


def outdated(
    store: Store, version: str, first: date | None, last: date | None, after: str, limit: int
) -> list[Stored]:
    """Documents of a period, in order of id, whose tags are another model's and text is whole."""
    wanted = ("id", "content_hash", "model_version", *TEXT_FIELDS)
    query = (
        select(*(documents.c[n] for n in wanted), facts.c.day)
        .join_from(documents, facts, facts.c.document_id == documents.c.id)
        .where(*_others(version, first, last), documents.c.text_cut_at.is_(None))
        .where(documents.c.id > after)
        .order_by(documents.c.id)
        .limit(limit)
    )
    with store.transaction() as connection:
        return [
            Stored(
                Document.model_construct(id=row["id"], **{n: row[n] for n in TEXT_FIELDS}),
                row["content_hash"],
                row["model_version"],
                row["day"],
            )
            for row in connection.execute(query).mappings()
        ]


def without_text(store: Store, version: str, first: date | None, last: date | None) -> int:
    """How many of a period have another model's tags and no whole text left."""
    query = (
        select(func.count())
        .select_from(documents.join(facts, facts.c.document_id == documents.c.id))
        .where(*_others(version, first, last), documents.c.text_cut_at.is_not(None))
    )
    return int(store.tuples(query)[0][0])


def _others(version: str, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    return [documents.c.model_version != version, *within(first, last)]


def put_tags(
    store: Store, run: int | None, given: Sequence[tuple[Stored, Prediction]]
) -> tuple[int | None, int]:
    """Make predictions the current tags of their documents, in one transaction with its record.

    A document that changed since it was read is left alone. ``run``: number of the record to add
    to, None for the first batch. The number, and how many documents were tagged.
    """
    with store.writing() as connection:
        there: dict[str, tuple[str, str]] = {}
        for part in chunks([s.document.id for s, _ in given]):
            query = select(documents.c.id, documents.c.content_hash, documents.c.model_version)
            rows = connection.execute(query.where(documents.c.id.in_(part)))
            there |= {i: (content, version) for i, content, version in rows}
        same = [(s, p) for s, p in given if there.get(s.document.id) == (s.content, s.version)]
        if not same:
            return run, 0
        new = [p for _, p in same]
        remove_predictions(connection, [(p.id, p.model_version) for p in new])
        write_predictions(connection, new)
        connection.execute(
            update(documents)
            .where(documents.c.id == bindparam("b_id"))
            .values(model_version=bindparam("b_version")),
            [{"b_id": p.id, "b_version": p.model_version} for p in new],
        )
        refresh(connection, [p.id for p in new])
        return _record(connection, run, same), len(same)


def _record(
    connection: Connection, run: int | None, done: Sequence[tuple[Stored, Prediction]]
) -> int:
    """Write what was done so far: a run that is broken off is on record too."""
    days = [s.day for s, _ in done if s.day >= 0]
    row: dict[str, Any] = {
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        "from_versions": sorted({s.version for s, _ in done}),
        "to_version": done[0][1].model_version,
        "documents": len(done),
        "finished_at": datetime.now(UTC),
    }
    if run is None:
        number: int = connection.execute(
            insert(retags).values(row).returning(retags.c.id)
        ).scalar_one()
        return number
    known = connection.execute(select(retags).where(retags.c.id == run)).mappings().one()
    ends = [d for d in (row["first_day"], known["first_day"]) if d is not None]
    row["first_day"] = min(ends, default=None)
    ends = [d for d in (row["last_day"], known["last_day"]) if d is not None]
    row["last_day"] = max(ends, default=None)
    row["from_versions"] = sorted({*row["from_versions"], *known["from_versions"]})
    row["documents"] += known["documents"]
    connection.execute(update(retags).where(retags.c.id == run).values(row))
    return run
