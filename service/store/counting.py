"""Which stored documents a figure counts: one rule for figures and for listing their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_

from service.store.filters import Filter, conditions, current, within
from service.store.store import Store
from service.store.tables import documents, prediction_themes, predictions


@dataclass(slots=True)
class CountedRow:
    """A document in TTĐN with a known day; ``themes`` primary first."""

    id: str
    url: str | None
    text_hash: str
    story_id: str
    source_id: str | None
    published: tuple[str, str]
    sentiment: str | None
    target_present: bool
    model_version: str
    taxonomy_version: str
    threshold_set: str
    themes: list[str] = field(default_factory=list)


def counted_rows(
    store: Store, chosen: Filter, first: date | None, last: date | None
) -> list[CountedRow]:
    """Rows of a period and filter, earliest first, duplicates left out.

    Within the selection one URL counts once, and so does one text of one source; the earliest item
    stays, by day, then clock (a bare day comes first), then id, so that the order of arrival does
    not matter. One query, so that all of it is one state of the store.
    """
    query = (
        current(
            documents.c.id,
            documents.c.url,
            documents.c.text_hash,
            documents.c.story_id,
            documents.c.source_id,
            documents.c.published_day,
            documents.c.published_at,
            predictions.c.sentiment,
            predictions.c.target_present,
            predictions.c.model_version,
            predictions.c.taxonomy_version,
            predictions.c.threshold_set,
            prediction_themes.c.theme,
        )
        .outerjoin(
            prediction_themes,
            and_(
                prediction_themes.c.document_id == documents.c.id,
                prediction_themes.c.model_version == documents.c.model_version,
            ),
        )
        .where(
            predictions.c.outside_ttdn.is_(False),
            documents.c.published_day.is_not(None),
            *conditions(chosen),
            *within(first, last),
        )
        .order_by(prediction_themes.c.rank)
    )
    found: dict[str, CountedRow] = {}
    for row in store.rows(query):
        if row.id not in found:
            found[row.id] = _counted(row)
        if row.theme is not None:
            found[row.id].themes.append(row.theme)
    return _without_duplicates(sorted(found.values(), key=lambda r: (r.published, r.id)))


def _counted(row: Any) -> CountedRow:
    clock = row.published_at.isoformat() if row.published_at else ""
    return CountedRow(
        row.id,
        row.url,
        row.text_hash,
        row.story_id,
        row.source_id,
        (row.published_day, clock),
        row.sentiment,
        row.target_present,
        row.model_version,
        row.taxonomy_version,
        row.threshold_set,
    )


def _without_duplicates(rows: list[CountedRow]) -> list[CountedRow]:
    seen: set[tuple[str, ...]] = set()
    kept = []
    for row in rows:
        keys: list[tuple[str, ...]] = [("url", row.url)] if row.url else []
        keys += [("text", row.source_id, row.text_hash)] if row.source_id else []
        if not seen.intersection(keys):
            kept.append(row)
            seen.update(keys)
    return kept


def undated_count(store: Store, chosen: Filter, today: date) -> int:
    """Documents in TTĐN without a day, or with one that lies in the future."""
    query = current(func.count()).where(
        predictions.c.outside_ttdn.is_(False),
        *conditions(chosen),
        or_(documents.c.published_day.is_(None), documents.c.published_day > today.isoformat()),
    )
    return int(store.rows(query)[0][0])
