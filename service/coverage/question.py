"""What a metric is asked, and what it answers with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from data.problems import Place, Problem
from service.coverage.answer import Basis, Figure, Panel
from service.coverage.period import Period
from service.coverage.selection import Rows, select_rows
from service.store.filters import Filter
from service.store.store import Store


@dataclass(frozen=True)
class Question:
    """A period, a filter and a basis; ``today`` is a day in Asia/Ho_Chi_Minh.

    ``among``: the localities that a share of voice is of.
    """

    store: Store
    period: Period
    chosen: Filter
    basis: Basis
    today: date
    among: tuple[str, ...] = ()

    @property
    def last(self) -> date:
        """Last day that counts: nothing is published after today."""
        return min(self.period.last, self.today) if self.period.last else self.today

    def stories_only(self) -> None:
        """Raises :class:`Problem` when another basis was asked for."""
        if self.basis != "stories":
            raise Problem(
                "invalid-parameter",
                "Chỉ số này chỉ tính theo tin gốc. Hãy bỏ basis hoặc chọn stories.",
                [Place("/basis", "cần stories")],
            )

    def elapsed(self) -> tuple[date, date]:
        """First and last day of the period so far. Raises :class:`Problem` when it has none."""
        if self.period.first is None:
            raise Problem(
                "invalid-parameter",
                "Chỉ số này cần kỳ có ngày đầu. Hãy ghi period, ví dụ 2026-03, hoặc from và to.",
                [Place("/period", "thiếu ngày đầu kỳ")],
            )
        if self.period.first > self.last:
            raise Problem(
                "invalid-parameter",
                "Kỳ này chưa bắt đầu nên chưa có số liệu. Hãy chọn một kỳ đã qua.",
                [Place("/period", "nằm trong tương lai")],
            )
        return self.period.first, self.last

    @property
    def unfinished(self) -> bool:
        """Whether days of the period still lie ahead."""
        return self.period.last is not None and self.period.last > self.today

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

    Without a panel of its own a metric rests on every source of its rows; ``basis`` is given where
    the metric has only the one, whatever was asked.
    """

    figures: list[Figure]
    notes: list[str] = field(default_factory=list)
    panel: Panel | None = None
    basis: Basis | None = None


Metric = Callable[[Question], Answered]
