"""The tables of the monthly report: cells are the figures, worded and never computed again."""

from __future__ import annotations

from data.taxonomy import Theme, taxonomy
from service.coverage.answer import Figure, Interval
from service.coverage.answer import vietnamese_number as number
from service.coverage.intervals import LEVEL, wilson
from service.coverage.shares import SMALL_CELL
from service.report import names
from service.report.blocks import Bar, Chart, Row, Table
from service.report.gathering import Gathered
from service.report.sentences import correction
from service.report.words import (
    NONE,
    count,
    percent,
    percent_interval,
    points,
    points_interval,
    result,
)

_FEW = f"Dưới {SMALL_CELL} tin gốc nên không tính tỷ lệ."
_MOST_LISTED = 10
_TONES = (("positive", "Tích cực"), ("neutral", "Trung lập"), ("negative", "Tiêu cực"))


def volume_table(g: Gathered) -> Table:
    """Table 1: all sources, and both periods on the constant panel."""
    found = g.comparison
    panel = [c for c in (found.now, found.before) if c is not None]
    blank = [NONE] * (2 - len(panel))
    rows = [
        Row((label, count(g.total(key)), *(count(getattr(c, key)) for c in panel), *blank))
        for key, label in (("stories", "Tin gốc"), ("items", "Lượt đăng"))
    ]
    sources = [count(c.sources) for c in panel]
    rows.append(Row(("Nguồn có tin", count(g.total("outlets")), *sources, *blank)))
    factor = g.figure("volume", "duplication")
    own = NONE if factor is None or factor.value is None else number(factor.value, 1)
    times = [number(c.items / c.stories, 1) if c.stories else NONE for c in panel]
    rows.append(Row(("Hệ số trùng (lượt đăng / tin gốc)", own, *times, *blank)))
    return Table(
        "Bảng 1. Tin gốc, lượt đăng, nguồn, hệ số trùng",
        ("Chỉ tiêu", "Mọi nguồn, kỳ này", "Nguồn cố định, kỳ này", "Nguồn cố định, kỳ trước"),
        tuple(rows),
        (66, 33, 33, 33),
        "Chỉ so sánh hai kỳ trên nguồn cố định (thu thập được ít nhất 90 % số ngày của cả hai kỳ); "
        "hai cột này đếm theo nhãn máy để cùng một thước đo.",
    )


def themes_table(g: Gathered) -> Table:
    """Table 2: groups and themes; the primary theme adds up, mentions do not."""
    rows: list[Row] = []
    total = 0
    n = g.total("stories")
    large = n >= SMALL_CELL
    for group in taxonomy().groups:
        own = [t for t in taxonomy().themes if t.group == group.id]
        partition = [g.figure("themes", f"partition:{t.id}") for t in own]
        sums = sum(int(f.numerator or 0) for f in partition if f)
        total += sums
        share = percent(sums / n, _wilson(sums, n)) if large else NONE
        rows.append(Row((group.name_vi, count(sums), share, "", "", ""), "group"))
        rows += [_theme_row(g, t, f) for t, f in zip(own, partition, strict=True)]
    rows.append(Row(("Tổng số", count(total), "100 %" if large else NONE, "", "", ""), "total"))
    note = (
        "Mỗi tin có một chủ đề chính nên cột tin gốc theo chủ đề chính cộng lại bằng tổng số; một "
        "tin có thể nói tới nhiều chủ đề nên cột có nói tới cộng lại có thể quá 100 %. Tỷ trọng "
        "đã làm tròn."
    )
    return Table(
        "Bảng 2. Tin gốc theo nhóm nội dung và chủ đề",
        (
            "Nhóm nội dung, chủ đề",
            "Tin gốc, chủ đề chính",
            "Tỷ trọng",
            "Tin gốc có nói tới",
            "Tỷ lệ",
            "KTC 95 %",
        ),
        tuple(rows),
        (66, 20, 16, 19, 15, 29),
        note if large else f"{note} {_FEW}",
    )


def _theme_row(g: Gathered, theme: Theme, primary: Figure | None) -> Row:
    mention = g.figure("themes", f"incidence:{theme.id}")
    hits = g.counted("themes", f"incidence:{theme.id}")
    interval = mention.interval if mention else None
    return Row(
        (
            f"{theme.number}. {theme.name_vi}",
            count(primary.numerator if primary else None),
            percent(primary.value, primary.interval) if primary else NONE,
            count(hits.numerator if hits else None),
            percent(mention.value, interval) if mention else NONE,
            percent_interval(interval),
        )
    )


def _wilson(hits: int, n: int) -> Interval:
    low, high = wilson(hits, n)
    return Interval(low=low, high=high, level=LEVEL, method="wilson")


def themes_chart(g: Gathered) -> Chart:
    """The column of primary themes of table 2."""
    found = [(t, g.figure("themes", f"partition:{t.id}")) for t in taxonomy().themes]
    bars = [Bar(f"{t.number}. {t.name_vi}", f.numerator or 0) for t, f in found if f is not None]
    return Chart("Hình 1. Số tin gốc theo chủ đề chính (số liệu ở Bảng 2)", "tin gốc", tuple(bars))


def tone_table(g: Gathered) -> Table:
    """Table 3: counts, shares and net sentiment."""
    rows: list[Row] = []
    total = 0
    large = True
    for key, label in _TONES:
        share, hits = g.figure("sentiment", key), g.counted("sentiment", key)
        total += int(hits.numerator or 0) if hits else 0
        large = large and share is not None and share.value is not None
        interval = share.interval if share else None
        rows.append(
            Row(
                (
                    label,
                    count(hits.numerator if hits else None),
                    percent(share.value, interval) if share else NONE,
                    percent_interval(interval),
                )
            )
        )
    rows.append(Row(("Cộng", count(total), "100 %" if large else NONE, ""), "total"))
    net = g.figure("sentiment", "net_sentiment")
    interval = net.interval if net else None
    value = points(net.value, interval) if net else NONE
    rows.append(
        Row(("Sắc thái thuần (điểm, từ -100 đến +100)", "", value, points_interval(interval)))
    )
    note = (
        "Sắc thái thuần = (tích cực - tiêu cực) / tổng. Tính trên tin gốc nói tới Việt Nam hoặc "
        f"địa phương; cột tin gốc là số đếm theo nhãn, {correction(g)}."
    )
    return Table(
        "Bảng 3. Sắc thái của tin gốc",
        ("Sắc thái", "Tin gốc", "Tỷ lệ", "KTC 95 %"),
        tuple(rows),
        (75, 25, 25, 40),
        note if large else f"{note} {_FEW}",
    )


def tone_chart(g: Gathered) -> Chart | None:
    """The shares of table 3 with their intervals; None where there are no shares."""
    bars = []
    for key, label in _TONES:
        figure = g.figure("sentiment", key)
        if figure is None or figure.value is None:
            return None
        interval = figure.interval
        low, high = (100 * interval.low, 100 * interval.high) if interval else (None, None)
        bars.append(Bar(label, 100 * figure.value, low, high))
    return Chart(
        "Hình 2. Tỷ lệ sắc thái, vạch ngang là KTC 95 % (số liệu ở Bảng 3)", "%", tuple(bars)
    )


def kinds_table(g: Gathered) -> Table | None:
    """Table 4: spaces, languages, countries; None when none of it can be told."""
    rows: list[Row] = []
    parts = (
        ("Không gian", "space", _spaces(g)),
        ("Ngôn ngữ", "language", _languages(g)),
        ("Quốc gia của nguồn", "language", _countries(g)),
    )
    for heading, metric, found in parts:
        if metric not in g.answers or not found:
            continue
        rows.append(Row((heading, "", "", ""), "group"))
        rows += [_kind_row(label, figure) for label, figure in found]
    if not rows:
        return None
    return Table(
        "Bảng 4. Không gian, ngôn ngữ, quốc gia",
        ("Nội dung", "Tin gốc", "Tỷ lệ", "KTC 95 %"),
        tuple(rows),
        (85, 28, 22, 30),
        "Một tin gốc có ở nhiều không gian, ngôn ngữ, quốc gia được tính cho từng nơi nên tỷ lệ "
        "cộng lại có thể quá 100 %. “Quốc tế đưa tin” chỉ gồm nguồn nước ngoài, không tính kênh "
        f"của ta và nội dung trả tiền. Nêu nhiều nhất {_MOST_LISTED} ngôn ngữ và quốc gia.",
    )


def _spaces(g: Gathered) -> list[tuple[str, Figure]]:
    keys = ("space:real", "space:cyber", "space:unknown", "events_reported")
    found = [g.figure("space", key) for key in keys]
    return [
        (f.label_vi, f)
        for f in found
        if f is not None and (f.key != "space:unknown" or f.numerator)
    ]


def _languages(g: Gathered) -> list[tuple[str, Figure]]:
    spoken = g.figures("language", "language:")
    known = [(c, f) for c, f in spoken if c != "unknown"][:_MOST_LISTED]
    found = [(names.language(c), f) for c, f in known]
    found += [("Không ghi ngôn ngữ", f) for c, f in spoken if c == "unknown" and f.numerator]
    keys = (
        "foreign_original",
        "foreign_translation",
        "foreign_of_foreign_sources",
        "foreign_of_vietnamese_sources",
    )
    parts = [g.figure("language", key) for key in keys]
    return found + [(f.label_vi, f) for f in parts if f is not None]


def _countries(g: Gathered) -> list[tuple[str, Figure]]:
    every = g.figures("language", "country:")
    known = [(c, f) for c, f in every if c != "unknown"][:_MOST_LISTED]
    found = [(names.country(c), f) for c, f in known]
    found += [("Không ghi quốc gia", f) for c, f in every if c == "unknown" and f.numerator]
    parts = [g.figure("language", key) for key in ("international", "breadth")]
    return found + [(f.label_vi, f) for f in parts if f is not None]


def _kind_row(label: str, figure: Figure) -> Row:
    if figure.key == "breadth":
        value = NONE if figure.value is None else number(figure.value, 1)
        return Row((label, value, NONE, NONE))
    if figure.numerator is None:
        return Row((label, "chưa ghi nhận", NONE, NONE))
    share = figure.value if figure.denominator else None
    return Row(
        (
            label,
            count(figure.numerator),
            percent(share, figure.interval),
            percent_interval(figure.interval),
        )
    )


def plan_table(g: Gathered) -> Table | None:
    """Table 5: stories of each theme with a target; None without a plan."""
    rows = []
    for theme in taxonomy().themes:
        done = g.figure("plan", f"done:{theme.id}")
        if done is None:
            continue
        apart = [g.figure("plan", f"done:{theme.id}:{kind}") for kind in ("earned", "owned")]
        stories = done.numerator or 0
        large = done.value is not None and stories >= SMALL_CELL
        reached = f"{number(100 * (done.value or 0))} %" if large else NONE
        rows.append(
            Row(
                (
                    theme.name_vi,
                    count(done.denominator) if done.denominator else NONE,
                    count(done.numerator),
                    reached,
                    *(count(f.numerator if f else None) for f in apart),
                )
            )
        )
    if not rows:
        return None
    return Table(
        "Bảng 5. Tin gốc so với kế hoạch của kỳ",
        ("Chủ đề", "Chỉ tiêu", "Tin gốc", "Mức đạt", "Kênh khác tự đưa", "Kênh của ta"),
        tuple(rows),
        (70, 18, 18, 19, 21, 19),
        "Mức đạt của các chủ đề không cộng lại với nhau vì một tin có thể thuộc nhiều chủ đề; "
        f"chỉ tính tỷ lệ khi có từ {SMALL_CELL} tin gốc.",
    )


def response_table(g: Gathered) -> Table | None:
    """Table 6: what is known of the cases; None without them."""
    answer = g.answers.get("response")
    if answer is None:
        return None
    return Table(
        "Bảng 6. Vụ việc giải thích, làm rõ",
        ("Chỉ tiêu", "Kết quả"),
        tuple(Row((f.label_vi, result(f))) for f in answer.figures),
        (70, 95),
        texts=(1,),
    )
