"""Reports in Word: what they say is what the figures say, and the file is an office's."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import insert

from data.problems import Problem
from data.taxonomy import taxonomy
from model.bundle import default_bundle, read_settings
from service.coverage.answer import Coverage, Figure
from service.coverage.figures import coverage
from service.coverage.period import parse_period
from service.report import gathering, weekly
from service.report.blocks import Bar, Chart, Report, Row, Section, Table, Words
from service.report.content import content
from service.report.layout import docx_bytes
from service.report.weekly import PAGE_LINES, lines
from service.store.days import day_number
from service.store.filters import Filter
from service.store.store import Store
from service.store.tables import retags
from tests.service import made_month
from tests.service.test_coverage import by_key
from tests.service.test_coverage import fill as fill_march
from tests.service.test_store import document, prediction

SETTINGS = read_settings(default_bundle())
UNIT = "Sở Ngoại vụ tỉnh Gia Lai"


class Made(NamedTuple):
    """A report and the file it was laid out as."""

    report: Report
    file: Any
    text: str


def make(store: Store, kind: str, period: str, chosen: Filter | None = None) -> Made:
    report = content(store, kind, period, chosen or Filter(), SETTINGS, UNIT)  # type: ignore[arg-type]
    return opened(report)


def opened(report: Report) -> Made:
    file = docx.Document(io.BytesIO(docx_bytes(report)))
    return Made(report, file, whole_text(file))


def whole_text(file: Any) -> str:
    """Everything that is read, links included, with plain spaces."""
    texts = [p.text for p in file.paragraphs]
    texts += [c.text for t in file.tables for r in t.rows for c in r.cells]
    return "\n".join(texts).replace("\u00a0", " ")


def tables(made: Made) -> dict[str, Table]:
    every = [b for s in (*made.report.sections, *made.report.annex) for b in s.blocks]
    return {b.caption.partition(".")[0]: b for b in every if isinstance(b, Table)}


def whole(cell: str) -> int:
    """A count as the report writes it."""
    return int(cell.replace(".", ""))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('office')}/ttdn.db")
    store.migrate()
    made_month.fill(store)
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def month(office: Store) -> Made:
    return make(office, "monthly", made_month.PERIOD)


@pytest.fixture(scope="module")
def week(office: Store) -> Made:
    return make(office, "weekly", made_month.WEEK)


# -- the file --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["week", "month"])
def test_page_type_and_heading_are_of_the_form(kind: str, request: pytest.FixtureRequest) -> None:
    file = request.getfixturevalue(kind).file
    page = file.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert 20 <= round(page.top_margin.mm) <= 25
    assert 20 <= round(page.bottom_margin.mm) <= 25
    assert 30 <= round(page.left_margin.mm) <= 35
    assert 15 <= round(page.right_margin.mm) <= 20
    assert file.styles["Normal"].font.name == "Times New Roman"
    assert file.styles["Normal"].font.size == Pt(13)
    fonts = {f.get(qn("w:ascii")) for f in file.element.iter(qn("w:rFonts"))}
    assert fonts <= {"Times New Roman"}
    codes = [e.text.strip() for e in page.header._element.iter(qn("w:instrText"))]
    assert codes == ["PAGE"]
    assert page.different_first_page_header_footer
    order = [e.tag for e in file.tables[0]._tbl.tblPr]
    assert order.index(qn("w:tblCellMar")) < order.index(qn("w:tblLook"))
    above = [c.text for c in file.tables[0].rows[0].cells]
    assert "SỞ NGOẠI VỤ TỈNH GIA LAI" in above[0]
    assert "Số:" in above[0]
    assert above[1].startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    assert not re.search(r"ngày\s+\d", above[1])


def test_tables_are_tables_whose_header_repeats(month: Made) -> None:
    found = [t for t in month.file.tables if t.style.name == "Table Grid"]
    assert len(found) == len(tables(month))
    for table, told in zip(found, tables(month).values(), strict=True):
        first, *rest = [r._tr for r in table.rows]
        assert first.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
        assert all(r.find(qn("w:trPr")).find(qn("w:tblHeader")) is None for r in rest)
        assert sum(told.widths) == pytest.approx(165, abs=1)
        assert [c.text.replace("\u00a0", " ") for c in table.rows[0].cells] == list(told.header)
        assert len(table.rows) == len(told.rows) + 1


def test_charts_are_editable_grey_and_hold_the_tables_figures(month: Made) -> None:
    parts = {str(p.partname): p for p in month.file.part.package.iter_parts()}
    charts = [name for name in parts if name.startswith("/word/charts/")]
    assert len(charts) == 2
    book = load_workbook(io.BytesIO(parts["/word/embeddings/chart1.xlsx"].blob)).active
    assert book is not None
    shown = {r[0]: r[1] for r in book.iter_rows(min_row=2, values_only=True)}
    rows = [r for r in tables(month)["Bảng 2"].rows if r.kind == "plain"]
    assert shown == {r.cells[0]: whole(r.cells[1]) for r in rows}
    for name in charts:
        xml = parts[name].blob.decode()
        for color in re.findall(r'srgbClr val="(\w{6})"', xml):
            assert len({color[:2], color[2:4], color[4:]}) == 1, "not grey"
    described = [e.get("descr") for e in month.file.element.iter(qn("wp:docPr"))]
    assert all(text and "Hình" in text for text in described)


def test_one_page_is_what_a_week_takes(office: Store) -> None:
    for number in range(2, 11):
        report = content(office, "weekly", f"2026-W{number:02}", Filter(), SETTINGS, UNIT)
        assert lines(report) <= PAGE_LINES
        assert [s.heading[0] for s in report.sections] == list("123456")


# -- what it says ----------------------------------------------------------------------------


def test_a_month_has_its_seven_parts_and_an_annex(month: Made) -> None:
    headings = [s.heading for s in month.report.sections]
    assert [h.partition(".")[0] for h in headings] == ["I", "II", "III", "IV", "V", "VI", "VII"]
    assert "PHỤ LỤC" in month.text
    assert [s.heading[0] for s in month.report.annex] == list("1234")


def counted(answer: Coverage) -> dict[str, Figure]:
    """Figures as they were counted, where corrected ones stand beside."""
    found = by_key(answer)
    return {k: found.get(f"{k}:counted", f) for k, f in found.items()}


def test_tables_add_up_to_the_figures(office: Store, month: Made) -> None:
    period = parse_period(made_month.PERIOD)
    volume = by_key(coverage(office, "volume", period, Filter()))
    first = {r.cells[0]: r.cells[1] for r in tables(month)["Bảng 1"].rows}
    assert whole(first["Tin gốc"]) == volume["stories"].value
    assert whole(first["Lượt đăng"]) == volume["items"].value
    themes = counted(coverage(office, "themes", period, Filter()))
    rows = tables(month)["Bảng 2"].rows
    plain = [r for r in rows if r.kind == "plain"]
    for theme, row in zip(taxonomy().themes, plain, strict=True):
        assert whole(row.cells[1]) == themes[f"partition:{theme.id}"].numerator
        assert whole(row.cells[3]) == themes[f"incidence:{theme.id}"].numerator
    sums = {kind: sum(whole(r.cells[1]) for r in rows if r.kind == kind)
            for kind in ("plain", "group", "total")}  # fmt: skip
    assert set(sums.values()) == {volume["stories"].value}
    groups = [sum(1 for t in taxonomy().themes if t.group == g.id) for g in taxonomy().groups]
    at = 0
    for size, group in zip(groups, [r for r in rows if r.kind == "group"], strict=True):
        own = plain[at : at + size]
        assert whole(group.cells[1]) == sum(whole(r.cells[1]) for r in own)
        at += size
    tone = counted(coverage(office, "sentiment", period, Filter()))
    third = [r.cells for r in tables(month)["Bảng 3"].rows]
    assert [whole(c[1]) for c in third[:3]] == [
        tone[k].numerator for k in ("positive", "neutral", "negative")
    ]
    assert whole(third[3][1]) == tone["positive"].denominator


def test_the_first_line_reads_as_the_model_line(month: Made, office: Store) -> None:
    volume = by_key(coverage(office, "volume", parse_period(made_month.PERIOD), Filter()))
    factor = f"{volume['duplication'].value:.1f}".replace(".", ",")
    assert (
        f"Tháng 3 năm 2026 (15-2-2026 đến 14-3-2026): {volume['stories'].value:.0f} tin gốc "
        f"({volume['items'].value:.0f} lượt đăng, hệ số trùng {factor}) từ "
        f"{volume['outlets'].value:.0f} nguồn có tin."
    ) in month.text
    assert "công thức (tích cực - tiêu cực) / tổng" in month.text
    assert month.text.count("Đây là chỉ số đầu ra, không đo nhận thức của công chúng") >= 2


def test_a_week_names_three_stories_of_each_leading_theme(week: Made) -> None:
    blocks = [b for b in week.report.sections[1].blocks if isinstance(b, Words)]
    leading = [k for k, b in enumerate(blocks) if b.kind == "item"]
    assert len(leading) in (2, 3)
    assert all(b.kind == "inner" for k, b in enumerate(blocks) if k not in leading)
    assert len(blocks) == 4 * len(leading)
    sizes = [int(re.findall(r"(\d+)/", blocks[k].text)[0]) for k in leading]
    assert sizes == sorted(sizes, reverse=True)


def test_titles_of_negative_stories_are_not_printed(store: Store) -> None:
    store.save(
        [
            (document(f"n{k}", f"Ông Nguyễn Văn Tèo bị nêu tên lần {k}", source_id=f"Báo {k}",
                      url=f"https://example.org/{k}", published_at="2026-03-04"),
             prediction(f"n{k}", "tourism_destination", tone="negative"))
            for k in range(3)
        ]
    )  # fmt: skip
    for kind, period in (("weekly", "2026-W10"), ("monthly", "2026-03")):
        made = make(store, kind, period)
        assert "Tèo" not in made.text
        assert "3 tin gốc mang sắc thái tiêu cực" in made.text
    links = [r.target_ref for r in made.file.part.rels.values() if r.is_external]
    assert sorted(links) == [f"https://example.org/{k}" for k in range(3)]


def test_pages_of_accounts_and_small_sources_are_not_told_apart(office: Store) -> None:
    made = make(office, "monthly", made_month.PERIOD, Filter(theme="overseas_vietnamese"))
    assert "Trang cộng đồng" not in made.text
    assert "Kênh video 1" not in made.text
    rows = {r.cells[0]: r.cells for r in tables(made)["Bảng 7"].rows}
    press = rows["Báo, tạp chí"][2]
    assert "dưới 10 tin gốc: " in press
    assert all(int(n) >= 10 for n in re.findall(r"\((\d+)\)", press))


def test_a_feed_that_was_down_is_left_out_of_the_comparison(month: Made) -> None:
    rows = {r.cells[0]: r.cells for r in tables(month)["Bảng 1"].rows}
    assert (rows["Nguồn có tin"][1], rows["Nguồn có tin"][2]) == ("22", "21")
    assert whole(rows["Tin gốc"][2]) < whole(rows["Tin gốc"][1])
    assert "trên 21 nguồn cố định" in month.text


# -- limits ----------------------------------------------------------------------------------


def test_limits_come_from_the_store(office: Store, month: Made) -> None:
    whole_share = SETTINGS.figures["bundle"]["headline"]
    for said in (
        "9 lượt đăng trong kho",
        "Chưa có mẫu kiểm tra ngẫu nhiên",
        SETTINGS.model_version,
        f"của sắc thái {whole_share['sentiment_macro_f1']:.2f}".replace(".", ","),
        "Không có lần gán nhãn lại nào",
        "Số liệu không cho thấy tin bài làm thay đổi nhận thức",
    ):
        assert said in month.text, said


def test_back_fills_and_mixed_versions_are_said(store: Store) -> None:
    fill_march(store)
    store.save([(document("x", published_at="2026-03-20"), prediction("x", "world_affairs",
                                                                      version="m2"))])  # fmt: skip
    run = {"from_versions": ["m0"], "to_version": "m1", "documents": 1234,
           "finished_at": datetime(2026, 4, 2, tzinfo=UTC)}  # fmt: skip
    spans = {"m1": ("2026-03-01", "2026-03-10"), "m3": ("2026-01-01", "2026-02-28")}
    with store.transaction() as connection:
        for version, (first, last) in spans.items():
            connection.execute(
                insert(retags).values(
                    **{**run, "to_version": version},
                    first_day=day_number(first),
                    last_day=day_number(last),
                )
            )
    text = make(store, "monthly", "2026-03").text
    assert "1.234 văn bản (ngày đăng 1-3-2026 đến 10-3-2026) được gán nhãn lại" in text
    assert "phiên bản m3" not in text
    assert "phiên bản mô hình: m1 và m2" in text
    assert "không có số đo sai số của phiên bản m1 và m2" in text


def test_an_empty_period_is_a_lack_of_figures_and_not_of_news(store: Store) -> None:
    for kind, period in (("weekly", "2026-W30"), ("monthly", "2026-07")):
        made = make(store, kind, period)
        assert "kho không có tin gốc nào thuộc phạm vi báo cáo" in made.text
        assert "không phải là không có tin" in made.text
        blocks = [b for s in made.report.sections[:4] for b in s.blocks]
        assert not [b for b in blocks if not isinstance(b, Words)]
        told = " ".join(b.text for b in blocks if isinstance(b, Words))
        assert "%" not in told.replace("90 % số ngày", "").replace("95 %", "")


def test_a_tiny_period_has_counts_and_no_percentages(store: Store) -> None:
    fill_march(store)
    made = make(store, "monthly", "2026-03", Filter(source_id="Báo 1"))
    assert "10 tin gốc" in made.text
    for name in ("Bảng 2", "Bảng 3"):
        table = tables(made)[name]
        assert not any("%" in cell for row in table.rows for cell in row.cells)
        assert "Dưới 30 tin gốc nên không tính tỷ lệ" in table.note
    assert not [b for s in made.report.sections for b in s.blocks if isinstance(b, Chart)]
    assert "Phạm vi: nguồn Báo 1" in made.text


def test_a_report_is_whole_while_documents_come_in(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_march(store)
    plain = gathering.compare
    late = [(document(f"l{k}", published_at="2026-03-13"), prediction(f"l{k}", "world_affairs"))
            for k in range(2)]  # fmt: skip

    def compare_while_one_comes(*given: Any) -> Any:
        if late:
            store.save([late.pop()])
        return plain(*given)

    monkeypatch.setattr(gathering, "compare", compare_while_one_comes)
    made = make(store, "monthly", "2026-03")
    assert tables(made)["Bảng 1"].rows[0].cells[1] == tables(made)["Bảng 2"].rows[-1].cells[1]
    assert "52 tin gốc" in made.text
    late += [(document(f"m{k}", published_at="2026-03-13"), prediction(f"m{k}", "world_affairs"))
             for k in range(3)]  # fmt: skip
    with pytest.raises(Problem) as caught:
        make(store, "monthly", "2026-03")
    assert caught.value.slug == "overloaded"


# -- text that means harm --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ('=HYPERLINK("http://x","y")', '“=HYPERLINK("http://x","y")”'),
        ("Đo\x0b lường\x01 \ufffe cà phê", "“Đo lường cà phê”"),
        ("ngược \u202egnort\u202c chiều", "“ngược gnort chiều”"),
        ("<w:p>thẻ</w:p> & }{ PAGE \\* MERGE", "“<w:p>thẻ</w:p> & }{ PAGE \\* MERGE”"),
    ],
)
def test_titles_are_text_and_nothing_more(store: Store, title: str, shown: str) -> None:
    given = {"source_id": "@Báo\u202e", "published_at": "2026-03-04", "url": "javascript:alert(1)"}
    store.save(
        [
            (document("a", title, **given), prediction("a", "tourism_destination")),
            (document("b", title, **{**given, "url": "file:///etc/passwd", "source_id": "x"}),
             prediction("b", "tourism_destination", tone="negative")),
            (document("c", f"{title} hai", **{**given, "url": "data:text/html,x"}),
             prediction("c", "tourism_destination", tone="negative")),
        ]
    )  # fmt: skip
    made = make(store, "monthly", "2026-03")
    assert shown in made.text
    body = made.file.element.xml
    assert "instrText" not in body
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\u202a-\u202e]", body)
    assert not [r for r in made.file.part.rels.values() if r.is_external]


@settings(max_examples=50, deadline=None)
@given(st.text(), st.text(max_size=30))
def test_any_text_makes_a_file_that_opens(text: str, unit: str) -> None:
    report = Report(
        "monthly",
        unit,
        ("Về việc", text),
        (
            Section(
                text,
                (
                    Words(text, "item", text, text),
                    Table(text, (text, "b"), (Row(("a", text)),), (100, 65), text),
                    Chart(text, "%", (Bar(text, 1.5, 1, 2), Bar("b", 0, 0, 3))),
                ),
            ),
        ),
    )
    assert len(opened(report).file.tables) == 3


# -- periods ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "period"),
    [
        ("weekly", "2026-03"),
        ("weekly", "2026-03-02"),
        ("monthly", "2026-W10"),
        ("monthly", "2026-Q1"),
        ("monthly", "admin-2026"),
        ("monthly", "2026-13"),
        ("weekly", "0001-W01"),
        ("monthly", "0001-01"),
        ("monthly", "2198-01"),
        ("weekly", ""),
    ],
)
def test_other_periods_are_refused(store: Store, kind: str, period: str) -> None:
    with pytest.raises(Problem) as caught:
        make(store, kind, period)
    assert caught.value.slug == "invalid-parameter"


@pytest.mark.parametrize(
    ("kind", "period", "before"),
    [
        ("weekly", "2026-W01", "2025-W52"),
        ("weekly", "2026-W10", "2026-W09"),
        ("monthly", "2026-03", "2026-02"),
        ("monthly", "2026-01", "2025-12"),
        ("monthly", "admin-2026-01", "admin-2025-12"),
    ],
)
def test_the_period_before(kind: str, period: str, before: str) -> None:
    from service.report.spans import spans

    now, earlier = spans(kind, period)  # type: ignore[arg-type]
    assert now.period == parse_period(period)
    assert earlier.period == parse_period(before)


def test_a_period_that_goes_on_is_not_compared(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_march(store)
    from datetime import date

    monkeypatch.setattr(gathering, "today", lambda: date(2026, 3, 20))
    text = make(store, "monthly", "2026-03").text
    assert "Chưa so sánh được với kỳ trước vì kỳ chưa kết thúc (mới tính đến hết ngày" in text
    assert "Kỳ chưa kết thúc: mới tính đến hết ngày 20-3-2026." in text
    monkeypatch.setattr(gathering, "today", lambda: date(2026, 2, 20))
    with pytest.raises(Problem) as caught:
        make(store, "monthly", "2026-03")
    assert "chưa bắt đầu" in caught.value.detail


# -- where metrics are not there, or refuse ----------------------------------------------------


def test_a_metric_that_is_not_there_leaves_room(
    office: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "METRICS", ("volume", "themes", "sentiment"))
    text = make(office, "monthly", made_month.PERIOD).text
    for what in ("không gian, ngôn ngữ, quốc gia", "kế hoạch", "phân vai", "vụ việc"):
        assert f"Hệ thống chưa có số liệu về {what}" in text
    assert (
        "Hệ thống chưa có số liệu vụ việc. [Đơn vị điền"
        in make(office, "weekly", made_month.WEEK).text
    )


def test_a_metric_that_refuses_the_filter_says_so(
    office: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(store: Store, metric: str, *given: Any) -> Coverage:
        if metric == "response":
            raise Problem("invalid-parameter", "Vụ việc chỉ lọc theo địa phương. Hãy bỏ bộ lọc.")
        return coverage(store, metric, *given)

    monkeypatch.setattr(gathering, "coverage", refusing)
    monkeypatch.setattr(gathering, "METRICS", ("volume", "themes", "sentiment", "response"))
    monkeypatch.setattr("service.report.monthly.METRIC_NAMES", {"response": "Tốc độ làm rõ"})
    monkeypatch.setattr("service.report.limits.METRIC_NAMES", {"response": "Tốc độ làm rõ"})
    text = make(office, "monthly", made_month.PERIOD, Filter(space="cyber")).text
    assert "Không tính được tốc độ làm rõ với phạm vi đã chọn. Vụ việc chỉ lọc theo" in text
    assert "Hãy bỏ" not in text
    assert "Phạm vi: không gian mạng" in text
    assert make(office, "weekly", made_month.WEEK).text.count("Vụ việc chỉ lọc theo") == 1


def test_the_weekly_page_gives_up_a_theme_before_a_line(
    office: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weekly, "PAGE_LINES", 30)
    report = content(office, "weekly", made_month.WEEK, Filter(), SETTINGS, UNIT)
    blocks = [b for b in report.sections[1].blocks if isinstance(b, Words)]
    assert sum(b.kind == "item" for b in blocks) == 1


def test_the_file_is_named_and_described(office: Store, tmp_path: Path) -> None:
    about = make(office, "weekly", made_month.WEEK).file.core_properties
    assert about.title == "Báo cáo. Tình hình thông tin đối ngoại tuần 10 năm 2026"
    assert about.author == UNIT
    assert about.comments == ""
