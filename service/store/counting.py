"""The rows behind figures, as columns of integers: one query, no object a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, or_, select

from service.store.days import EPOCH, day_number, day_of
from service.store.filters import Filter, conditions, within
from service.store.store import Store
from service.store.tables import facts, retags

Ints = NDArray[np.int64]
MISSING = -1
ORDER = ("day", "second", "number")
LABELS = ("story", "source", "themes", "primary_theme", "tone", "target")
MACHINE = ("human", "machine_themes", "machine_primary", "machine_tone", "needs_review")
VERSIONS = ("model_version", "taxonomy_version", "threshold_set")
_KEYS = ("url_key", "text_key")


def counted(chosen: Filter, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """What figures count before duplicates are left out: in TTĐN and of a known day."""
    # One lower bound on the day: SQLite seeks to the first of two, and would walk all days to it.
    known = max(first or EPOCH, EPOCH)
    return [facts.c.themes != 0, *within(known, last), *conditions(chosen)]


def tagged(chosen: Filter, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """What audits are of: given a theme by the machine or a person, whoever has the last word.

    ``chosen`` must not filter by labels.
    """
    return [
        or_(facts.c.machine_themes != 0, facts.c.themes != 0),
        *within(max(first or EPOCH, EPOCH), last),
        *conditions(chosen),
    ]


Population = Callable[[Filter, date | None, date | None], list[ColumnElement[bool]]]


def columns(
    store: Store,
    chosen: Filter,
    first: date | None,
    last: date | None,
    numbers: Sequence[str] = LABELS,
    names: Sequence[str] = (),
    where: Sequence[ColumnElement[bool]] = (),
    sources: Ints | None = None,
    population: Population = counted,
) -> dict[str, Any]:
    """Columns over the counted rows, earliest first, duplicates left out.

    Of items in the selection with one URL, or with one text and source, the earliest counts:
    by day, then clock (a bare day comes first), then number, so that the order of arrival does not
    matter. ``numbers`` come as int64 arrays with :data:`MISSING` for null, ``names`` as lists with
    None; :data:`ORDER` is always among them. ``where`` and ``sources`` (when the number of a row's
    source has to be one of them) narrow the selection further. One query, so that all is one state
    of the store.
    """
    wanted = [*ORDER, *_KEYS, *(n for n in numbers if n not in ORDER)]
    if sources is not None and "source" not in wanted:
        wanted.append("source")
    query = select(
        *(_filled(n) for n in wanted),
        *(facts.c[n] for n in names),
    ).where(*population(chosen, first, last), *where)
    rows = store.tuples(query)
    width = len(wanted)
    cells = chain.from_iterable(rows if not names else (row[:width] for row in rows))
    table = np.fromiter(cells, dtype=np.int64, count=len(rows) * width).reshape(-1, width).T
    found: dict[str, Any] = dict(zip(wanted, table, strict=True))
    order = np.lexsort((found["number"], found["second"], found["day"]))
    if sources is not None:
        order = order[np.isin(found["source"][order], sources)]
    order = order[_first_of_each(found["url_key"][order], found["text_key"][order])]
    result: dict[str, Any] = {n: found[n][order] for n in wanted if n not in _KEYS}
    for k, name in enumerate(names, width):
        result[name] = [rows[i][k] for i in order]
    return result


def _filled(name: str) -> ColumnElement[Any]:
    column = facts.c[name]
    return func.coalesce(column, MISSING) if column.nullable else column


def _first_of_each(*keys: Ints) -> Ints:
    """Places of rows that have none of their keys in common with an earlier row."""
    kept = np.ones(len(keys[0]), dtype=bool)
    for key in keys:
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        kept &= (key == MISSING) | (first[inverse] == np.arange(len(key)))
    return np.flatnonzero(kept)


def counted_ids(
    store: Store, chosen: Filter, first: date | None, last: date | None, after: str, limit: int
) -> list[str]:
    """Ids of the rows that figures count, in order of id, after the id ``after``."""
    ids: list[str] = columns(store, chosen, first, last, (), ("document_id",))["document_id"]
    return sorted(i for i in ids if i > after)[:limit]


def versions(
    store: Store, chosen: Filter, first: date | None, last: date | None
) -> dict[str, list[str]]:
    """Model, taxonomy and threshold versions among the counted rows."""
    query = select(*(facts.c[n] for n in VERSIONS)).where(*counted(chosen, first, last)).distinct()
    found = list(zip(*store.tuples(query), strict=True)) or [(), (), ()]
    return {n: sorted(set(values)) for n, values in zip(VERSIONS, found, strict=True)}


def undated_count(store: Store, chosen: Filter, today: date) -> int:
    """Documents in TTĐN without a day, or with one that lies in the future."""
    query = select(func.count()).where(
        facts.c.themes != 0,
        *conditions(chosen),
        or_(facts.c.day < 0, facts.c.day > day_number(today)),
    )
    return int(store.tuples(query)[0][0])


@dataclass(frozen=True, slots=True)
class Retag:
    """A back-fill: between which days documents got tags of another model, and how many did."""

    first: date
    last: date
    from_versions: list[str]
    to_version: str
    documents: int
    finished_at: datetime


def retags_within(store: Store, first: date | None, last: date | None) -> list[Retag]:
    """Back-fills that touched a period, earliest first; None is no bound.

    One that touched undated documents only is in no period.
    """
    query = select(retags).where(retags.c.first_day.is_not(None)).order_by(retags.c.id)
    if first is not None:
        query = query.where(retags.c.last_day >= day_number(first))
    if last is not None:
        query = query.where(retags.c.first_day <= day_number(last))
    with store.transaction() as connection:
        return [
            Retag(
                day_of(row["first_day"]),
                day_of(row["last_day"]),
                row["from_versions"],
                row["to_version"],
                row["documents"],
                # SQLite gives times back without their zone; they were stored in UTC.
                row["finished_at"].replace(tzinfo=UTC),
            )
            for row in connection.execute(query).mappings()
        ]
