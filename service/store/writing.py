"""Documents and predictions into rows, many at a time, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from data.schema import TEXT_FIELDS, Document
from model.prediction import Prediction
from service.store.days import clock, vietnamese_day
from service.store.facts import chunks, computed, fact_row, labels_in_force, put
from service.store.hashing import prepared_words, text_hash
from service.store.stories import assign
from service.store.tables import (
    document_places,
    documents,
    facts,
    prediction_themes,
    predictions,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to write; ``replaces`` says that its id is in the store already."""

    document: Document
    prediction: Prediction
    content: str
    replaces: bool


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries with distinct ids. Their rows of figures are written with them."""
    replaced = [e.document.id for e in entries if e.replaces]
    words = {e.document.id: prepared_words(e.document) for e in entries}
    hashes = {i: text_hash(w) for i, w in words.items()}
    rows = {e.document.id: _document_row(e, hashes[e.document.id]) for e in entries}
    if new := [rows[e.document.id] for e in entries if not e.replaces]:
        connection.execute(insert(documents), new)
    if replaced:
        _replace(connection, [e for e in entries if e.replaces], rows)
    places = [
        {"document_id": e.document.id, "kind": kind, "name": name}
        for e in entries
        for kind, names in (("locality", e.document.locality), ("unit", e.document.unit))
        for name in sorted(set(names))
    ]
    if places:
        connection.execute(insert(document_places), places)
    write_predictions(connection, [e.prediction for e in entries])
    # Content that was labelled once may come back.
    human = labels_in_force(connection, replaced)
    stories = assign(connection, {hashes[i]: w for i, w in words.items()})
    put(
        connection,
        [
            fact_row(
                rows[e.document.id],
                stories[hashes[e.document.id]],
                _label(e.prediction),
                human.get(e.document.id),
                e.prediction.model_dump(
                    include={"needs_review", "taxonomy_version", "threshold_set"}
                ),
            )
            for e in entries
        ],
    )


def write_predictions(connection: Connection, given: Sequence[Prediction]) -> None:
    """Insert predictions; their keys must be free."""
    if not given:
        return
    connection.execute(insert(predictions), [_prediction_row(p) for p in given])
    themes = [
        {
            "document_id": p.id,
            "model_version": p.model_version,
            "theme": t.id,
            "rank": rank,
            "score": t.score,
        }
        for p in given
        for rank, t in enumerate(p.themes)
    ]
    if themes:
        connection.execute(insert(prediction_themes), themes)


def remove_predictions(connection: Connection, keys: Sequence[tuple[str, str]]) -> None:
    """Delete predictions by document and model version."""
    for part in chunks(keys, 250):
        for table in (prediction_themes, predictions):
            connection.execute(
                delete(table).where(tuple_(table.c.document_id, table.c.model_version).in_(part))
            )


def refresh(connection: Connection, ids: Sequence[str]) -> None:
    """Compute the rows of figures of these documents again."""
    stories: dict[str, int] = {}
    for part in chunks(ids):
        query = select(facts.c.document_id, facts.c.story).where(facts.c.document_id.in_(part))
        stories |= dict(connection.execute(query).tuples().all())
    put(connection, computed(connection, ids, stories))


def complete_facts(connection: Connection, batch: int = 500) -> None:
    """Make the rows of figures of documents that were stored before there were such rows."""
    query = (
        select(documents.c.id, documents.c.text_hash)
        .outerjoin(facts, facts.c.document_id == documents.c.id)
        .where(facts.c.document_id.is_(None))
        .order_by(documents.c.id)
    )
    missing = connection.execute(query).all()
    for part in chunks(missing, batch):
        stories = {i: int(text[:15], 16) for i, text in part}
        put(connection, computed(connection, list(stories), stories))


def _label(prediction: Prediction) -> tuple[list[str], str | None]:
    tone = prediction.sentiment
    return [t.id for t in prediction.themes], tone.label if tone else None


def _replace(
    connection: Connection, entries: Sequence[Entry], rows: dict[str, dict[str, Any]]
) -> None:
    ids = [e.document.id for e in entries]
    columns = [name for name in rows[ids[0]] if name != "id"]
    connection.execute(
        update(documents)
        .where(documents.c.id == bindparam("b_id"))
        .values({name: bindparam(f"b_{name}") for name in columns}),
        [{f"b_{name}": value for name, value in rows[i].items()} for i in ids],
    )
    for part in chunks(ids):
        connection.execute(delete(document_places).where(document_places.c.document_id.in_(part)))
    remove_predictions(connection, [(e.document.id, e.prediction.model_version) for e in entries])


_KEPT = {
    *TEXT_FIELDS, "id", "url", "source_id", "source_country", "source_type", "media_type",
    "space", "channel", "language", "original_language", "is_translation", "audience",
}  # fmt: skip


def _document_row(entry: Entry, text: str) -> dict[str, Any]:
    document = entry.document
    row: dict[str, Any] = {
        **document.model_dump(include=_KEPT),
        "content_hash": entry.content,
        "text_hash": text,
        "published_at": clock(document.published_at),
        "published_day": vietnamese_day(document.published_at),
        "collected_at": clock(document.collected_at),
        "collected_day": vietnamese_day(document.collected_at),
        "model_version": entry.prediction.model_version,
        "stored_at": datetime.now(UTC),
        "text_cut_at": None,
    }
    # PostgreSQL holds no NUL in text.
    return {k: v.replace("\x00", "\ufffd") if isinstance(v, str) else v for k, v in row.items()}


def _prediction_row(prediction: Prediction) -> dict[str, Any]:
    tone = prediction.sentiment
    return {
        "document_id": prediction.id,
        **prediction.model_dump(
            include={
                "model_version", "outside_ttdn", "target_present", "groups", "needs_review",
                "reasons", "truncated", "taxonomy_version", "threshold_set", "processed_at",
            }
        ),
        "sentiment": tone.label if tone else None,
        "sentiment_scores": tone.scores if tone else None,
        "detected_language": prediction.language,
    }  # fmt: skip
