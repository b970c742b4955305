"""``ttdn review cases``: rebuttal cases, opened, answered and closed by people."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from data.console import named_problems
from data.problems import Problem
from data.schema import problem_of
from data.settings import settings
from data.writing import output_kind, write_jsonl
from service.coverage.period import parse_period
from service.store.case_records import Case, CaseChange, CaseOpening
from service.store.cases import CaseFilter, change_case, open_case, read_cases
from service.store.store import Store

cases = typer.Typer(help="Vụ việc cần làm rõ: người mở, nối văn bản trả lời và đóng.")

STATUS_VI = {"open": "đang mở", "answered": "đã trả lời", "closed": "đã đóng"}
By = Annotated[str, typer.Option("--by", help="Người quyết định, được ghi vào hồ sơ vụ việc.")]
CaseArgument = Annotated[str, typer.Argument(help="Mã vụ việc.")]


def _store() -> Store:
    store = Store(settings().database_url)
    store.migrate()
    return store


@cases.command("list")
def list_(
    status: Annotated[str | None, typer.Option(help="open, answered hoặc closed.")] = None,
    period: Annotated[
        str | None, typer.Option(help="Ngày có thông tin đầu tiên: 2026-03, admin-2026-03 …")
    ] = None,
    output: Annotated[str, typer.Option(help="table, jsonl hoặc đường dẫn .jsonl.")] = "table",
) -> None:
    """Danh sách vụ việc."""
    with named_problems():
        kind, path = output_kind(output, ("table", "jsonl"))
        if status is not None and status not in STATUS_VI:
            raise Problem(
                "invalid-parameter",
                "Không có tình trạng này. Hãy dùng --status open, answered hoặc closed.",
            )
        span = parse_period(period)
        found = read_cases(_store(), CaseFilter(span.first, span.last, status=status))  # type: ignore[arg-type]
        if kind == "jsonl":
            write_jsonl(path, [case.model_dump(mode="json") for case in found])
            return
        table = Table()
        for name in ("Mã", "Nội dung", "Có thông tin từ", "Trả lời lúc", "Tình trạng"):
            table.add_column(name)
        for case in found:
            answered = "" if case.answered_at is None else str(case.answered_at)
            table.add_row(
                case.id, case.matter, str(case.claimed_at), answered, STATUS_VI[case.status]
            )
        Console().print(table)


@cases.command("open")
def open_(
    case_id: CaseArgument,
    matter: Annotated[str, typer.Option(help="Nội dung vụ việc, không nêu người đưa tin.")],
    claimed_at: Annotated[
        str,
        typer.Option(help="Lúc có thông tin đầu tiên: 2026-03-05T08:30:00+07:00 hoặc 2026-03-05."),
    ],
    by: By,
    claim: Annotated[
        list[str] | None, typer.Option(help="Id văn bản đưa thông tin; ghi nhiều lần.")
    ] = None,
    locality: Annotated[list[str] | None, typer.Option(help="Địa phương liên quan.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="Đơn vị phụ trách.")] = None,
) -> None:
    """Mở một vụ việc; chạy lại cùng nội dung không tạo vụ mới."""
    with named_problems():
        given = _checked(
            CaseOpening,
            id=case_id, matter=matter, claimed_at=claimed_at, decided_by=by,
            claim_document_ids=claim or [], locality=locality or [], unit=unit or [],
        )  # fmt: skip
        _say(open_case(_store(), given))


@cases.command("answer")
def answer(
    case_id: CaseArgument,
    document_id: Annotated[str, typer.Argument(help="Id văn bản trả lời, đã có trong kho.")],
    by: By,
) -> None:
    """Nối văn bản trả lời đầu tiên với vụ việc."""
    with named_problems():
        change = _checked(CaseChange, answer_document_id=document_id, decided_by=by)
        _say(change_case(_store(), case_id, change))


@cases.command("close")
def close(
    case_id: CaseArgument,
    by: By,
    closed_as: Annotated[
        str,
        typer.Option(
            "--as", help="answered, no_answer (không cần trả lời) hoặc mistake (mở nhầm)."
        ),
    ] = "answered",
) -> None:
    """Đóng một vụ việc."""
    with named_problems():
        change = _checked(CaseChange, closed_as=closed_as, decided_by=by)
        _say(change_case(_store(), case_id, change))


def _checked(kind: type[Any], **values: object) -> Any:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise problem_of(error) from None


def _say(case: Case) -> None:
    typer.echo(f"{case.id}: {STATUS_VI[case.status]}")
