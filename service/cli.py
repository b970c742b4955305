"""``ttdn serve``, ``ingest``, ``coverage`` and ``db``."""

from __future__ import annotations

import ipaddress
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from data.console import ALL_GOOD, SOME_FAILED, errors, named_problems, progress, report
from data.problems import Problem
from data.reading import check_inputs, read_records
from data.settings import settings
from data.writing import output_kind, write_bytes, write_jsonl
from model.classifier import Classifier
from service.coverage.answer import BASIS_VI, Coverage
from service.coverage.export import table_file
from service.coverage.figures import METRIC_NAMES, METRICS
from service.coverage.figures import coverage as compute
from service.coverage.period import parse_period
from service.ingest import ingest as run_ingest
from service.retag import retag as run_retag
from service.store.store import Store
from service.where import parse_where

app = typer.Typer(add_completion=False)
db = typer.Typer(help="Kho dữ liệu.")
app.add_typer(db, name="db")


def _store() -> Store:
    store = Store(settings().database_url)
    store.migrate()
    return store


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Địa chỉ lắng nghe.")] = None,
    port: Annotated[int | None, typer.Option(help="Cổng lắng nghe.")] = None,
) -> None:
    """Chạy dịch vụ HTTP và trang kiểm tra bản thảo."""
    import uvicorn

    from service.app import create_app, open_parts

    with named_problems():
        chosen = settings()
        address = host or chosen.host
        if not _is_loopback(address):
            raise Problem(
                "invalid",
                f"Chưa có khóa truy cập nên không mở dịch vụ ra ngoài máy này ({address}). "
                "Hãy dùng 127.0.0.1 và đặt proxy có xác thực ở phía trước.",
            )
        # Opened here, so that a bad bundle or store is a sentence rather than a start-up trace.
        app_ = create_app(chosen, open_parts(chosen))
        uvicorn.run(
            app_, host=address, port=chosen.port if port is None else port,
            access_log=False, server_header=False,
        )  # fmt: skip


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(help="Tệp cần đưa vào kho; - là đầu vào chuẩn.")],
    input_format: Annotated[
        str | None, typer.Option("--input", help="jsonl, csv, xlsx, txt, html, docx, parquet.")
    ] = None,
) -> None:
    """Gán nhãn và lưu; gửi lại cùng tệp không đếm hai lần."""
    counts: Counter[str] = Counter()
    try:
        with named_problems():
            check_inputs(paths, input_format)
            store, classifier = _store(), Classifier.load()
            for path in paths:
                records = progress(read_records(path, input_format), "Đưa vào kho")
                for result in run_ingest(store, classifier, records):
                    counts[result.outcome] += 1
                    if result.problem is not None:
                        report(result.line, result.problem)
    finally:
        # What was stored before a refusal stays stored, and is said.
        typer.echo("\n".join(f"{name}\t{n}" for name, n in counts.items()))
    good = {"tagged", "outside", "duplicate", "updated"}
    bad = sum(n for name, n in counts.items() if name not in good)
    raise typer.Exit(SOME_FAILED if bad else ALL_GOOD)


@app.command()
def coverage(
    metric: Annotated[str, typer.Argument(help=f"Một trong: {', '.join(METRICS)}.")],
    period: Annotated[
        str | None, typer.Option(help="2026-03, 2026-W12, 2026-Q1, 2026, admin-2026-03 …")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="Từ ngày, 2026-03-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Đến hết ngày, 2026-03-31.")] = None,
    basis: Annotated[str, typer.Option(help="stories, items hoặc outlets.")] = "stories",
    where: Annotated[
        list[str] | None, typer.Option("--where", help="Bộ lọc, ví dụ locality='Gia Lai'.")
    ] = None,
    among: Annotated[
        list[str] | None,
        typer.Option(help="Địa phương cần so sánh của share-of-voice; ghi nhiều lần."),
    ] = None,
    output: Annotated[
        str, typer.Option(help="table, json, csv, hoặc đường dẫn .json, .csv, .xlsx.")
    ] = "table",
) -> None:
    """Số liệu tổng hợp, kèm tử số, mẫu số và khoảng tin cậy."""
    with named_problems():
        kind, path = output_kind(output, ("table", "json", "csv", "xlsx"))
        if basis not in ("items", "stories", "outlets"):
            raise Problem(
                "invalid-parameter",
                "Không có cách đếm này. Hãy dùng --basis stories (tin gốc), "
                "items (lượt đăng) hoặc outlets (nguồn).",
            )
        answer = compute(
            _store(),
            metric,
            parse_period(period, first, last),
            parse_where(where or []),
            basis,  # type: ignore[arg-type]
            among or [],
        )
        if kind == "table":
            _print(answer)
        elif kind == "json":
            write_jsonl(path, [answer.model_dump(mode="json")])
        else:
            write_bytes(path, table_file(answer, "csv" if kind == "csv" else "xlsx"))


def _print(answer: Coverage) -> None:
    table = Table(
        title=f"{METRIC_NAMES[answer.metric]}: {answer.period['label']} "
        f"(tính theo {BASIS_VI[answer.basis]})"
    )
    table.add_column("Chỉ số")
    table.add_column("Kết quả")
    for figure in answer.figures:
        table.add_row(figure.label_vi, figure.wording)
    Console().print(table)
    for note in answer.notes:
        Console().print(f"- {note}", markup=False)


@db.command("migrate")
def migrate() -> None:
    """Đưa lược đồ kho dữ liệu lên phiên bản mới nhất."""
    with named_problems():
        _store()
    errors.print("Kho dữ liệu đã ở phiên bản mới nhất.")


@db.command("retag")
def retag(
    first: Annotated[str | None, typer.Option("--from", help="Từ ngày đăng, 2026-03-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Đến hết ngày, 2026-03-31.")] = None,
) -> None:
    """Gán nhãn lại văn bản đã lưu bằng mô hình đang dùng; nhãn cũ vẫn được giữ."""
    with named_problems():
        period = parse_period(None, first, last)
        classifier = Classifier.load()
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
            task = bar.add_task("Gán nhãn lại", total=None)
            done = run_retag(
                _store(), classifier, period.first, period.last, lambda n: bar.advance(task, n)
            )
    version = classifier.bundle.settings.model_version
    typer.echo(f"{done.tagged} văn bản được gán nhãn lại bằng mô hình {version}.")
    for count, why in (
        (done.cut, "chỉ còn trích đoạn (đã quá thời hạn lưu toàn văn)"),
        (done.refused, "mô hình đang dùng không đọc được"),
        (done.changed, "vừa được gửi lại với nội dung khác; hãy chạy lại lệnh này"),
    ):
        if count:
            errors.print(f"{count} văn bản giữ nguyên nhãn cũ: {why}.")
    left = done.cut + done.refused + done.changed
    raise typer.Exit(SOME_FAILED if left else ALL_GOOD)


@db.command("cut")
def cut() -> None:
    """Chỉ giữ trích đoạn của văn bản đã quá thời hạn lưu toàn văn (TTDN_KEEP_TEXT_DAYS)."""
    with named_problems():
        days = settings().keep_text_days
        done = _store().cut_texts(datetime.now(UTC), days)
    if not days:
        typer.echo("TTDN_KEEP_TEXT_DAYS bằng 0 nên toàn văn được giữ mãi; không có gì bị cắt.")
        return
    typer.echo(f"{done} văn bản đã lưu quá {days} ngày, nay chỉ giữ trích đoạn.")
