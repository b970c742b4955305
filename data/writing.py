"""Rows to JSON Lines, CSV or XLSX; cells that a sheet would run as formulas are neutralised."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from data.problems import Problem
from data.xml_text import xml_text

_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_CONTROL_STARTS = ("\t", "\r", "\n")
TO_STDOUT = ("jsonl", "json", "csv", "table")


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    Some programs pass over blanks before the sign, and read full-width signs as plain ones.
    """
    if isinstance(value, str) and (
        value.startswith(_CONTROL_STARTS) or value.lstrip().startswith(_FORMULA_STARTS)
    ):
        return "'" + value
    return value


def output_kind(output: str, allowed: Sequence[str]) -> tuple[str, Path | None]:
    """``(format, path)`` of an ``--output``: a bare format name goes to standard output."""
    if output in allowed:
        if output not in TO_STDOUT:
            raise Problem(
                "unsupported-format",
                f"Không ghi {output} ra màn hình được. "
                f"Hãy cho một đường dẫn, ví dụ ket-qua.{output}.",
            )
        return output, None
    path = Path(output)
    kind = path.suffix.lstrip(".").lower()
    if kind not in allowed:
        raise Problem(
            "unsupported-format",
            f"Không ghi được {output!r}. Hãy dùng một trong: {', '.join(allowed)}, "
            "hoặc một đường dẫn có đuôi đó.",
        )
    return kind, path


@contextmanager
def _opened(path: Path | None) -> Iterator[IO[str]]:
    if path is None:
        yield sys.stdout
        return
    # Written beside and moved at the end: the output may be the very file that is being read, and
    # a refusal half way leaves an older result as it was.
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("w", encoding="utf-8", newline="") as file:
            yield file
        fresh.replace(path)
    except OSError:
        raise _unwritable(path) from None
    finally:
        fresh.unlink(missing_ok=True)


def _unwritable(path: Path) -> Problem:
    return Problem(
        "invalid",
        f"Không ghi được tệp {path}. Hãy đóng tệp nếu đang mở, rồi kiểm tra quyền ghi.",
    )


def write_jsonl(path: Path | None, rows: Iterable[dict[str, Any]]) -> None:
    """One object a line, written as they come."""
    with _opened(path) as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_csv(path: Path | None, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """CSV as Excel in Vietnam opens it: a byte-order mark, semicolons between cells."""
    with _opened(path) as file:
        _csv(file, header, rows)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The content of such a file."""
    file = io.StringIO(newline="")
    _csv(file, header, rows)
    return file.getvalue().encode("utf-8", "replace")


def _csv(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";")
    writer.writerow(header)
    writer.writerows([_written(safe_cell(c)) for c in row] for row in rows)


def _written(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One sheet with typed cells."""
    write_bytes(path, xlsx_bytes(header, rows))


def write_bytes(path: Path | None, content: bytes) -> None:
    """A whole file, None for standard output. Raises :class:`Problem` when it cannot be written."""
    if path is None:
        sys.stdout.buffer.write(content)
        return
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError:
        raise _unwritable(path) from None
    finally:
        fresh.unlink(missing_ok=True)


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The content of such a workbook; what no workbook can hold is left out of its texts."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kết quả")
    sheet.freeze_panes = "A2"
    sheet.append(list(header))
    for row in rows:
        sheet.append([xml_text(c) if isinstance(c, str) else c for c in map(safe_cell, row)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
