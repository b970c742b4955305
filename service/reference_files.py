"""Reference tables as people keep them: rows from JSON, CSV or Excel, checked, stored, and back.

A table is replaced as a whole and only when every row is right.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from data.file_text import decode
from data.problems import Place, Problem
from data.reading import (
    Record,
    csv_rows,
    day_first,
    json_lines,
    sheet_moment,
    table_records,
    xlsx_rows,
    yes_or_no,
)
from data.schema import problem_of
from data.taxonomy import taxonomy
from data.writing import csv_bytes, xlsx_bytes
from service.coverage.period import parse_period
from service.store.reference import TABLES, ReferenceRow, read, replace
from service.store.store import WRITE_TRIES, Conflict, Store

Kind = Literal["json", "csv", "xlsx"]
Bad = list[tuple[int, Problem]]

_KEYS: dict[str, tuple[str, ...]] = {
    "plan": ("period", "theme", "unit"),
    "sources": ("source_id",),
    "audience": ("source_id", "as_of"),
    "messages": ("message", "document_id"),
    "events": ("event", "document_id"),
    "ranks": ("index", "edition_year", "url"),
    "units": ("theme", "unit"),
}
"""Fields that no two rows share. Of two rows on one source and day the store keeps the later."""

_HEADERS_VI = {
    "stt": "", "số thứ tự": "",
    "kỳ": "period", "chủ đề": "theme", "đơn vị": "unit", "chỉ tiêu": "target",
    "nguồn": "source_id", "mã nguồn": "source_id", "tên nguồn": "name", "nước": "country",
    "quốc gia": "country", "loại nguồn": "source_type", "loại kênh": "media_type",
    "ngày": "day", "thu thập được": "fetched", "số công chúng": "audience",
    "thời điểm số liệu": "as_of", "nơi công bố": "publisher",
    "mã thông điệp": "message", "thông điệp": "wording", "mã tin": "document_id",
    "có thông điệp": "hit", "sự kiện": "event", "thời điểm": "occurred_at",
    "bảng xếp hạng": "index", "năm": "edition_year", "thứ hạng": "rank",
    "số nước": "n_countries", "điểm": "score", "đường dẫn": "url",
    "ngày truy cập": "retrieved_at", "vai trò": "role",
}  # fmt: skip
_WORDS_VI = {"role": {"chủ trì": "lead", "phối hợp": "support"}}
_DAYS = ("day", "as_of", "retrieved_at", "occurred_at")
_FLAGS = ("fetched", "hit")
_NUMBERS = ("target", "audience", "edition_year", "rank", "n_countries", "score")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_FORMULA_KEPT = re.compile(r"'(?=[=+\-@\t\r])")


def table_of(name: str) -> type[ReferenceRow]:
    """The kind of row of a table. Raises :class:`Problem` (``not-found``)."""
    if name not in TABLES:
        raise Problem(
            "not-found", f"Không có bảng {name!r}. Các bảng hiện có: {', '.join(TABLES)}."
        )
    return TABLES[name]


def parse(name: str, content: bytes, kind: Kind) -> tuple[list[ReferenceRow], Bad]:
    """Rows of a table, and what is wrong by row: a line of the file, a place of the JSON array.

    Raises :class:`Problem` for the table or the file itself.
    """
    row_kind = table_of(name)
    rows: list[ReferenceRow] = []
    bad: Bad = []
    seen: dict[tuple[Any, ...], int] = {}
    for number, record in _records(row_kind, content, kind):
        try:
            row = _row(row_kind, record)
            if keys := _KEYS.get(name):
                _refuse_twin(seen, tuple(getattr(row, k) for k in keys), keys, number)
        except Problem as problem:
            bad.append((number, problem))
        else:
            rows.append(row)
    return rows, bad


def store_rows(store: Store, name: str, rows: Sequence[ReferenceRow]) -> None:
    """Put the rows in place of the table."""
    for _ in range(WRITE_TRIES):
        try:
            replace(store, table_of(name), rows)
        except Conflict:
            continue
        return
    raise Problem(
        "store-unavailable",
        "Có nơi khác đang thay cùng bảng này. Hãy xem lại bảng rồi gửi lại.",
        retry_after=2,
    )


def export(store: Store, name: str, kind: Kind) -> bytes:
    """The whole table as a file that :func:`parse` reads back."""
    row_kind = table_of(name)
    values = [row.model_dump(mode="json") for row in read(store, row_kind)]
    if kind == "json":
        return json.dumps(values, ensure_ascii=False, indent=1).encode()
    header = list(row_kind.model_fields)
    cells = [list(value.values()) for value in values]
    return csv_bytes(header, cells) if kind == "csv" else xlsx_bytes(header, cells)


def _records(row_kind: type[ReferenceRow], content: bytes, kind: Kind) -> Iterator[Record]:
    if not content.strip():
        raise Problem(
            "empty",
            "Tệp trống nên bảng được giữ nguyên. Muốn xóa hết bảng, hãy gửi mảng JSON rỗng [] "
            "hoặc tệp chỉ có dòng tên cột.",
        )
    if kind == "json":
        return _json_records(content)
    rows = csv_rows(io.BytesIO(content)) if kind == "csv" else xlsx_rows(io.BytesIO(content))
    return table_records(rows, lambda cell: _column(row_kind, cell), _value)


def _json_records(content: bytes) -> Iterator[Record]:
    """An array of objects, or an object a line."""
    if not decode(content).lstrip().startswith("["):
        records: Iterable[Record] = json_lines(io.BytesIO(content))
    else:
        try:
            items = json.loads(decode(content))
        except (ValueError, RecursionError):
            raise Problem(
                "malformed-json", "Nội dung gửi lên không phải JSON hợp lệ. Hãy sửa rồi gửi lại."
            ) from None
        records = enumerate(items, 1)
    for number, item in records:
        if isinstance(item, dict):
            item = {str(k): v if v is None else _value(str(k), v) for k, v in item.items()}
        yield number, item


def _column(row_kind: type[ReferenceRow], cell: Any) -> str:
    name = unicodedata.normalize("NFC", str(cell or "")).strip().lower()
    field = _HEADERS_VI.get(name, name)
    if field and field not in row_kind.model_fields:
        raise Problem(
            "unknown-field",
            f"Bảng này không có cột {name!r}. Các cột: {', '.join(row_kind.model_fields)}. "
            "Hãy bỏ hoặc sửa tên cột rồi gửi lại.",
        )
    return field


def _value(field: str, cell: Any) -> Any:
    """A cell as its field wants it: days d/m/y, numbers with Vietnamese marks, themes by name."""
    if isinstance(cell, date):
        # Excel takes 2026-03 for the first of March.
        month = field == "period" and cell.day == 1
        return f"{cell:%Y-%m}" if month else sheet_moment(cell)
    if isinstance(cell, str):
        text = _FORMULA_KEPT.sub("", unicodedata.normalize("NFC", cell).strip(), count=1)
        return _from_text(field, text) if text else None
    if field in _FLAGS:
        return yes_or_no(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    spelled = isinstance(cell, int | float) and not isinstance(cell, bool)
    return str(cell) if spelled and field not in _NUMBERS else cell


def _from_text(field: str, text: str) -> Any:
    if field in _DAYS:
        return day_first(text) or text
    if field in _FLAGS:
        return yes_or_no(text)
    if field in _NUMBERS:
        plain = text.replace(" ", "").replace("\xa0", "")
        if field != "score" and _THOUSANDS.fullmatch(plain.partition(",")[0]):
            plain = plain.replace(".", "")
        return plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
    if field == "theme":
        names = {t.name_vi.lower(): t.id for t in taxonomy().themes}
        return names.get(text.lower(), text)
    return _WORDS_VI.get(field, {}).get(text.lower(), text)


def _row(row_kind: type[ReferenceRow], record: Any) -> ReferenceRow:
    if isinstance(record, Problem):
        raise record
    try:
        row = row_kind.model_validate(record)
    except ValidationError as error:
        raise problem_of(error) from None
    if row_kind is TABLES["plan"]:
        parse_period(row.period)  # type: ignore[attr-defined]
    return row


def _refuse_twin(
    seen: dict[tuple[Any, ...], int], key: tuple[Any, ...], names: Sequence[str], number: int
) -> None:
    first = seen.setdefault(key, number)
    if first != number:
        raise Problem(
            "invalid",
            f"Trùng {', '.join(names)} với dòng {first}. Hãy giữ một dòng rồi gửi lại.",
            [Place(f"/{names[0]}", f"trùng với dòng {first}")],
        )
