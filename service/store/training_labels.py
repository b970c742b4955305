"""Labels that people gave in review, for training: never what an audit has touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from data.schema import TEXT_FIELDS
from service.store.audit_tables import audit_items
from service.store.facts import chunks
from service.store.store import Store
from service.store.tables import documents, facts, human_labels


def training_labels(store: Store) -> Iterator[dict[str, Any]]:
    """Labels that people gave in review, with documents whose text is whole, for training.

    A story of which anything was ever drawn for an audit is left out whole, as is each audit label:
    a model that had learnt them would look better in the audit than it is.
    """
    drawn = select(facts.c.story).where(facts.c.document_id.in_(select(audit_items.c.document_id)))
    audited = select(human_labels.c.document_id).where(human_labels.c.origin == "audit")
    query = (
        select(documents.c.id)
        .join(facts, facts.c.document_id == documents.c.id)
        .where(
            facts.c.human,
            documents.c.text_cut_at.is_(None),
            facts.c.story.not_in(drawn),
            facts.c.story.not_in(select(facts.c.story).where(facts.c.document_id.in_(audited))),
        )
        .order_by(documents.c.id)
    )
    ids = [i for (i,) in store.tuples(query)]
    for part in chunks(ids):
        for row in store.read(part):
            yield {
                **{name: row[name] for name in ("id", "url", *TEXT_FIELDS, "source_id")},
                "published_at": row["published_at"],
                "story": row["story_id"],
                **row["human_label"],
            }
