from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import docx
import pytest
from openpyxl import Workbook

from data.file_text import decode, fields_of
from data.problems import Problem
from data.reading import read_records


def records(path: Path, given: str | None = None) -> list[tuple[int, object]]:
    return list(read_records(str(path), given))


def test_a_broken_json_line_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1", "text": "một"}\n{broken\n\n[1]\n{"id": "2", "text": "hai"}\n')
    found = records(path)
    assert [n for n, _ in found] == [1, 2, 4, 5]
    assert isinstance(found[1][1], Problem)
    assert found[1][1].slug == "malformed-json"
    assert isinstance(found[2][1], Problem)
    assert found[3][1] == {"id": "2", "text": "hai"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_excels_csv_with_vietnamese_headers(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "tin.csv"
    rows = [
        ["Mã", "Tiêu đề", "Nội dung", "Ngày đăng", "Địa phương"],
        ["7", "Khai mạc lễ hội", '"Dòng một\ndòng hai"', "5/3/2026", "Gia Lai|Đắk Lắk"],
        ["8", "Hỏng", "x", "5/3/2026", "Gia Lai", "thừa"],
        ["", "Không có mã", "Nội dung đủ", "", ""],
    ]
    text = "\n".join(delimiter.join(row) for row in rows)
    if encoding == "cp1258":
        text = decompose_tones(text)
    path.write_bytes(text.encode(encoding))
    found = records(path)
    assert found[0][1] == {
        "id": "7",
        "title": "Khai mạc lễ hội",
        "body": "Dòng một\ndòng hai",
        "published_at": "2026-03-05",
        "locality": ["Gia Lai", "Đắk Lắk"],
    }
    assert isinstance(found[1][1], Problem)
    assert found[1][0] == 4
    assert found[2][1] == {"id": "tin.csv:5", "title": "Không có mã", "body": "Nội dung đủ"}


def decompose_tones(text: str) -> str:
    """As Windows-1258 writes it: hats and horns composed, tones as marks of their own."""
    import unicodedata

    out = []
    for char in text:
        for part in (char, *[unicodedata.normalize("NFD", char)]):
            try:
                part.encode("cp1258")
            except UnicodeEncodeError:
                continue
            out.append(part)
            break
        else:
            parts = unicodedata.normalize("NFD", char)
            tone = next(p for p in parts[1:] if p in "\u0300\u0301\u0303\u0309\u0323")
            out.append(unicodedata.normalize("NFC", parts.replace(tone, "")) + tone)
    return "".join(out)


def test_an_unclosed_quote_costs_its_own_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"{k};Tin số {k}\n" for k in range(5))
    path.write_text(f'id;title\nx;"Tít hỏng\n{rows}', encoding="utf-8")
    found = records(path)
    assert isinstance(found[0][1], Problem)
    assert found[0][0] == 2
    assert [r["id"] for _, r in found[1:]] == ["0", "1", "2", "3", "4"]  # type: ignore[index]


def test_row_numbers_are_no_ids_and_twin_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("STT;Tiêu đề\n1;Tin một\n", encoding="utf-8")
    assert records(path) == [(2, {"title": "Tin một", "id": "a.csv:2"})]
    path.write_text("Nội dung;Thân bài\na;b\n", encoding="utf-8")
    with pytest.raises(Problem) as caught:
        records(path)
    assert "body" in caught.value.detail


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("Ngày đăng", "5/3/2026 8:30", {"published_at": "2026-03-05T08:30:00+07:00"}),
        ("audience", "1.500", {"audience": 1500.0}),
        ("audience", "1.5", {"audience": 1.5}),
    ],
)
def test_cells_as_offices_write_them(
    tmp_path: Path, header: str, cell: str, expected: dict[str, object]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"id;title;{header}\n1;Tin;{cell}\n", encoding="utf-8")
    assert records(path) == [(2, {"id": "1", "title": "Tin", **expected})]


def test_xlsx_keeps_days_and_numbers(tmp_path: Path) -> None:
    from datetime import datetime

    book = Workbook()
    book.active.append(["id", "title", "published_at", "audience"])
    book.active.append([12, "Tin một", datetime(2026, 3, 5), 1500.0])
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert records(path) == [
        (2, {"id": "12", "title": "Tin một", "published_at": "2026-03-05", "audience": 1500.0})
    ]


@pytest.mark.parametrize(
    ("name", "slug"), [("a.pdf", "unsupported-format"), ("a", "unsupported-format")]
)
def test_an_unknown_format_is_refused(tmp_path: Path, name: str, slug: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(Problem) as caught:
        records(tmp_path / name)
    assert caught.value.slug == slug


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        records(tmp_path / "không-có.jsonl")
    assert caught.value.slug == "input-not-found"
    assert "không-có.jsonl" in caught.value.detail


def test_a_broken_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"not a zip")
    with pytest.raises(Problem) as caught:
        records(path)
    assert caught.value.slug == "unsupported-format"


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02binary", bytes(range(128, 256)) * 4, b"\xff\xfe\x00\xd8\x00\xd8a"]
)
def test_what_is_no_text_is_undecodable(data: bytes) -> None:
    with pytest.raises(Problem) as caught:
        decode(data)
    assert caught.value.slug == "undecodable"


def test_word_reads_tables_and_insertions_but_no_deletions() -> None:
    document = docx.Document()
    document.add_paragraph("Đoạn mở đầu.")
    document.add_table(1, 1).cell(0, 0).text = "Ô trong bảng."
    buffer = io.BytesIO()
    document.save(buffer)
    tracked = (
        '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:ins><w:r><w:t>Câu thêm.</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>Câu đã xóa.</w:delText><w:t>Câu đã xóa.</w:t></w:r></w:del></w:p>"
    )
    changed = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace(b"<w:sectPr", tracked.encode() + b"<w:sectPr", 1)
            new.writestr(name, content)
    text = fields_of(changed.getvalue(), "docx")["text"]
    assert [line for line in text.split("\n") if line] == [
        "Đoạn mở đầu.",
        "Ô trong bảng.",
        "Câu thêm.",
    ]


def test_html_keeps_the_article_and_drops_the_page() -> None:
    page = (
        "<html><head><title>Khai mạc lễ hội cồng chiêng</title></head><body><nav>Trang chủ</nav>"
        "<article><h1>Khai mạc lễ hội cồng chiêng</h1>"
        + "<p>Tối 5-3, lễ hội cồng chiêng khai mạc tại quảng trường, thu hút đông khách.</p>" * 3
        + "</article><script>var x = 1;</script></body></html>"
    )
    fields = fields_of(page.encode(), "html")
    text = json.dumps(fields, ensure_ascii=False)
    assert "thu hút đông khách" in text
    assert "var x" not in text
    assert "Trang chủ" not in text
