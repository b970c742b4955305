"""Everything a report rests on, asked once through the one door to figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from data.problems import Place, Problem
from data.taxonomy import taxonomy
from model.bundle import BundleSettings
from service.coverage.answer import Coverage, Figure
from service.coverage.answer import vietnamese_number as number
from service.coverage.figures import METRICS, coverage
from service.coverage.selection import Rows, select_rows, today
from service.report import names
from service.report.blocks import Kind
from service.report.comparison import Comparison, compare
from service.report.spans import Span, spans
from service.report.stories import NAMES
from service.report.words import day, for_reader
from service.store.counting import retags_within, undated_count
from service.store.days import VIETNAM
from service.store.filters import Filter
from service.store.store import Store

_WANTED: dict[Kind, tuple[str, ...]] = {
    "weekly": ("volume", "themes", "sentiment", "response"),
    "monthly": (
        "volume", "themes", "sentiment", "alerts", "space", "language", "plan", "units", "response",
        "quality",
    ),
}  # fmt: skip

_TRIES, _RETRY_SECONDS = 3, 30
_COUNTED = "Số liệu đếm theo nhãn máy"
_NOTED = ("volume", "themes", "sentiment", "language")
"""Whose notes stand in the annex; those of the others stand beside their tables."""


@dataclass(frozen=True)
class Gathered:
    """Figures by metric, the comparison and the rows of one report.

    ``refused``: why a metric cannot be told under this filter. A metric that does not exist yet is
    in neither of the two.
    """

    store: Store
    kind: Kind
    now: Span
    before: Span
    chosen: Filter
    today: date
    answers: dict[str, Coverage]
    refused: dict[str, str]
    comparison: Comparison
    settings: BundleSettings

    def figure(self, metric: str, key: str) -> Figure | None:
        """One figure, None where there is none."""
        answer = self.answers.get(metric)
        return next((f for f in answer.figures if f.key == key), None) if answer else None

    def figures(self, metric: str, prefix: str) -> list[tuple[str, Figure]]:
        """Figures whose key begins with ``prefix``, with the rest of their key."""
        answer = self.answers.get(metric)
        found = answer.figures if answer else []
        return [(f.key.removeprefix(prefix), f) for f in found if f.key.startswith(prefix)]

    def counted(self, metric: str, key: str) -> Figure | None:
        """The figure as it was counted, where a corrected one stands beside it."""
        return self.figure(metric, f"{key}:counted") or self.figure(metric, key)

    def total(self, key: str) -> int:
        """A count of the volume metric."""
        figure = self.figure("volume", key)
        return int(figure.value or 0) if figure else 0

    @property
    def last(self) -> date:
        """Last day that counts."""
        return min(self.now.last, self.today)

    @property
    def unfinished(self) -> bool:
        """Whether days of the period still lie ahead."""
        return self.now.last >= self.today

    @cached_property
    def rows(self) -> Rows:
        """The counted rows of the period."""
        return select_rows(self.store, self.chosen, self.now.first, self.last, NAMES)

    @cached_property
    def undated(self) -> int:
        """Items of an unknown day in the whole store: they may be of this period or not."""
        return undated_count(self.store, self.chosen, self.today)

    @property
    def versions(self) -> dict[str, list[str]]:
        """Versions of model, taxonomy and thresholds among the counted rows."""
        return self.answers["volume"].versions

    @cached_property
    def notes(self) -> list[str]:
        """What the figures themselves say must be said with them, each once."""
        found = [self.answers[m] for m in _NOTED if m in self.answers]
        every = [for_reader(note) for answer in found for note in answer.notes]
        corrected = any(f.corrected for answer in found for f in answer.figures)
        return [
            note
            for note in dict.fromkeys(every)
            # Of rows that a report does not show, and of figures beside the corrected ones.
            if note and "(đếm)" not in note and not (corrected and note.startswith(_COUNTED))
        ]

    @property
    def scope(self) -> list[str]:
        """The filter in words."""
        return [f"{names.FILTERS.get(k, k)} {_value(k, v)}" for k, v in self.chosen.given().items()]

    @cached_property
    def backfills(self) -> list[str]:
        """Runs that tagged documents of this period again."""
        return [
            f"{number(run.documents)} văn bản (ngày đăng {day(run.first)} đến {day(run.last)}) "
            f"được gán nhãn lại bằng phiên bản {run.to_version}, xong ngày "
            f"{day(run.finished_at.astimezone(VIETNAM))}"
            for run in retags_within(self.store, self.now.first, self.last)
        ]


def _value(name: str, value: str) -> str:
    if name == "theme":
        return taxonomy().theme(value).name_vi
    tables = {
        "sentiment": names.TONES,
        "source_type": names.SOURCE_KINDS,
        "media_type": names.MEDIA_KINDS,
        "space": names.SPACES,
        "source_country": names.COUNTRIES,
    }
    return tables.get(name, {}).get(value, value)


def gather(
    store: Store, kind: Kind, period: str, chosen: Filter, settings: BundleSettings
) -> Gathered:
    """Ask for everything.

    Raises :class:`Problem` for a period that no such report can be on, and (``overloaded``) while
    documents come in faster than they can be counted.
    """
    now, before = spans(kind, period)
    current = today()
    if now.first > current:
        raise Problem(
            "invalid-parameter",
            "Kỳ này chưa bắt đầu nên chưa có số liệu. Hãy chọn một kỳ đã qua.",
            [Place("/period", "nằm trong tương lai")],
        )
    for _ in range(_TRIES):
        answers: dict[str, Coverage] = {}
        refused: dict[str, str] = {}
        for metric, found in _answers(store, kind, now, chosen):
            if isinstance(found, Problem):
                refused[metric] = for_reader(found.detail)
            else:
                answers[metric] = found
        comparison = compare(store, chosen, now, before, current)
        gathered = Gathered(
            store, kind, now, before, chosen, current, answers, refused, comparison, settings
        )
        # Each figure is a query of its own: tables add up only if nothing came in between them.
        if len(gathered.rows) == gathered.total("items") and answers["volume"] == coverage(
            store, "volume", now.period, chosen
        ):
            return gathered
    raise Problem(
        "overloaded",
        "Kho đang nhận tin nên các bảng chưa khớp nhau. Hãy lập lại báo cáo sau ít phút.",
        retry_after=_RETRY_SECONDS,
    )


def _answers(
    store: Store, kind: Kind, now: Span, chosen: Filter
) -> Iterator[tuple[str, Coverage | Problem]]:
    for metric in _WANTED[kind]:
        if metric not in METRICS:
            continue
        try:
            yield metric, coverage(store, metric, now.period, chosen)
        except Problem as problem:
            # A metric may not take this filter; anything else is a failure of the whole report.
            if problem.slug != "invalid-parameter":
                raise
            yield metric, problem
