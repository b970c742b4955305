"""``ttdn reference``: tables that people supply, from files and to files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from data.console import ALL_GOOD, SOME_FAILED, errors, named_problems, report
from data.problems import Problem
from data.reading import check_inputs, format_of
from data.settings import settings
from data.writing import output_kind, write_bytes
from service.reference_files import Kind, export, parse, store_rows, table_of
from service.store.reference import TABLES
from service.store.store import Store

app = typer.Typer(add_completion=False)
reference = typer.Typer(help="Bảng tham chiếu do người dùng cung cấp.")
app.add_typer(reference, name="reference")

_KINDS: dict[str, Kind] = {"jsonl": "json", "csv": "csv", "xlsx": "xlsx"}
_Name = Annotated[str, typer.Argument(help=f"Một trong: {', '.join(TABLES)}.")]


def _store() -> Store:
    store = Store(settings().database_url)
    store.migrate()
    return store


@reference.command("import")
def import_(
    name: _Name,
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="Tệp csv, xlsx, json; - là đầu vào chuẩn.")
    ],
    input_format: Annotated[
        str | None, typer.Option("--input", help="csv, xlsx hoặc jsonl, khi tệp không có đuôi.")
    ] = None,
) -> None:
    """Thay cả bảng bằng các dòng của tệp; có dòng sai thì nêu từng dòng và giữ nguyên bảng cũ."""
    with named_problems():
        table_of(name)
        check_inputs([path], input_format)
        kind = _KINDS.get(format_of(path, input_format))
        if kind is None:
            raise Problem(
                "unsupported-format", "Bảng tham chiếu chỉ đọc từ csv, xlsx, json. Hãy đổi tệp."
            )
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        rows, bad = parse(name, content, kind)
        for number, problem in bad:
            report(number, problem)
        if bad:
            errors.print(f"{len(bad)} dòng sai nên bảng {name} được giữ nguyên.")
            raise typer.Exit(SOME_FAILED)
        store_rows(_store(), name, rows)
    errors.print(f"Bảng {name} nay có {len(rows)} dòng.")
    raise typer.Exit(ALL_GOOD)


@reference.command("export")
def export_(
    name: _Name,
    output: Annotated[
        str,
        typer.Argument(metavar="FILE", help="json, csv, hoặc đường dẫn .json, .csv, .xlsx."),
    ],
) -> None:
    """Ghi bảng ra tệp; tệp ấy nhập lại được."""
    with named_problems():
        table_of(name)
        kind, path = output_kind(output, ("json", "csv", "xlsx"))
        write_bytes(path, export(_store(), name, kind))  # type: ignore[arg-type]
