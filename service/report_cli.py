"""``ttdn report``: the weekly and the monthly report in Word."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from data.console import named_problems
from data.problems import Problem
from data.settings import settings
from data.writing import output_kind, write_bytes
from model.bundle import read_settings
from model.classifier import bundle_folder
from service.report.blocks import Kind
from service.report.content import content
from service.report.layout import docx_bytes
from service.store.store import Store
from service.where import parse_where

app = typer.Typer(add_completion=False)


@app.command()
def report(
    kind: Annotated[str, typer.Argument(help="weekly (tuần) hoặc monthly (tháng).")],
    period: Annotated[
        str,
        typer.Option(help="Tuần: 2026-W12. Tháng: 2026-03, hoặc admin-2026-03 (15-2 đến 14-3)."),
    ],
    output: Annotated[str, typer.Option(help="Tệp cần ghi, ví dụ bao-cao.docx.")],
    where: Annotated[
        list[str] | None, typer.Option("--where", help="Bộ lọc, ví dụ locality='Gia Lai'.")
    ] = None,
    unit_name: Annotated[
        str | None, typer.Option(help="Tên cơ quan, đơn vị ở đầu báo cáo.")
    ] = None,
) -> None:
    """Báo cáo tuần hoặc tháng ở dạng Word, để sửa và trình ký."""
    with named_problems():
        _, path = output_kind(output, ("docx",))
        if kind not in get_args(Kind):
            raise Problem(
                "invalid-parameter",
                "Không có loại báo cáo này. Hãy dùng weekly (tuần) hoặc monthly (tháng).",
            )
        store = Store(settings().database_url)
        store.migrate()
        told = content(
            store,
            kind,  # type: ignore[arg-type]
            period,
            parse_where(where or []),
            read_settings(bundle_folder()),
            unit_name,
        )
        write_bytes(path, docx_bytes(told))
