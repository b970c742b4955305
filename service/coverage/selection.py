"""The rows behind a figure, as arrays: one query, then counting on any basis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement

from data.taxonomy import taxonomy
from service.coverage.answer import Basis
from service.coverage.period import Period
from service.store.counting import LABELS, MACHINE, columns
from service.store.days import vietnamese_day
from service.store.filters import Filter
from service.store.store import Store

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Counted documents of one period and filter, earliest first.

    ``numbers``: int64 columns of ``facts``, -1 for null; ``names``: columns of text, None for null.
    """

    numbers: dict[str, Ints]
    names: dict[str, NDArray[np.object_]]

    def __len__(self) -> int:
        return len(self.numbers["story"])

    def take(self, kept: Ints) -> Rows:
        """The rows at these places, which must be in ascending order."""
        return Rows(
            {name: column[kept] for name, column in self.numbers.items()},
            {name: column[kept] for name, column in self.names.items()},
        )

    def find(self, numbers: Ints) -> Ints:
        """Place of the row with each document number, -1 where there is none."""
        own = self.numbers["number"]
        order = np.argsort(own)
        at = np.searchsorted(own[order], numbers)
        places = order[np.minimum(at, len(own) - 1)] if len(own) else np.zeros_like(at)
        return np.where((at < len(own)) & np.isin(numbers, own), places, -1)

    @property
    def stories(self) -> Ints:
        """Story of each item."""
        return self.numbers["story"]

    @property
    def sources(self) -> Ints:
        """Source of each item, -1 where none was given."""
        return self.numbers["source"]

    @cached_property
    def themes(self) -> Ints:
        """0/1 matrix [items, 15] of the labels in force."""
        return theme_matrix(self.numbers["themes"])

    @property
    def primary(self) -> Ints:
        """Primary theme of each item, by its place in the taxonomy."""
        return self.numbers["primary_theme"]

    @property
    def tone(self) -> Ints:
        """-1, 0 or 1."""
        return self.numbers["tone"]

    @property
    def target(self) -> NDArray[np.bool_]:
        """Whether Vietnam or a locality is portrayed."""
        return self.numbers["target"].astype(bool)

    @cached_property
    def firsts(self) -> Ints:
        """Place of the earliest item of each story, ascending: its label stands for the story."""
        return np.sort(np.unique(self.stories, return_index=True)[1])

    @property
    def source_count(self) -> int:
        """Distinct sources that are named."""
        return len(np.unique(self.sources[self.sources >= 0]))

    def units(self, basis: Basis) -> Ints:
        """Places that stand for the units counted on a basis of items or stories."""
        return np.arange(len(self)) if basis == "items" else self.firsts


def theme_matrix(bits: Ints) -> Ints:
    """0/1 matrix [items, 15] from the bits of ``facts``."""
    return (bits[:, None] >> np.arange(len(taxonomy().ids))) & 1


def today() -> date:
    """Today in Vietnam."""
    day = vietnamese_day(datetime.now(UTC))
    assert day is not None
    return date.fromisoformat(day)


def select_rows(
    store: Store,
    chosen: Filter,
    first: date | None,
    last: date | None,
    names: Sequence[str] = (),
    *,
    numbers: Sequence[str] = (*LABELS, *MACHINE),
    where: Sequence[ColumnElement[bool]] = (),
    sources: Ints | None = None,
) -> Rows:
    """Read the counted rows between two days, with named columns beside when asked for.

    ``numbers``, ``where`` and ``sources`` as in :func:`service.store.counting.columns`.
    """
    found = columns(store, chosen, first, last, numbers, names, where, sources)
    return Rows(
        {k: v for k, v in found.items() if k not in names},
        {name: _objects(found[name]) for name in names},
    )


def _objects(values: list[Any]) -> NDArray[np.object_]:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def rows_url(period: Period, chosen: Filter, last: date) -> str:
    """Listing of exactly the counted rows; ``last`` is the last day that counts."""
    query = {
        **({"from": period.first.isoformat()} if period.first else {}),
        # A period that lies ahead keeps its own end: it has no rows either way.
        "to": max(last, period.first or date.min).isoformat(),
        **chosen.given(),
        "counted": "true",
    }
    return f"/v1/documents?{urlencode(query)}"
