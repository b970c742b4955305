"""``ttdn review``: random audits, and labels of people for training."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from data.console import named_problems
from data.settings import settings
from data.writing import output_kind, write_jsonl
from service.cases_cli import cases
from service.coverage.audit_frame import draw_audit
from service.coverage.period import parse_period
from service.store.audits import Audit, recorded
from service.store.store import Store
from service.store.training_labels import training_labels
from service.where import parse_where

app = typer.Typer(add_completion=False)
review = typer.Typer(help="Người đọc lại: mẫu kiểm tra, vụ việc làm rõ, nhãn để huấn luyện.")
audit = typer.Typer(help="Mẫu kiểm tra ngẫu nhiên dùng để hiệu chỉnh số liệu.")
review.add_typer(audit, name="audit")
review.add_typer(cases, name="cases")
app.add_typer(review, name="review")


@app.callback()
def _group() -> None:
    """Người đọc lại."""


def _store() -> Store:
    store = Store(settings().database_url)
    store.migrate()
    return store


@audit.command("draw")
def draw(
    period: Annotated[
        str | None, typer.Option(help="Kỳ đã kết thúc: 2026-03, 2026-W12, admin-2026-03 …")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="Từ ngày, 2026-03-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Đến hết ngày, 2026-03-31.")] = None,
    size: Annotated[int, typer.Option(help="Số tin gốc cần rút.")] = 200,
    where: Annotated[
        list[str] | None, typer.Option("--where", help="Bộ lọc, ví dụ locality='Gia Lai'.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**32 - 1, help="Hạt giống; bỏ trống: máy chọn và ghi lại."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Rút lại khi mẫu cũ không còn dùng được.")
    ] = False,
) -> None:
    """Rút ngẫu nhiên tin gốc theo loại nguồn và nhãn máy; mỗi lần rút đều được ghi lại."""
    with named_problems():
        drawn = draw_audit(
            _store(),
            parse_period(period, first, last),
            parse_where(where or []),
            size,
            seed,
            again,
        )
        _print([drawn])
        typer.echo(f"Gán nhãn tại /v1/review/audit/{drawn.id}")


@audit.command("status")
def status() -> None:
    """Các mẫu đã rút: đã gán nhãn bao nhiêu, còn bao nhiêu, bao nhiêu tin không còn giá trị."""
    with named_problems():
        found = recorded(_store())
        if not found:
            typer.echo("Chưa rút mẫu kiểm tra nào. Hãy dùng lệnh ttdn review audit draw.")
            return
        _print(found)
        for one in found:
            if one.void:
                typer.echo(
                    f"Mẫu số {one.id}: {one.changed} tin đã được cập nhật và {one.deleted} tin đã "
                    "bị xóa sau khi rút, không còn giá trị kiểm tra."
                )


def _print(audits: list[Audit]) -> None:
    table = Table()
    for name in (
        "Số", "Kỳ", "Bộ lọc", "Hạt giống", "Ngày rút", "Tin gốc", "Đã rút", "Đã gán nhãn",
        "Hết giá trị", "Còn lại", "Thay mẫu",
    ):  # fmt: skip
        table.add_column(name)
    for one in audits:
        table.add_row(
            str(one.id),
            one.period_label,
            ", ".join(f"{k}={v}" for k, v in one.chosen.given().items()),
            str(one.seed),
            one.drawn_at.date().isoformat(),
            str(sum(stories for stories, _ in one.strata.values())),
            str(one.drawn),
            str(one.labelled),
            str(one.void),
            str(one.remaining),
            "" if one.replaces is None else str(one.replaces),
        )
    Console().print(table)


@review.command("export")
def export(
    output: Annotated[
        str, typer.Option(help="jsonl (ra màn hình) hoặc đường dẫn .jsonl.")
    ] = "jsonl",
) -> None:
    """Ghi nhãn của người cho việc huấn luyện; tin của mẫu kiểm tra không bao giờ được ghi ra."""
    with named_problems():
        _, path = output_kind(output, ("jsonl",))
        write_jsonl(path, training_labels(_store()))
