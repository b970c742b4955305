"""The stories that a report names, and the sources that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import select

from service.coverage.selection import Ints, Rows
from service.store.counting import counted
from service.store.days import day_of
from service.store.filters import Filter
from service.store.hashing import number
from service.store.reference import SourceRow, read
from service.store.store import Store
from service.store.tables import documents, facts

NAMES = ("document_id", "source_type")
SOCIAL = ("social_page", "forum", "video")
"""Of these only sums are shown: their pages may be those of persons."""
LEAST_OF_SOURCE = 10
"""Fewer stories of a source than this are not told apart (``domain/users.md`` section 7)."""


@dataclass(frozen=True)
class Story:
    """A story by its earliest item: title, where and when it appeared, how many items it has."""

    title: str
    source: str
    url: str
    day: date
    theme: int
    items: int


@dataclass(frozen=True)
class Sources:
    """Sources of one kind; ``named`` with their stories, None where too few to tell apart."""

    kind: str | None
    count: int
    named: tuple[tuple[str, int | None], ...]


def most_reprinted(store: Store, rows: Rows, kept: Ints, most: int) -> list[Story]:
    """The stories of most items among those whose earliest item is at ``kept``, no posts."""
    press = ~np.isin(rows.names["source_type"][kept].astype(str), SOCIAL)
    kept = kept[press]
    _, story_of, sizes = np.unique(rows.stories, return_inverse=True, return_counts=True)
    items = sizes[story_of[kept]]
    # Earlier stories first among equals, so that the same store names the same stories.
    order = np.lexsort((rows.numbers["number"][kept], rows.numbers["day"][kept], -items))[:most]
    chosen = kept[order]
    ids = [rows.names["document_id"][k] for k in chosen]
    records = {record["id"]: record for record in store.read(ids)}
    names = source_names(store)
    return [
        Story(
            title=str(record["title"] or record["sapo"] or record["text"] or record["body"]),
            source=names.get(record["source_id"], record["source_id"] or ""),
            url=record["url"] or "",
            day=day_of(int(rows.numbers["day"][k])),
            theme=int(rows.primary[k]),
            items=int(n),
        )
        for id_, k, n in zip(ids, chosen, items[order], strict=True)
        # One that was deleted since its row was read is left out.
        if (record := records.get(id_)) is not None
    ]


def source_names(store: Store) -> dict[str, str]:
    """Names of sources by id, as the office supplied them."""
    return {row.source_id: row.name for row in read(store, SourceRow)}


def sources_by_kind(
    store: Store, chosen: Filter, first: date, last: date, rows: Rows
) -> list[Sources]:
    """The sources of the counted rows by kind, in alphabetical order and not by size."""
    stories = _stories_of_source(rows)
    query = (
        select(documents.c.source_id, documents.c.source_type)
        .join_from(documents, facts, facts.c.document_id == documents.c.id)
        .where(*counted(chosen, first, last), documents.c.source_id.is_not(None))
        .distinct()
    )
    kinds: dict[str, str | None] = {}
    for source, kind in sorted(store.tuples(query), key=lambda row: (row[0], row[1] or "~")):
        kinds.setdefault(source, kind)
    names = source_names(store)
    found: dict[str | None, list[tuple[str, int | None]]] = {}
    for source, kind in kinds.items():
        n = stories.get(number(source), 0)
        shown = (names.get(source, source), n if n >= LEAST_OF_SOURCE else None)
        found.setdefault(kind, []).append(shown)
    return [
        Sources(kind, len(named), () if kind in SOCIAL else tuple(sorted(named)))
        for kind, named in sorted(found.items(), key=lambda pair: pair[0] or "~")
    ]


def _stories_of_source(rows: Rows) -> dict[int, int]:
    """Stories with at least one item of each source."""
    pairs = np.unique(np.stack([rows.sources, rows.stories]), axis=1)
    sources, counts = np.unique(pairs[0], return_counts=True)
    return {int(s): int(n) for s, n in zip(sources, counts, strict=True)}


def named_first(values: Sequence[tuple[str, int | None]]) -> tuple[list[str], list[str]]:
    """Sources that are told apart with their stories, and the names of the others."""
    told = [f"{name} ({n})" for name, n in values if n is not None]
    return told, [name for name, n in values if n is None]
