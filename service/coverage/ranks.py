"""M16: national ranks, quoted from their publishers and never computed (``domain/metrics.md``)."""

from __future__ import annotations

from collections.abc import Sequence

from service.coverage.answer import Figure, Panel
from service.coverage.answer import vietnamese_number as number
from service.coverage.question import Answered, Question
from service.coverage.refusals import only_filters
from service.store.reference import RankRow, read

_RULE = "số liệu trích dẫn, không tính từ tin bài"
_NOTES = (
    "Thứ hạng do bên công bố tính, chép lại kèm số nước được xếp hạng; hệ thống không tự tính thứ "
    "hạng và không suy ra thứ hạng từ tin bài.",
    "Hai kỳ có số nước khác nhau thì không so được: xếp thấp hơn trong một danh sách dài hơn không "
    "phải là tụt hạng.",
    "Không có căn cứ để nói tin bài làm thay đổi thứ hạng.",
)


def ranks(question: Question) -> Answered:
    """Ranks of the editions in the years of the period, with the change where it can be told."""
    only_filters(question, (), "Thứ hạng quốc gia là số liệu chung, không lọc được.")
    every = sorted(read(question.store, RankRow), key=lambda r: (r.index, r.edition_year, r.rank))
    first = question.period.first
    inside = [
        r
        for r in every
        if (first is None or first.year <= r.edition_year) and r.edition_year <= question.last.year
    ]
    figures = [_quoted(row) for row in inside]
    editions = sorted({(r.index, r.edition_year) for r in inside})
    figures += [f for index, year in editions if (f := _change(every, index, year)) is not None]
    notes = [*_NOTES, *([] if inside else ["Chưa có thứ hạng nào được nhập cho kỳ này."])]
    return Answered(
        figures,
        notes,
        Panel(sources=0, rule=_RULE),
        counted=False,
        rows_url="/v1/reference/ranks",
    )


def _quoted(row: RankRow) -> Figure:
    score = "" if row.score is None else f", {number(row.score, 1)} điểm"
    return Figure(
        key=f"rank:{row.index}:{row.edition_year}:{row.publisher}",
        label_vi=f"{row.index} {row.edition_year}",
        value=row.rank,
        numerator=row.rank,
        denominator=row.n_countries,
        n=row.n_countries,
        interval=None,
        corrected=False,
        wording=(
            f"{row.index} {row.edition_year}: hạng {number(row.rank)} trên "
            f"{number(row.n_countries)} nước{score} (theo {row.publisher}, {row.url}, lấy ngày "
            f"{row.retrieved_at.day}-{row.retrieved_at.month}-{row.retrieved_at.year})"
        ),
    )


def _change(every: Sequence[RankRow], index: str, year: int) -> Figure | None:
    """Against the edition before; no value where the two ranked other numbers of countries."""
    before = [r.edition_year for r in every if r.index == index and r.edition_year < year]
    if not before:
        return None
    earlier = max(before)
    old = [r for r in every if r.index == index and r.edition_year == earlier]
    new = [r for r in every if r.index == index and r.edition_year == year]
    label = f"{index}: {year} so với {earlier}"
    value = None
    counts = sorted({r.n_countries for r in (*old, *new)})
    places = {r.rank for r in old}, {r.rank for r in new}
    if len(counts) > 1:
        listed = ", ".join(map(number, counts))
        wording = f"{label}: không so được, số nước được xếp hạng khác nhau ({listed})"
    elif len(places[0]) > 1 or len(places[1]) > 1:
        wording = f"{label}: không so được, các nguồn ghi thứ hạng khác nhau"
    else:
        value = places[0].pop() - places[1].pop()
        moved = "giữ hạng" if not value else f"{'tăng' if value > 0 else 'giảm'} {abs(value)} bậc"
        wording = f"{label}: {moved} trên cùng {number(counts[0])} nước"
    return Figure(
        key=f"change:{index}:{year}",
        label_vi=f"Thay đổi, {label}",
        value=value,
        numerator=None,
        denominator=None,
        n=counts[-1],
        interval=None,
        corrected=False,
        wording=wording,
    )
