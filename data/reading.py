"""Files to records: JSON Lines, CSV, XLSX, text, HTML, Word, Parquet.

A reader yields ``(line, record)`` or ``(line, Problem)``; one bad record never stops the rest.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from data.file_text import MAX_DOCUMENT_BYTES, check_archive, decode, fields_of
from data.problems import Problem
from data.schema import Document

Format = Literal["jsonl", "csv", "xlsx", "txt", "html", "docx", "parquet"]
FORMATS: tuple[str, ...] = get_args(Format)
Record = tuple[int, dict[str, Any] | Problem]
Row = tuple[int, list[Any] | Problem]

MAX_ROW_LINES = 1_000
"""Lines one CSV row may span: over any article, and it bounds the search for a closing quote."""


_SUFFIXES = {".json": "jsonl", ".ndjson": "jsonl", ".htm": "html", ".text": "txt"}

_HEADERS_VI = {
    "mã": "id", "mã tin": "id", "stt": "", "số thứ tự": "",
    "tiêu đề": "title", "tít": "title", "tên bài": "title",
    "tóm tắt": "sapo", "sa pô": "sapo", "trích yếu": "sapo",
    "nội dung": "body", "thân bài": "body", "toàn văn": "text", "văn bản": "text",
    "đường dẫn": "url", "liên kết": "url", "link": "url",
    "ngày đăng": "published_at", "ngày xuất bản": "published_at", "thời gian đăng": "published_at",
    "ngày thu thập": "collected_at", "nguồn": "source_id", "quốc gia": "source_country",
    "nước": "source_country", "loại nguồn": "source_type", "kênh": "channel",
    "ngôn ngữ": "language", "địa phương": "locality", "đơn vị": "unit",
    "không gian": "space", "tác giả": "author",
}  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T](\d{1,2}):(\d{2})(?::\d{2})?)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_FLAGS = {"true": True, "1": True, "có": True, "false": False, "0": False, "không": False}
VIETNAM_OFFSET = "+07:00"
"""A sheet's clock has no zone; an office in Vietnam means its own."""


def format_of(path: str, given: str | None = None) -> Format:
    """Format by name, else by extension. Raises :class:`Problem`."""
    suffix = Path(path).suffix.lower()
    name = given or _SUFFIXES.get(suffix, suffix.lstrip("."))
    if name not in FORMATS:
        known = f"Các định dạng đọc được: {', '.join(FORMATS)}."
        if not name:
            raise Problem(
                "unsupported-format",
                "Không nhận ra định dạng vì tên tệp không có đuôi. Hãy thêm đuôi, ví dụ .xlsx, "
                f"hoặc ghi --input. {known}",
            )
        raise Problem("unsupported-format", f"Không hỗ trợ định dạng {name!r}. {known}")
    return name  # type: ignore[return-value]


def check_inputs(paths: Sequence[str], given: str | None = None) -> None:
    """Refuse before any work when a file is missing or of no known format."""
    for path in paths:
        format_of(path, given)
        if path != "-" and not Path(path).is_file():
            raise _not_found(path)


def _not_found(path: str) -> Problem:
    return Problem("input-not-found", f"Không tìm thấy tệp {path}. Hãy kiểm tra lại đường dẫn.")


def read_records(path: str, given: str | None = None) -> Iterator[Record]:
    """Records of a file, ``-`` for standard input. Raises :class:`Problem` for the file itself."""
    kind = format_of(path, given)
    if path == "-":
        yield from _read(sys.stdin.buffer, "stdin", kind)
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise _not_found(path) from None
        raise Problem(
            "input-not-found", f"Không mở được tệp {path}. Hãy kiểm tra quyền đọc."
        ) from None
    with file:
        yield from _read(file, Path(path).name, kind)


def _read(file: BinaryIO, name: str, kind: Format) -> Iterator[Record]:
    if kind == "jsonl":
        return _jsonl(file)
    if kind == "csv":
        return _documents(csv_rows(file), name)
    if kind == "xlsx":
        return _documents(xlsx_rows(file), name)
    if kind == "parquet":
        return _parquet(file)
    return _single(file, name, kind)


# -- lines -------------------------------------------------------------------------------------


def _jsonl(file: BinaryIO) -> Iterator[Record]:
    yield from json_lines(file)


def json_lines(lines: Iterable[bytes]) -> Iterator[Record]:
    """Records of JSON Lines; blank lines are passed over."""
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            value = json.loads(decode(raw))
        except Problem as problem:
            yield number, problem
        except (ValueError, RecursionError):
            yield (
                number,
                Problem(
                    "malformed-json",
                    "Dòng này không phải JSON hợp lệ. Hãy sửa dòng này rồi gửi lại.",
                ),
            )
        else:
            if isinstance(value, dict):
                yield number, value
            else:
                yield (
                    number,
                    Problem(
                        "invalid",
                        "Dòng này không phải đối tượng JSON. Hãy viết mỗi văn bản trong một cặp "
                        "{ } trên một dòng.",
                    ),
                )


# -- tables ----------------------------------------------------------------------------------


def csv_rows(file: BinaryIO) -> Iterator[Row]:
    """Rows of a CSV file by line; the delimiter is found in the first one."""
    text = decode(file.read())
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    # Cells are bounded by the schema; the reader's own limit would stop the whole file.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    # Not splitlines: U+2028 and its like stand inside cells.
    lines = list(io.StringIO(text, newline=""))
    at = 0
    while at < len(lines):
        # One row at a time: a quote that is never closed costs its own line, not the rest.
        reader = csv.reader(lines[at : at + MAX_ROW_LINES], delimiter=delimiter, strict=True)
        try:
            row = next(reader, [])
            yield at + 1, row
            at += max(1, reader.line_num)
        except csv.Error:
            yield (
                at + 1,
                Problem(
                    "invalid", "Dòng có dấu nháy kép không khớp. Hãy sửa dòng này rồi gửi lại."
                ),
            )
            at += 1


def xlsx_rows(file: BinaryIO) -> Iterator[Row]:
    """Rows of the first sheet. Raises :class:`Problem` for what is no workbook."""
    from openpyxl import load_workbook

    content = io.BytesIO(file.read())
    check_archive(content, "xlsx", limit=1024**3)
    try:
        sheet = load_workbook(content, read_only=True, data_only=True).worksheets[0]
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, list(row)
    except Problem:
        raise
    except Exception:  # openpyxl raises whatever the broken part provokes
        raise Problem(
            "unsupported-format", "Không đọc được tệp Excel. Hãy lưu lại ở dạng .xlsx."
        ) from None


def _documents(rows: Iterable[Row], name: str) -> Iterator[Record]:
    for number, record in table_records(rows, _column, _cell):
        if not isinstance(record, Problem):
            record.setdefault("id", f"{name}:{number}")
        yield number, record


def table_records(
    rows: Iterable[Row], column: Callable[[Any], str], cell: Callable[[str, Any], Any]
) -> Iterator[Record]:
    """Rows under a header as records; blank rows are passed over.

    ``column`` gives a header cell's field, empty to leave the column out; ``cell`` a value for a
    field, None to leave it out. Raises :class:`Problem` for a table without a header.
    """
    header: list[str] | None = None
    for number, row in rows:
        if isinstance(row, Problem):
            yield number, row
            continue
        if all(given in (None, "") for given in row):
            continue
        if header is None:
            header = [column(given) for given in row]
            _refuse_twins(header)
            continue
        if len(row) > len(header) and any(c not in (None, "") for c in row[len(header) :]):
            yield (
                number,
                Problem(
                    "invalid",
                    f"Dòng có {len(row)} ô nhưng bảng chỉ có {len(header)} cột. "
                    "Hãy kiểm tra dấu ngăn cách và dấu nháy kép.",
                ),
            )
            continue
        record = {
            key: value
            for key, given in zip(header, row, strict=False)
            if key and (value := cell(key, given)) is not None
        }
        yield number, record
    if header is None:
        raise Problem(
            "empty", "Bảng không có dòng nào. Với Excel, chỉ trang tính đầu tiên được đọc."
        )


def _refuse_twins(header: list[str]) -> None:
    twins = sorted({name for name in header if name and header.count(name) > 1})
    if twins:
        raise Problem(
            "invalid",
            f"Có nhiều cột cùng là {', '.join(twins)}. Hãy bỏ bớt hoặc đổi tên cột rồi gửi lại.",
        )


def _column(cell: Any) -> str:
    name = unicodedata.normalize("NFC", str(cell or "")).strip().lower()
    return _HEADERS_VI.get(name, name)


def _cell(key: str, cell: Any) -> Any:
    """A cell as the schema wants it: lists are ``|``-separated, days may be written d/m/y."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, date):
        return sheet_moment(cell)
    field = Document.model_fields.get(key)
    if key in ("published_at", "collected_at") and (moment := day_first(str(cell))):
        return moment
    if key in ("locality", "unit"):
        return [part.strip() for part in str(cell).split("|") if part.strip()]
    if key == "audience":
        text = str(cell).replace(" ", "")
        if isinstance(cell, str) and _THOUSANDS.fullmatch(text):
            text = text.replace(".", "")
        try:
            return float(text)
        except ValueError:
            return str(cell)
    if key == "is_translation":
        return yes_or_no(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell) if field is not None else cell


def sheet_moment(cell: date) -> str:
    """A day, or a moment in Vietnam: a sheet writes a bare day as its midnight."""
    if not isinstance(cell, datetime):
        return cell.isoformat()
    bare = not (cell.hour or cell.minute)
    return cell.date().isoformat() if bare else cell.isoformat() + VIETNAM_OFFSET


def day_first(text: str) -> str | None:
    """ISO 8601 for ``d/m/y`` with or without a clock time in Vietnam, None for anything else."""
    found = _DAY_FIRST.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute = found.groups()
    moment = f"{year}-{int(month):02}-{int(day):02}"
    return f"{moment}T{int(hour):02}:{minute}:00{VIETNAM_OFFSET}" if hour else moment


def yes_or_no(cell: Any) -> Any:
    """True or False for the ways to write them, the text itself for anything else."""
    text = str(cell).strip()
    return _FLAGS.get(text.lower(), text)


def _parquet(file: BinaryIO) -> Iterator[Record]:
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise Problem(
            "unsupported-format",
            "Bản cài này chưa đọc được Parquet. Hãy cài thêm gói pyarrow hoặc dùng .jsonl.",
        ) from None
    try:
        table = parquet.ParquetFile(file)
    except Exception:  # pyarrow's own hierarchy
        raise Problem(
            "unsupported-format", "Không đọc được tệp Parquet. Hãy xuất lại tệp hoặc dùng .jsonl."
        ) from None
    number = 0
    for batch in table.iter_batches(batch_size=1024):
        for row in batch.to_pylist():
            number += 1
            yield number, {k: v for k, v in row.items() if v is not None}


# -- one document a file -----------------------------------------------------------------------


def _single(file: BinaryIO, name: str, kind: Format) -> Iterator[Record]:
    data = file.read(MAX_DOCUMENT_BYTES + 1)
    try:
        yield 1, {"id": name[:200] or "văn bản", **fields_of(data, kind)}
    except Problem as problem:
        yield 1, problem
