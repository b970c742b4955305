"""How well sources were collected, as ``source-days`` says, and what came in without a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Integer, and_, case, func, or_, select

from service.store.days import VIETNAM, day_number
from service.store.filters import Filter, conditions
from service.store.reference_tables import source_days
from service.store.store import Store
from service.store.tables import documents, facts


@dataclass(frozen=True)
class Feed:
    """A source: days on which it should have been fetched, and days on which it was."""

    source_id: str
    expected: int
    fetched: int


def feeds(store: Store, known: set[str], first: date | None, last: date) -> list[Feed]:
    """Sources with a day recorded in the period, or known to be collected and recorded before.

    A source is expected on every day from its first recorded one: a day that nobody recorded is a
    day without a fetch, or a feed that has stopped would be seen nowhere.
    """
    begin = 0 if first is None else day_number(first)
    inside = source_days.c.day >= begin
    query = (
        select(
            source_days.c.source_id,
            func.min(source_days.c.day),
            func.sum(case((and_(inside, source_days.c.fetched), 1), else_=0)).cast(Integer),
            func.sum(case((inside, 1), else_=0)).cast(Integer),
        )
        .where(source_days.c.day <= day_number(last))
        .group_by(source_days.c.source_id)
        .order_by(source_days.c.source_id)
    )
    return [
        Feed(source, day_number(last) - max(begin, since) + 1, fetched)
        for source, since, fetched, recorded in store.tuples(query)
        if recorded or source in known
    ]


def undated_collected(
    store: Store, chosen: Filter, first: date | None, last: date, today: date
) -> int:
    """Documents in TTĐN without a day, or with one ahead, that came in between two days.

    Where the caller gave no time of collection, the time of storing stands for it.
    """
    by_day = [documents.c.collected_day <= last.isoformat()]
    by_clock = [documents.c.stored_at < _midnight(last + timedelta(days=1))]
    if first is not None:
        by_day.append(documents.c.collected_day >= first.isoformat())
        by_clock.append(documents.c.stored_at >= _midnight(first))
    query = (
        select(func.count())
        .select_from(facts)
        .join(documents, documents.c.id == facts.c.document_id)
        .where(
            facts.c.themes != 0,
            or_(facts.c.day < 0, facts.c.day > day_number(today)),
            or_(and_(*by_day), and_(documents.c.collected_day.is_(None), *by_clock)),
            *conditions(chosen),
        )
    )
    with store.transaction() as connection:
        return int(connection.execute(query).scalar_one())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=VIETNAM).astimezone(UTC)
