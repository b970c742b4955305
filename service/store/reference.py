"""Reference data supplied by people: typed rows, replaced as a whole, read by metrics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import delete, insert, select

from data.schema import MediaType, Moment, Name, SourceType
from service.store.days import day_number, day_of
from service.store.filters import known_theme
from service.store.hashing import number
from service.store.reference_tables import reference_rows, source_days
from service.store.store import Store

Theme = Annotated[str, AfterValidator(known_theme)]
Text = Annotated[
    str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
]


class ReferenceRow(BaseModel):
    """A row of a reference table; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanRow(ReferenceRow):
    """How many stories of a theme a unit (or, without one, the whole office) means to have."""

    period: Text
    theme: Theme
    unit: Name | None = None
    target: Annotated[int, Field(ge=0)]


class SourceRow(ReferenceRow):
    """A source that is collected."""

    source_id: Name
    name: Text
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    source_type: SourceType | None = None
    media_type: MediaType | None = None


class SourceDayRow(ReferenceRow):
    """Whether a source was fetched on a day."""

    source_id: Name
    day: date
    fetched: bool


class AudienceRow(ReferenceRow):
    """How many people a source reaches, as someone else measured it."""

    source_id: Name
    audience: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    as_of: date
    publisher: Text


class MessageRow(ReferenceRow):
    """A person's finding whether a document carries a message of the office."""

    message: Text
    wording: Text
    document_id: Name
    hit: bool


class EventRow(ReferenceRow):
    """An event with its official time and a document on it, linked by a person."""

    event: Text
    occurred_at: Moment
    document_id: Name


class RankRow(ReferenceRow):
    """A rank as its publisher gave it; without the number of countries it says nothing."""

    index: Text
    edition_year: Annotated[int, Field(ge=1990, le=2100)]
    rank: Annotated[int, Field(ge=1)]
    n_countries: Annotated[int, Field(ge=1)]
    score: Annotated[float, Field(allow_inf_nan=False)] | None = None
    publisher: Text
    url: Text
    retrieved_at: date


class UnitRow(ReferenceRow):
    """Which unit leads or supports a theme."""

    theme: Theme
    unit: Name
    role: Literal["lead", "support"]


TABLES: dict[str, type[ReferenceRow]] = {
    "plan": PlanRow,
    "sources": SourceRow,
    "source-days": SourceDayRow,
    "audience": AudienceRow,
    "messages": MessageRow,
    "events": EventRow,
    "ranks": RankRow,
    "units": UnitRow,
}
R = TypeVar("R", bound=ReferenceRow)


def read(store: Store, kind: type[R]) -> list[R]:
    """All rows of a table, in the order they were given."""
    if kind is SourceDayRow:
        query = select(source_days.c.source_id, source_days.c.day, source_days.c.fetched)
        rows = store.tuples(query.order_by(source_days.c.source_id, source_days.c.day))
        values = [{"source_id": s, "day": day_of(d), "fetched": bool(f)} for s, d, f in rows]
        return [kind.model_validate(v) for v in values]
    query = (
        select(reference_rows.c.value)
        .where(reference_rows.c.name == _name(kind))
        .order_by(reference_rows.c.position)
    )
    with store.transaction() as connection:
        return [kind.model_validate(value) for value in connection.scalars(query)]


def replace(store: Store, kind: type[R], rows: Sequence[R]) -> None:
    """Put ``rows`` in place of the whole table, in one transaction.

    Of two rows on one source and day the later one stays.
    """
    with store.transaction() as connection:
        if kind is SourceDayRow:
            connection.execute(delete(source_days))
            days = {(r.source_id, r.day): r for r in rows if isinstance(r, SourceDayRow)}
            values = [
                {
                    "source_id": r.source_id,
                    "day": day_number(r.day),
                    "source": number(r.source_id),
                    "fetched": r.fetched,
                }
                for r in days.values()
            ]
            if values:
                connection.execute(insert(source_days), values)
            return
        name = _name(kind)
        connection.execute(delete(reference_rows).where(reference_rows.c.name == name))
        values = [
            {"name": name, "position": k, "value": r.model_dump(mode="json")}
            for k, r in enumerate(rows)
        ]
        if values:
            connection.execute(insert(reference_rows), values)


def _name(kind: type[ReferenceRow]) -> str:
    return next(name for name, known in TABLES.items() if known is kind)
