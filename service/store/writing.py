"""Documents and predictions into rows, many at a time, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update

from data.schema import TEXT_FIELDS, Document
from model.prediction import Prediction
from model.preparation import prepare
from service.store.days import clock, day_number, vietnamese_day
from service.store.facts import IN_A_QUERY, chunks, computed, fact_row, labels_in_force, put
from service.store.hashing import text_hash, words_of
from service.store.stories import Arrived, Span, join_spans, settle, stories_of
from service.store.story_tables import story_texts
from service.store.tables import (
    document_places,
    documents,
    facts,
    prediction_themes,
    predictions,
)

ABOUT = ("needs_review", "taxonomy_version", "threshold_set")


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to write, with its prepared words and the hash of its content.

    ``replaces``: hash of the text that the store has under its id, None when the id is new.
    """

    document: Document
    prediction: Prediction
    words: Sequence[str]
    content: str
    replaces: str | None


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries with distinct ids. Their rows of figures are written with them."""
    hashes = {e.document.id: text_hash(e.words) for e in entries}
    rows = {e.document.id: _document_row(e, hashes[e.document.id]) for e in entries}
    new = [e.document.id for e in entries if e.replaces is None]
    replaced = [e for e in entries if e.replaces is not None]
    if new:
        connection.execute(insert(documents), [rows[i] for i in new])
    if replaced:
        _replace(connection, replaced, rows)
    places = [
        {"document_id": e.document.id, "kind": kind, "name": name}
        for e in entries
        for kind, names in (("locality", e.document.locality), ("unit", e.document.unit))
        for name in sorted(set(names))
    ]
    if places:
        connection.execute(insert(document_places), places)
    write_predictions(connection, [e.prediction for e in entries])
    arrived = _arrived((rows[e.document.id], e.words) for e in entries)
    stories = settle(connection, arrived, {e.replaces for e in replaced if e.replaces})
    # Content that was labelled once may come back.
    human = labels_in_force(connection, [e.document.id for e in replaced])
    figures = {
        e.document.id: fact_row(
            rows[e.document.id],
            stories[hashes[e.document.id]],
            _label(e.prediction),
            human.get(e.document.id),
            {name: getattr(e.prediction, name) for name in ABOUT},
        )
        for e in entries
    }
    if new:
        connection.execute(insert(facts), [figures[i] for i in new])
    put(connection, [figures[e.document.id] for e in replaced])


def _arrived(rows: Iterable[tuple[Mapping[str, Any], Sequence[str]]]) -> dict[str, Arrived]:
    """Texts of rows of ``documents`` given with their words."""
    found: dict[str, Arrived] = {}
    for row, words in rows:
        day = day_number(row["published_day"])
        span: Span = None if row["published_day"] is None else (day, day)
        known = found.get(row["text_hash"])
        found[row["text_hash"]] = Arrived(words, join_spans(known.span if known else None, span))
    return found


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


def complete(connection: Connection) -> None:
    """Make stories and rows of figures of documents that were stored before there were such."""
    if connection.scalar(select(story_texts.c.text).limit(1)) is None:
        _complete_stories(connection)
    count = select(func.count())
    if connection.scalar(count.select_from(facts)) == connection.scalar(
        count.select_from(documents)
    ):
        return
    query = (
        select(documents.c.id, documents.c.text_hash)
        .outerjoin(facts, facts.c.document_id == documents.c.id)
        .where(facts.c.document_id.is_(None))
        .order_by(documents.c.id)
    )
    for part in chunks(connection.execute(query).all()):
        found = stories_of(connection, {text for _, text in part})
        stories = {i: found[text] for i, text in part}
        put(connection, computed(connection, list(stories), stories))


def _complete_stories(connection: Connection) -> None:
    """Assign every document to its story."""
    wanted = ("id", "text_hash", "published_day", *TEXT_FIELDS)
    after = ""
    while True:
        query = select(*(documents.c[n] for n in wanted)).where(documents.c.id > after)
        found = connection.execute(query.order_by(documents.c.id).limit(IN_A_QUERY))
        rows = [dict(row) for row in found.mappings()]
        if not rows:
            return
        after = rows[-1]["id"]
        texts = [{n: r[n] for n in ("id", *TEXT_FIELDS)} for r in rows]
        words = [words_of(prepare(Document.model_construct(**t)).text) for t in texts]
        stories = settle(connection, _arrived(zip(rows, words, strict=True)))
        connection.execute(
            update(facts)
            .where(facts.c.document_id == bindparam("b_id"))
            .values(story=bindparam("b_story")),
            [{"b_id": r["id"], "b_story": stories[r["text_hash"]]} for r in rows],
        )


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
