"""Stored documents as listings show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, and_, select

from service.store.facts import labels_in_force
from service.store.stories import story_id
from service.store.tables import (
    document_places,
    documents,
    facts,
    prediction_themes,
    predictions,
)

_HIDDEN = ("content_hash", "text_hash", "stored_at")
_DOCUMENT = [c for c in documents.c if c.name not in _HIDDEN]
_PREDICTION = [c for c in predictions.c if c.name not in ("document_id", "model_version")]


def full_records(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Documents with places, the machine's label and a person's, in the order of ``ids``."""
    if not ids:
        return []
    query = (
        select(*_DOCUMENT, facts.c.story, *_PREDICTION)
        .join_from(documents, facts, facts.c.document_id == documents.c.id)
        .join(
            predictions,
            and_(
                predictions.c.document_id == documents.c.id,
                predictions.c.model_version == documents.c.model_version,
            ),
        )
        .where(documents.c.id.in_(ids))
    )
    result: dict[str, dict[str, Any]] = {}
    for row in connection.execute(query):
        values = dict(row._mapping)
        for name in ("published", "collected"):
            clock, day = values.pop(f"{name}_at"), values.pop(f"{name}_day")
            # SQLite gives times back without their zone; they were stored in UTC.
            values[f"{name}_at"] = clock.replace(tzinfo=UTC).isoformat() if clock else day
            values[f"{name}_day"] = day
        cut = values.pop("text_cut_at")
        values["text_cut_at"] = cut.replace(tzinfo=UTC).isoformat() if cut else None
        values["story_id"] = story_id(values.pop("story"))
        values |= {"locality": [], "unit": [], "themes": [], "human_label": None}
        result[values["id"]] = values
    places = select(document_places).where(document_places.c.document_id.in_(ids))
    for owner, kind, name in connection.execute(places.order_by(document_places.c.name)):
        result[owner][kind].append(name)
    themes = select(prediction_themes).where(prediction_themes.c.document_id.in_(ids))
    for owner, version, theme, rank, score in connection.execute(
        themes.order_by(prediction_themes.c.rank)
    ):
        if result[owner]["model_version"] == version:
            result[owner]["themes"].append({"id": theme, "score": score, "primary": rank == 0})
    for owner, (names, tone) in labels_in_force(connection, ids).items():
        result[owner]["human_label"] = {"themes": names, "sentiment": tone}
    return [result[i] for i in ids if i in result]
