"""A period and the same period twelve months earlier, on the constant panel and one model."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from data.problems import Place, Problem
from service.coverage.answer import vietnamese_number as number
from service.coverage.panel import PanelSources, constant_panel
from service.coverage.question import Question
from service.coverage.selection import Rows, select_rows
from service.store.counting import MISSING, VERSIONS, counted
from service.store.filters import Filter
from service.store.tables import facts

HOME = "VN"
OURS = ("owned", "paid")
Span = tuple[date, date]


@dataclass(frozen=True)
class Compared:
    """Rows of both periods; ``versions`` are those of their machine labels, one when comparable."""

    now: Rows
    before: Rows
    spans: tuple[Span, Span]
    panel: PanelSources
    versions: list[str]
    foreign: bool
    notes: list[str]


def a_year_before(first: date, last: date) -> Span:
    """The same days of the year before; whole months stay whole, 29 February becomes the 28th."""
    whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    end = monthrange(last.year - 1, last.month)[1]
    start = monthrange(first.year - 1, first.month)[1]
    return (
        date(first.year - 1, first.month, min(first.day, start)),
        date(last.year - 1, last.month, end if whole else min(last.day, end)),
    )


def foreign_by_default(chosen: Filter) -> bool:
    """Whether sources abroad are meant: always, unless the filter says which sources."""
    return chosen.source_country is None and chosen.source_id is None


def compared(question: Question, numbers: Sequence[str]) -> Compared:
    """Both periods under the filter, with these columns of ``facts``.

    Raises :class:`Problem` for a period without its days or of over a year.

    Sources abroad unless the filter names a country or a source (``domain/metrics.md`` M5). Of
    sources abroad, owned and paid items are left out unless the filter asks for them: they are not
    what others say (section 7.4).
    """
    span = question.elapsed()
    spans = (span, a_year_before(*span))
    if spans[1][1] >= span[0]:
        raise Problem(
            "invalid-parameter",
            "Kỳ dài hơn 12 tháng thì trùng với cùng kỳ năm trước. Hãy chọn kỳ ngắn hơn.",
            [Place("/period", "dài hơn 12 tháng")],
        )
    panel = constant_panel(question.store, spans)
    where = _narrowed(question.chosen)
    now, before = (
        select_rows(
            question.store,
            question.chosen,
            *days,
            numbers=numbers,
            where=where,
            sources=panel.sources,
        )
        for days in spans
    )
    notes = [panel.note, *_left_out(question, span)]
    if question.unfinished:
        notes.append(
            "Kỳ chưa kết thúc: so phần đã qua với đúng những ngày ấy của năm trước "
            f"({_days(spans[1])})."
        )
    else:
        notes.append(f"Cùng kỳ năm trước: {_days(spans[1])}.")
    notes.append("rows_url liệt kê các dòng theo bộ lọc, chưa bỏ nguồn ngoài diện cố định.")
    return Compared(
        now,
        before,
        spans,
        panel,
        _machine_versions(question, spans, where, panel),
        foreign_by_default(question.chosen),
        notes,
    )


def _abroad(chosen: Filter) -> bool:
    return chosen.source_id is None and chosen.source_country != HOME


def _narrowed(chosen: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if foreign_by_default(chosen):
        found.append(facts.c.source_country != HOME)
    if _abroad(chosen) and chosen.media_type is None:
        found.append(or_(facts.c.media_type.is_(None), facts.c.media_type.not_in(OURS)))
    return found


def _left_out(question: Question, span: Span) -> list[str]:
    """What the default choice of sources leaves out of the period, in words."""
    chosen = question.chosen
    if not _abroad(chosen):
        return []
    by_default = foreign_by_default(chosen)
    abroad = [facts.c.source_country != HOME] if by_default else []

    which = (
        [facts.c.source_country.is_(None)],
        [facts.c.media_type.in_(OURS), *abroad],
        [facts.c.media_type.is_(None), *abroad],
    )
    sums = (func.coalesce(func.sum(case((and_(*w), 1), else_=0)), 0) for w in which)
    query = select(*sums).where(*counted(chosen, *span))
    ((no_country, ours, unsaid),) = question.store.tuples(query)
    notes = []
    if by_default:
        notes.append(
            "Tăng trưởng chỉ tính nguồn nước ngoài; muốn tính nguồn khác, hãy chọn source_country "
            "hoặc source_id. Lượt đăng không ghi nước của nguồn nên không tính: "
            f"{number(no_country)}."
        )
    if chosen.media_type is None:
        notes.append(
            "Lượt đăng trên kênh của ta hoặc trả tiền để đăng (owned, paid) không phải là quốc tế "
            f"đưa tin nên không tính: {number(ours)}; không ghi media_type nên vẫn tính: "
            f"{number(unsaid)}."
        )
    return notes


def _machine_versions(
    question: Question,
    spans: Sequence[Span],
    where: Sequence[ColumnElement[bool]],
    panel: PanelSources,
) -> list[str]:
    """Distinct model, taxonomy and threshold versions behind the machine's labels of all spans."""
    known = set(panel.sources.tolist())
    source = func.coalesce(facts.c.source, MISSING)
    found: set[tuple[str, ...]] = set()
    for first, last in spans:
        query = select(source, *(facts.c[n] for n in VERSIONS)).where(
            *counted(question.chosen, first, last), *where, facts.c.human.is_(False)
        )
        rows = question.store.tuples(query.distinct())
        found |= {tuple(versions) for own, *versions in rows if own in known}
    return sorted(" / ".join(versions) for versions in found)


def _days(span: Span) -> str:
    first, last = (f"{d.day}-{d.month}-{d.year}" for d in span)
    return f"{first} đến {last}"
