"""Documents for the tests of coverage metrics: a few lines make a month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from data.schema import Document
from model.prediction import Prediction
from service.coverage.answer import Basis, Coverage, Figure
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.store.filters import Filter
from service.store.reference import SourceDayRow, replace
from service.store.store import Store
from tests.service.test_store import document, prediction

Span = tuple[date, date]
MARCH: Span = (date(2026, 3, 1), date(2026, 3, 31))
MARCH_BEFORE: Span = (date(2025, 3, 1), date(2025, 3, 31))
WEEKS_OF_MARCH = 28
"""Days of its whole weeks: stories spread over them evenly have no overdispersion."""


@dataclass
class Newsroom:
    """Writes distinct stories into a store."""

    store: Store
    written: int = 0
    waiting: list[tuple[Document, Prediction]] = field(default_factory=list)

    def write(
        self,
        stories: int,
        span: Span = MARCH,
        tone: str = "positive",
        themes: Sequence[str] = ("tourism_destination",),
        version: str = "m1",
        **fields: object,
    ) -> list[str]:
        """Stories of one item each, spread evenly over the whole weeks of a span; their ids."""
        ids = []
        length = (span[1] - span[0]).days + 1
        days = length // 7 * 7 or length
        for k in range(stories):
            name = f"d{self.written:05}"
            day = span[0] + timedelta(k * days // stories)
            about = {"source_id": "Tờ báo", "published_at": day.isoformat(), **fields}
            self.waiting.append(
                (
                    document(name, f"Chuyện {name}", **about),
                    prediction(name, *themes, tone=tone, version=version),
                )
            )
            self.written += 1
            ids.append(name)
        self.flush()
        return ids

    def reprint(self, story: str, **fields: object) -> None:
        """Another item of a story written before."""
        name = f"d{self.written:05}"
        about = {"source_id": "Tờ in lại", "published_at": "2026-03-20", **fields}
        self.waiting.append(
            (
                document(name, f"Chuyện {story}", **about),
                prediction(name, "tourism_destination", tone="positive"),
            )
        )
        self.written += 1
        self.flush()

    def flush(self) -> None:
        for at in range(0, len(self.waiting), 500):
            self.store.save(self.waiting[at : at + 500])
        self.waiting.clear()


def fetched(store: Store, sources: Sequence[str], *spans: Span, days: int | None = None) -> None:
    """Each source was fetched on the first ``days`` of every span (all by default)."""

    def rows() -> Iterator[SourceDayRow]:
        for source in sources:
            for first, last in spans:
                length = (last - first).days + 1
                for k in range(length):
                    day = first + timedelta(k)
                    worked = k < (length if days is None else days)
                    yield SourceDayRow(source_id=source, day=day, fetched=worked)

    replace(store, SourceDayRow, list(rows()))


def answer(
    store: Store,
    metric: str,
    period: str = "2026-03",
    basis: Basis = "stories",
    among: Sequence[str] = (),
    **chosen: str,
) -> Coverage:
    return coverage(store, metric, parse_period(period), Filter(**chosen), basis, among)


def figures(found: Coverage) -> dict[str, Figure]:
    return {f.key: f for f in found.figures}


def noted(found: Coverage, words: str) -> bool:
    return any(words in note for note in found.notes)
