"""What there is of audits: documents that people labelled for one, by period.

The seam to the audit: a metric asks here only, whatever tables the answer comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import and_, func, select

from service.store.days import EPOCH, VIETNAM, day_of
from service.store.facts import chunks
from service.store.filters import Filter, conditions, within
from service.store.store import Store
from service.store.tables import documents, facts, human_labels


@dataclass(frozen=True, slots=True)
class Audited:
    """A document of an audit sample: when it was published, and labelled last."""

    day: date
    labelled: date


def audited(store: Store, chosen: Filter, last: date) -> list[Audited]:
    """Audited documents in the filter, published until a day, whatever their label.

    A document that a person found outside TTĐN is one of the sample all the same; a label of
    content that has changed since is not.
    """
    query = (
        select(human_labels.c.document_id, func.max(human_labels.c.labelled_at))
        .join_from(
            human_labels,
            documents,
            and_(
                documents.c.id == human_labels.c.document_id,
                documents.c.content_hash == human_labels.c.content_hash,
            ),
        )
        .where(human_labels.c.origin == "audit")
        .group_by(human_labels.c.document_id)
    )
    days = select(facts.c.document_id, facts.c.day).where(*within(EPOCH, last), *conditions(chosen))
    with store.transaction() as connection:
        labelled = {i: _day(moment) for i, moment in connection.execute(query)}
        return [
            Audited(day_of(day), labelled[i])
            for part in chunks(labelled)
            for i, day in connection.execute(days.where(facts.c.document_id.in_(part)))
        ]


def _day(moment: datetime) -> date:
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return known.astimezone(VIETNAM).date()
