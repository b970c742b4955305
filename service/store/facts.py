"""Narrow rows for figures: made with their document, and computable again from the other tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, delete, insert, select

from data.taxonomy import taxonomy
from service.store.days import day_number, second_of_day
from service.store.hashing import number
from service.store.tables import (
    documents,
    facts,
    human_labels,
    prediction_themes,
    predictions,
)

IN_A_QUERY = 500  # under SQLite's limit of bound variables
TONES = {"positive": 1, "neutral": 0, "negative": -1}
COPIED = (
    "source_country",
    "source_type",
    "media_type",
    "space",
    "channel",
    "language",
    "is_translation",
)
WORLD = "world_affairs"


T = TypeVar("T")


def chunks(values: Collection[T], size: int = IN_A_QUERY) -> Iterable[list[T]]:
    """Pieces that fit into one query."""
    listed = list(values)
    return (listed[at : at + size] for at in range(0, len(listed), size))


def theme_bits(themes: Iterable[str]) -> int:
    """Bit k is set for theme k of the taxonomy."""
    return sum(1 << taxonomy().ids.index(t) for t in themes)


def fact_row(
    document: Mapping[str, Any],
    story: int,
    machine: tuple[Sequence[str], str | None],
    human: tuple[Sequence[str], str | None] | None,
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """One row of :data:`facts`.

    ``document``: a row of ``documents``; ``machine`` and ``human``: themes, primary first, and
    tone; ``about``: ``needs_review`` and the versions of the prediction.
    """
    themes, tone = human if human is not None else machine
    ids = taxonomy().ids
    source = None if document["source_id"] is None else number(document["source_id"])

    def primary(names: Sequence[str]) -> int:
        return ids.index(names[0]) if names else -1

    return {
        "day": day_number(document["published_day"]),
        "number": number(document["id"]),
        "document_id": document["id"],
        "second": second_of_day(document["published_at"]),
        "story": story,
        "source": source,
        "url_key": None if document["url"] is None else number(document["url"]),
        "text_key": None if source is None else number(f"{source} {document['text_hash']}"),
        **{name: document[name] for name in COPIED},
        "themes": theme_bits(themes),
        "primary_theme": primary(themes),
        "tone": TONES.get(tone or "neutral", 0),
        # The documented rule of the schema: world news alone portrays no Vietnamese target.
        "target": bool(themes) and list(themes) != [WORLD],
        "human": human is not None,
        "machine_themes": theme_bits(machine[0]),
        "machine_primary": primary(machine[0]),
        "machine_tone": TONES.get(machine[1] or "neutral", 0),
        "needs_review": about["needs_review"],
        "model_version": document["model_version"],
        "taxonomy_version": about["taxonomy_version"],
        "threshold_set": about["threshold_set"],
    }


def labels_in_force(
    connection: Connection, ids: Collection[str]
) -> dict[str, tuple[list[str], str | None]]:
    """The latest human label of each document that is of its present content."""
    found: dict[str, tuple[list[str], str | None]] = {}
    for part in chunks(ids):
        query = (
            select(human_labels.c.document_id, human_labels.c.themes, human_labels.c.sentiment)
            .join_from(
                human_labels,
                documents,
                and_(
                    documents.c.id == human_labels.c.document_id,
                    documents.c.content_hash == human_labels.c.content_hash,
                ),
            )
            .where(human_labels.c.document_id.in_(part))
            .order_by(human_labels.c.labelled_at, human_labels.c.id)
        )
        found |= {i: (themes, tone) for i, themes, tone in connection.execute(query)}
    return found


def computed(
    connection: Connection, ids: Collection[str], stories: Mapping[str, int]
) -> list[dict[str, Any]]:
    """The rows of :data:`facts` as the other tables give them."""
    rows: list[dict[str, Any]] = []
    for part in chunks(ids):
        human = labels_in_force(connection, part)
        current = and_(
            predictions.c.document_id == documents.c.id,
            predictions.c.model_version == documents.c.model_version,
        )
        themes: dict[str, list[str]] = {i: [] for i in part}
        for owner, theme in connection.execute(
            select(documents.c.id, prediction_themes.c.theme)
            .join_from(
                documents,
                prediction_themes,
                and_(
                    prediction_themes.c.document_id == documents.c.id,
                    prediction_themes.c.model_version == documents.c.model_version,
                ),
            )
            .where(documents.c.id.in_(part))
            .order_by(prediction_themes.c.rank)
        ):
            themes[owner].append(theme)
        columns = [
            predictions.c.sentiment,
            predictions.c.needs_review,
            predictions.c.taxonomy_version,
            predictions.c.threshold_set,
        ]
        query = select(*(documents.c[n] for n in _DOCUMENT), *columns).join_from(
            documents, predictions, current
        )
        for found in connection.execute(query.where(documents.c.id.in_(part))):
            row = dict(found._mapping)
            own = row["id"]
            machine = (themes[own], row["sentiment"])
            rows.append(fact_row(row, stories[own], machine, human.get(own), row))
    return rows


_DOCUMENT = (
    "id",
    "published_day",
    "published_at",
    "source_id",
    "url",
    "text_hash",
    "model_version",
    *COPIED,
)


def put(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows in place of what their documents had."""
    for part in chunks([row["document_id"] for row in rows]):
        connection.execute(delete(facts).where(facts.c.document_id.in_(part)))
    if rows:
        connection.execute(insert(facts), list(rows))
