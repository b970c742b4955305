"""What a metric is asked, and what it answers with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from service.coverage.answer import Basis, Figure, Panel
from service.coverage.period import Period
from service.coverage.selection import Rows, select_rows
from service.store.filters import Filter
from service.store.store import Store


@dataclass(frozen=True)
class Question:
    """A period, a filter and a basis; ``today`` is a day in Asia/Ho_Chi_Minh."""

    store: Store
    period: Period
    chosen: Filter
    basis: Basis
    today: date

    @property
    def last(self) -> date:
        """Last day that counts: nothing is published after today."""
        return min(self.period.last, self.today) if self.period.last else self.today

    def rows(self, names: Sequence[str] = ()) -> Rows:
        """The counted rows, with named columns of ``facts`` beside when asked for; read once."""
        for known, rows in self._read.items():
            if set(names) <= set(known):
                return rows
        rows = select_rows(self.store, self.chosen, self.period.first, self.last, names)
        self._read[tuple(names)] = rows
        return rows

    @cached_property
    def _read(self) -> dict[tuple[str, ...], Rows]:
        return {}

    def rows_between(self, first: date | None, last: date, names: Sequence[str] = ()) -> Rows:
        """The counted rows of another period under the same filter."""
        return select_rows(self.store, self.chosen, first, min(last, self.today), names)


@dataclass(frozen=True)
class Answered:
    """Figures of one metric, what has to be said with them, and on which sources they rest.

    Without a panel of its own a metric rests on every source of its rows.
    """

    figures: list[Figure]
    notes: list[str] = field(default_factory=list)
    panel: Panel | None = None


Metric = Callable[[Question], Answered]
