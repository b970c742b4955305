"""Wide columns of a sample of documents: percentiles need thousands of rows, not all of them.

``facts.number`` is a hash of the id, so that the documents below a cut are a random sample, and the
same one on every day and every database.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, func, select

from service.store.days import EPOCH
from service.store.filters import Filter, conditions, within
from service.store.store import Store
from service.store.tables import documents, facts, prediction_themes, predictions

SAMPLE = 2000
_END = 2**63 - 1


def cut(count: int) -> int:
    """The number below which about :data:`SAMPLE` of so many documents lie."""
    return _END if count <= SAMPLE else _END // count * SAMPLE


def freshness(
    store: Store, chosen: Filter, first: date | None, last: date, below: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Numbers [n], and [n, 3] seconds since 1970 in UTC: published, collected, first tagged.

    NaN where a time is missing or a bare day. A back-fill tags again later and does not count.
    """
    tagged = (
        select(func.min(predictions.c.processed_at))
        .where(predictions.c.document_id == documents.c.id)
        .scalar_subquery()
    )
    query = (
        select(facts.c.number, documents.c.published_at, documents.c.collected_at, tagged)
        .join_from(facts, documents, documents.c.id == facts.c.document_id)
        .where(*_sampled(chosen, first, last, below))
    )
    rows = store.tuples(query)
    times = [[_seconds(value) for value in row[1:]] for row in rows]
    numbers = np.array([row[0] for row in rows], dtype=np.int64)
    return numbers, np.array(times, dtype=np.float64).reshape(-1, 3)


def primary_scores(
    store: Store, chosen: Filter, first: date | None, last: date
) -> NDArray[np.float64]:
    """The machine's score of the primary theme of a sample of the documents between two days."""
    everyone = _sampled(chosen, first, last, _END)
    count = int(store.tuples(select(func.count()).select_from(facts).where(*everyone))[0][0])
    of_the_machine = and_(
        prediction_themes.c.document_id == facts.c.document_id,
        prediction_themes.c.model_version == facts.c.model_version,
        prediction_themes.c.rank == 0,
    )
    query = select(prediction_themes.c.score).join_from(facts, prediction_themes, of_the_machine)
    rows = store.tuples(query.where(*_sampled(chosen, first, last, cut(count))))
    return np.array(rows, dtype=np.float64).reshape(-1)


def _sampled(
    chosen: Filter, first: date | None, last: date, below: int
) -> list[ColumnElement[bool]]:
    known = max(first or EPOCH, EPOCH)
    return [facts.c.number <= below, *within(known, last), *conditions(chosen)]


def _seconds(value: str | datetime | None) -> float:
    if value is None:
        return float("nan")
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    # SQLite gives times back without their zone; they were stored in UTC.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
