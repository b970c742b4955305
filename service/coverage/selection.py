"""The rows behind a figure, as arrays: one query, then counting on any basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from data.taxonomy import taxonomy
from service.coverage.answer import Basis
from service.coverage.period import Period
from service.store.counting import columns, undated_count, versions
from service.store.days import vietnamese_day
from service.store.filters import Filter
from service.store.store import Store


@dataclass(frozen=True)
class Rows:
    """Documents in TTĐN of one period and filter, earliest first within each story.

    ``themes`` [items, 15] 0/1, ``primary`` [items], ``tone`` [items] in -1, 0, 1; ``target`` says
    whether Vietnam or a locality is portrayed.
    """

    stories: NDArray[np.int64]
    sources: NDArray[np.int64]
    themes: NDArray[np.int64]
    primary: NDArray[np.int64]
    tone: NDArray[np.int64]
    target: NDArray[np.bool_]
    undated: int
    versions: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.stories)

    @cached_property
    def firsts(self) -> NDArray[np.int64]:
        """Index of the earliest item of each story: its label stands for the story."""
        return np.unique(self.stories, return_index=True)[1]

    @property
    def source_count(self) -> int:
        """Distinct sources that are named."""
        return len(np.unique(self.sources[self.sources >= 0]))

    def units(self, basis: Basis) -> NDArray[np.int64]:
        """Item indices that stand for the units counted on a basis of items or stories."""
        return np.arange(len(self)) if basis == "items" else self.firsts


def today() -> date:
    """Today in Vietnam."""
    day = vietnamese_day(datetime.now(UTC))
    assert day is not None
    return date.fromisoformat(day)


def select_rows(store: Store, period: Period, chosen: Filter) -> Rows:
    """Read the rows behind a figure; undated and future documents are only counted."""
    span = (period.first, _last(period))
    found = columns(store, chosen, *span)
    bits = np.arange(len(taxonomy().ids))
    return Rows(
        stories=found["story"],
        sources=found["source"],
        themes=(found["themes"][:, None] >> bits) & 1,
        primary=found["primary_theme"],
        tone=found["tone"],
        target=found["target"].astype(bool),
        undated=undated_count(store, chosen, today()),
        versions=versions(store, chosen, *span),
    )


def _last(period: Period) -> date:
    """Last day that counts: nothing is published after today."""
    return min(period.last, today()) if period.last else today()


def rows_url(period: Period, chosen: Filter) -> str:
    """Listing of exactly these rows."""
    query = {
        **({"from": period.first.isoformat()} if period.first else {}),
        # A period that lies ahead keeps its own end: it has no rows either way.
        "to": max(_last(period), period.first or date.min).isoformat(),
        **chosen.given(),
        "counted": "true",
    }
    return f"/v1/documents?{urlencode(query)}"
